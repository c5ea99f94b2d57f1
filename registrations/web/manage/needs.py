"""What people need at an event, for those who arrange it; whoever asks is known here by a number only."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.permissions import May, StaffRequest, get_managed_event
from events.web.paging import page_of
from registrations.queries.needs import event_needs

ON_A_PAGE: Final = 50


@never_cache
@login_required
@require_safe
def needs(request: StaffRequest, slug: str) -> HttpResponse:
    """List the needs, first asked first."""
    event = get_managed_event(request.user, slug, May.SEE_NEEDS)
    page = page_of(event_needs(event), request.GET, size=ON_A_PAGE)
    return render(request, "manage/needs.html", {"event": event, "page": page})
