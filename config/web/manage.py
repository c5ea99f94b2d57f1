"""Staff pages that span all apps: today, the overview of an event, calling it off."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.actions.publishing import cancel_event
from events.enums import EVENT_MOVES, EventStatus
from events.errors import DomainError
from events.forms.manage import CancelForm
from events.forms.refusals import show_refusal
from events.permissions import May, StaffRequest, allowed_anywhere, get_managed_event
from events.queries.changes import event_history
from events.queries.desk import DeskWish, desk_events, door_events
from events.queries.events import EventFilter
from events.queries.publication import publication_gaps
from events.queries.seats import seat_figures
from notifications.queries.audience import people_told
from notifications.queries.troubles import undelivered_messages
from registrations.queries.lists import report_figures

SHOWN: Final = 10
CHANGES_SHOWN: Final = 100
# A door opens before the event and is tidied up after it.
DOOR_BEFORE: Final = timedelta(hours=24)
DOOR_AFTER: Final = timedelta(hours=12)
_DRAFTS: Final = (EventStatus.DRAFT, EventStatus.IN_REVIEW)


@login_required
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """What is at the door now, what comes next, and what needs somebody."""
    user, now = request.user, timezone.now()
    may = allowed_anywhere(user)
    coming = DeskWish("coming", EventFilter(status=(EventStatus.PUBLISHED, EventStatus.POSTPONED)))
    drafts = DeskWish("all", EventFilter(status=_DRAFTS))
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
            "drafts": list(desk_events(user, drafts, at=now)[:SHOWN]),
            "troubles": undelivered_messages(user, at=now),
        },
    )


@login_required
@require_safe
def overview(request: StaffRequest, slug: str) -> HttpResponse:
    """How an event stands, what happened to it, and what can be done."""
    event, now = get_managed_event(request.user, slug), timezone.now()
    is_draft = event.status in _DRAFTS
    people = report_figures(event).total
    gaps = [gap for gap in publication_gaps(event, at=now) if not gap.is_warning] if is_draft else []
    return render(
        request,
        "manage/overview.html",
        {
            "event": event,
            "now": now,
            "gaps": gaps,
            "is_draft": is_draft,
            "can_be_cancelled": EventStatus.CANCELLED in EVENT_MOVES[EventStatus(event.status)],
            "seats": seat_figures(event),
            "people": people,
            "pending": people.held + people.offered,
            "changes": list(event_history(event)[:CHANGES_SHOWN]),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: StaffRequest, slug: str) -> HttpResponse:
    """Call an event off; how many people will be told is said before."""
    event = get_managed_event(request.user, slug, May.PUBLISH)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_event(
                event,
                reason=form.cleaned_data["reason"],
                notify=form.cleaned_data["notify"],
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The event is cancelled."))
            return redirect("manage-event", slug)
    told = people_told(event)
    return render(request, "manage/cancel.html", {"event": event, "form": form, "told": told})
