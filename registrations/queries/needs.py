"""What people need to take part: each person's own, and an event's for those who arrange them."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from events.models import Event
from registrations.enums import (
    ACTIVE_STATES,
    NEED_MOVES,
    SIGN_LANGUAGES,
    UNSETTLED_NEEDS,
    NeedKind,
    NeedState,
    RegistrationState,
)
from registrations.models import AccommodationRequest, NeedChange, Registration
from registrations.queries.certain_days import certain_day

_ANSWERS: Final = (NeedState.ACKNOWLEDGED, NeedState.ARRANGED, NeedState.FULFILLED, NeedState.NOT_POSSIBLE)
_WITH_DATES: Final = ("registration__sessions", "registration__event__sessions")


def needs_of(registration: Registration) -> list[AccommodationRequest]:
    """What somebody asks for now, in the order in which it was asked; their sessions and event are at hand with it."""
    needs = registration.needs.exclude(state=NeedState.WITHDRAWN).order_by("id")
    return list(needs.prefetch_related(*_WITH_DATES))


def assistants_come(event_id: int) -> bool:
    """Whether anybody whose registration is active, or may come back, has brought an assistant to the event."""
    needs = AccommodationRequest.objects.filter(registration__event=event_id, kind=NeedKind.ASSISTANT)
    coming = Q(registration__state__in=ACTIVE_STATES) & ~Q(state=NeedState.WITHDRAWN)
    return needs.filter(coming | Q(registration__state=RegistrationState.EXPIRED)).exists()


def certain_until(need: AccommodationRequest) -> date | None:
    """Until which day this could be promised when it was asked for; None for what is not sign language, or has no date.

    The need, its registration, its sessions and those of its event are at hand.
    """
    if need.kind not in SIGN_LANGUAGES:
        return None
    registration = need.registration
    sessions = registration.sessions.all() or registration.event.sessions.all()
    found = certain_day(registration.event, sessions, at=need.created_at)
    return found.day if found is not None else None


def answers_to(state: NeedState) -> list[NeedState]:
    """What the coordinator may say of a need that stands here; taking it back is its person's own business."""
    moves = NEED_MOVES[state]
    # Who arranges what was only asked for has seen it on the way.
    at_once = {NeedState.ARRANGED} if state == NeedState.REQUESTED else set()
    return [to for to in _ANSWERS if to in moves | at_once]


def event_needs(event: Event, *, state: NeedState | None = None) -> QuerySet[AccommodationRequest]:
    """The needs at an event of everybody who comes, first asked first, with their history; no name is read with them.

    What was withdrawn stays in the list: whoever has arranged it has to know. So does what was arranged for somebody
    whose registration has ended.
    """
    changes = NeedChange.objects.select_related("by").order_by("id")
    needs = _to_see_to(event)
    if state is not None:
        needs = needs.filter(state=state)
    return (
        needs.select_related("registration__event")
        .prefetch_related(Prefetch("changes", changes), *_WITH_DATES)
        .order_by("created_at", "id")
    )


def need_counts(event: Event) -> Mapping[NeedState, int]:
    """How many of these needs stand in each state, in the order of their life."""
    counted = dict(_to_see_to(event).order_by().values_list("state").annotate(needs=Count("pk")))
    return {state: counted.get(state.value, 0) for state in NeedState}


def get_event_need(event: Event, need_id: int) -> AccommodationRequest:
    """One of these needs; else 404. Who may ask is the event's door's business."""
    need = event_needs(event).filter(pk=need_id).first()
    if need is None:
        raise Http404
    return need


def open_needs_count(event_id: int) -> int:
    """How many needs somebody still has to see to."""
    return AccommodationRequest.objects.filter(
        registration__event=event_id, registration__state__in=ACTIVE_STATES, state__in=UNSETTLED_NEEDS
    ).count()


def wheelchairs_needed(event_id: int) -> int:
    """How many places for wheelchairs people ask for who come."""
    asked = AccommodationRequest.objects.filter(
        registration__event=event_id, registration__state__in=ACTIVE_STATES, kind=NeedKind.WHEELCHAIR
    )
    return asked.exclude(state=NeedState.WITHDRAWN).count()


def _to_see_to(event: Event) -> QuerySet[AccommodationRequest]:
    arranged_in_vain = NeedChange.objects.filter(
        need=OuterRef("pk"), from_state=NeedState.ARRANGED, to_state=NeedState.WITHDRAWN
    )
    return AccommodationRequest.objects.filter(
        Q(registration__state__in=ACTIVE_STATES) | Q(Exists(arranged_in_vain), state=NeedState.WITHDRAWN),
        registration__event=event,
    )
