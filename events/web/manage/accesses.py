"""The staff page of who looked at personal data."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.forms.accesses import AccessFilterForm
from events.permissions import May, StaffRequest, require_anywhere
from events.queries.accesses import AccessFilter, access_log
from events.web.paging import page_of

ON_A_PAGE: Final = 50


@never_cache
@login_required
@require_safe
def accesses(request: StaffRequest) -> HttpResponse:
    """List who looked at what in one's units, the latest first; looking at it is written down, too."""
    require_anywhere(request.user, May.SEE_ACCESS_LOG)
    form = AccessFilterForm(request.GET)
    filters = form.filters()
    page = page_of(access_log(request.user, filters), request.GET, size=ON_A_PAGE)
    people = len({access.user_id for access in page.object_list})
    context = {"form": form, "page": page, "is_narrowed": filters != AccessFilter()}
    response = render(request, "manage/access_log.html", context)
    note_access(request.user, AccessKind.ACCESS_LOG, people=people, at=timezone.now())
    return response
