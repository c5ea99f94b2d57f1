"""Pages made for paper: the attendance list for signatures, badges, and the door's list for when nothing else works."""

from collections.abc import Sequence
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.permissions import May, StaffRequest, get_managed_event
from events.queries.notices import current_notice
from registrations.actions.exporting import print_people
from registrations.enums import ACTIVE_STATES, RegistrationState
from registrations.queries.attendance import Attendee

# Two beside each other, five below.
BADGES_ON_A_SHEET: Final = 10
ROWS_FOR_WALK_INS: Final = 10


@never_cache
@login_required
@require_safe
def attendance_list(request: StaffRequest, slug: str) -> HttpResponse:
    """Number, name, organisation and room for a signature: what shows that somebody was there, and nothing else."""
    event = get_managed_event(request.user, slug, May.EXPORT_PEOPLE)
    now = timezone.now()
    people = print_people(event, about="signatures", states=(RegistrationState.CONFIRMED,), by=request.user, at=now)
    context = {
        "event": event,
        "people": people,
        "empty_rows": range(len(people) + 1, len(people) + 1 + ROWS_FOR_WALK_INS),
        "notice": current_notice(event.unit, kind=event.kind, at=now),
    }
    return render(request, "print/attendance.html", context)


@never_cache
@login_required
@require_safe
def badges(request: StaffRequest, slug: str) -> HttpResponse:
    """A badge for everybody with a seat, ten on a sheet."""
    event = get_managed_event(request.user, slug, May.EXPORT_PEOPLE)
    states = (RegistrationState.CONFIRMED,)
    people = print_people(event, about="badges", states=states, by=request.user, at=timezone.now())
    return render(request, "print/badges.html", {"event": event, "sheets": _sheets(people)})


def _sheets(people: Sequence[Attendee]) -> list[Sequence[Attendee]]:
    return [people[start : start + BADGES_ON_A_SHEET] for start in range(0, len(people), BADGES_ON_A_SHEET)]


@never_cache
@login_required
@require_safe
def door_list(request: StaffRequest, slug: str) -> HttpResponse:
    """Everybody who may come to the door, with the beginning of their code, for a day without electricity."""
    event = get_managed_event(request.user, slug, May.EXPORT_PEOPLE)
    people = print_people(event, about="door list", states=ACTIVE_STATES, by=request.user, at=timezone.now())
    return render(request, "print/door.html", {"event": event, "people": people})
