"""The staff page of people whom more than one device admitted."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.permissions import May, StaffRequest, get_managed_event
from registrations.queries.door_log import repeated_check_ins


@never_cache
@login_required
@require_safe
def conflicts(request: StaffRequest, slug: str) -> HttpResponse:
    """Who was scanned where, the scan that counts first; it is for looking at, since each of them is here once."""
    event = get_managed_event(request.user, slug, May.CHECK_IN)
    people = repeated_check_ins(event)
    if people:
        kind = AccessKind.REGISTRATIONS
        note_access(request.user, kind, event=event, about="door", people=len(people), at=timezone.now())
    return render(request, "manage/door_conflicts.html", {"event": event, "people": people})
