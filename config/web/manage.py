"""Staff pages that span all apps: today, and the overview of an event."""

from datetime import timedelta
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.enums import EventStatus
from events.permissions import May, StaffRequest, allowed_anywhere, get_managed_event
from events.queries.changes import event_history
from events.queries.conflicts import conflicts_of
from events.queries.desk import DeskWish, desk_events, door_events, events_to_review
from events.queries.events import EventFilter
from events.queries.feeds import large_feeds
from events.queries.publication import CONFLICT, publication_gaps
from events.queries.seats import seat_figures
from notifications.queries.channels import channel_states
from notifications.queries.health import due_state
from notifications.queries.troubles import undelivered_messages
from registrations.queries.asking import intent_figures
from registrations.queries.lists import report_figures

SHOWN: Final = 10
CHANGES_SHOWN: Final = 100
# A door opens before the event and is tidied up after it.
DOOR_BEFORE: Final = timedelta(hours=24)
DOOR_AFTER: Final = timedelta(hours=12)
_DRAFTS: Final = (EventStatus.DRAFT, EventStatus.IN_REVIEW)
_AHEAD: Final = (*_DRAFTS, EventStatus.PUBLISHED)


@login_required
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """What is at the door now, what comes next, and what needs somebody."""
    user, now = request.user, timezone.now()
    may = allowed_anywhere(user)
    coming = DeskWish("coming", EventFilter(status=(EventStatus.PUBLISHED, EventStatus.POSTPONED)))
    drafts = DeskWish("all", EventFilter(status=(EventStatus.DRAFT,)))
    return render(
        request,
        "manage/today.html",
        {
            "now": now,
            "sees_events": May.SEE in may,
            "may_create": May.EDIT in may,
            "has_unit": bool(may),
            "doors": list(door_events(user, since=now - DOOR_AFTER, until=now + DOOR_BEFORE)),
            "coming": list(desk_events(user, coming, at=now)[:SHOWN]),
            "reviews": list(events_to_review(user)[:SHOWN]),
            "drafts": list(desk_events(user, drafts, at=now)[:SHOWN]),
            "large_feeds": large_feeds(at=now) if May.PUBLISH in may else [],
            "troubles": undelivered_messages(user),
            "sending": due_state(now) if May.SEE_MESSAGES in may else None,
            "out_of_order": [state for state in channel_states() if state.opens_at] if May.SEE_MESSAGES in may else [],
        },
    )


@login_required
@require_safe
def overview(request: StaffRequest, slug: str) -> HttpResponse:
    """How an event stands, what happened to it, and what can be done."""
    event, now = get_managed_event(request.user, slug), timezone.now()
    is_draft = event.status in _DRAFTS
    people = report_figures(event).total
    gaps = publication_gaps(event, at=now) if is_draft and not event.is_template else []
    return render(
        request,
        "manage/overview.html",
        {
            "event": event,
            "now": now,
            "gaps": [gap for gap in gaps if not gap.is_warning],
            # What gets in the way is named among the conflicts, with a link to the other meeting.
            "warnings": [gap for gap in gaps if gap.is_warning and not gap.code.endswith(CONFLICT)],
            "conflicts": conflicts_of(event) if event.status in _AHEAD else [],
            "seats": seat_figures(event),
            "people": people,
            "pending": people.held + people.offered,
            "answers": intent_figures(event),
            "changes": list(event_history(event)[:CHANGES_SHOWN]),
        },
    )
