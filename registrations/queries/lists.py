"""Who is registered, and the figures about them: each figure counts a list that can be asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict, Unpack

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django_stubs_ext import WithAnnotations

from events.models import Event, Session
from events.queries.search import fold
from registrations.enums import ACTIVE_STATES, Attendance, MemberState, RegistrationSource, RegistrationState
from registrations.models import HeadcountEntry, PartyMember, Registration
from registrations.queries.queue_order import QUEUE_ORDER, Place, before, place_in_order, place_outside

_S: Final = RegistrationState


class InQueue(TypedDict):
    """What the list says beside each registration: its place in its queue, from 1; null when it does not wait."""

    position: int | None


class ListFilters(TypedDict, total=False):
    """What a list of registrations is narrowed to; what is empty or not named narrows nothing.

    `q`: words of a name, the organisation or the reference, without regard to capitals and diacritics. `category`: a
    code. `session`: an id; whoever takes part in all of them is in it too. `attendance`: of anybody of the party
    who comes, so that a figure and its list agree.
    """

    q: str
    state: str | None
    category: str
    source: str
    session: int | None
    attendance: str


def event_registrations(
    event: Event, **filters: Unpack[ListFilters]
) -> "QuerySet[WithAnnotations[Registration, InQueue]]":
    """The registrations of an event with their people, in the order they came in; `position` counts in their queue."""
    return (
        narrowed_registrations(event, **filters)
        .annotate(position=_POSITION)
        .select_related("participant", "category")
        .prefetch_related(Prefetch("sessions", Session.objects.order_by("starts_at", "id")))
        .order_by("created_at", "id")
    )


def narrowed_registrations(event: Event, **filters: Unpack[ListFilters]) -> QuerySet[Registration]:
    """The registrations of an event that the filters leave, in no order."""
    rows = Registration.objects.filter(event=event)
    for column, name in (("state", "state"), ("category__code", "category"), ("source", "source")):
        if wanted := filters.get(name):
            rows = rows.filter(**{column: wanted})
    if session := filters.get("session"):
        chosen = Registration.sessions.through.objects.filter(registration=OuterRef("pk"))
        own = Session.objects.filter(event=OuterRef("event"), pk=session)
        rows = rows.filter(Exists(chosen.filter(session=session)) | (~Exists(chosen) & Exists(own)))
    if attendance := filters.get("attendance"):
        coming = PartyMember.objects.filter(registration=OuterRef("pk"), state=MemberState.COMING)
        rows = rows.filter(Q(attendance=attendance, contact_comes=True) | Exists(coming.filter(attendance=attendance)))
    for word in fold(filters.get("q", "")).split():
        rows = rows.filter(participant__search_text__contains=word)
    return rows


def queue_positions(event: Event) -> dict[int, int]:
    """The place of everybody who waits at an event in their queue, from 1, by registration; one look at all of them."""
    place = Window(RowNumber(), partition_by=F("waiting_pool"), order_by=QUEUE_ORDER)
    waiting = Registration.objects.filter(event=event, waiting_pool__isnull=False).annotate(place=place)
    return dict(waiting.order_by().values_list("pk", "place"))


def person_registrations(email_key: str, *, at: datetime) -> QuerySet[Registration]:
    """The active registrations of one address at events that are not over, the next event first."""
    return (
        Registration.objects.filter(email_key=email_key, state__in=ACTIVE_STATES, event__ends_at__gt=at)
        .select_related("event__unit", "event__venue", "participant", "category")
        .order_by("event__starts_at", "id")
    )


def all_registrations(email_key: str) -> QuerySet[Registration]:
    """Everything that was ever registered with an address, whatever became of it; the latest event first."""
    own = Registration.objects.filter(email_key=email_key).select_related("event", "participant")
    return own.prefetch_related("event__sessions").order_by(F("event__starts_at").desc(nulls_first=True), "-id")


def position_of(registration: Registration) -> int | None:
    """The place in its queue, from 1; None when it does not wait. Computed, never stored."""
    if registration.waiting_pool_id is None:
        return None
    return _ahead_of(registration.waiting_pool_id, place_in_order(registration)).count() + 1


def _ahead_of(pool: int | OuterRef, place: Place) -> QuerySet[Registration]:
    return Registration.objects.filter(before(place), waiting_pool=pool)


_POSITION: Final = Case(
    When(
        waiting_pool__isnull=False,
        then=Coalesce(
            Subquery(
                _ahead_of(OuterRef("waiting_pool"), place_outside())
                .order_by()
                .values("waiting_pool")
                .annotate(ahead=Count("pk"))
                .values("ahead")
            ),
            Value(0),
        )
        + 1,
    )
)


@dataclass(frozen=True)
class ReportFigures:
    """How many people are in the list of registrations, what became of them, and who came.

    `registered` is the whole list; those in between (`held`, `offered`, …) are named too, so that the parts add up to
    it. `headcount` counts people without names and is never mixed with the others; null: nobody counted.
    """

    registered: int
    awaiting_approval: int
    held: int
    confirmed: int
    waitlisted: int
    offered: int
    declined: int
    cancelled: int
    expired: int
    rejected: int
    present: int
    no_show: int
    excused: int
    walk_ins: int
    headcount: int | None


@dataclass(frozen=True)
class EventReport:
    """The figures of an event: as a whole, by category code ("" for none) and by session id."""

    total: ReportFigures
    by_category: Mapping[str, ReportFigures]
    by_session: Mapping[int, ReportFigures]


@dataclass(frozen=True)
class _Group:
    """So many people who share everything that a report asks for; `session_id` null: they come to all sessions.

    `persons` of them are known one by one, each with their own attendance: whoever registered or one of their party.
    """

    state: str
    attendance: str
    source: str
    category: str
    session_id: int | None
    people: int
    persons: int


def report_figures(event: Event) -> EventReport:
    """The figures of an event for its report; a person who chose two sessions counts in each, and once as a whole.

    Attendance is counted by person, everything else by seat.
    """
    rows = Registration.objects.filter(event=event).order_by()
    members = PartyMember.objects.filter(registration__event=event, state=MemberState.COMING).order_by()
    groups, everywhere, chosen = (
        [*_seats(rows, **of_session), *_persons(members, **of_session)]
        for of_session in ({}, {"is_chosen": False}, {"is_chosen": True})
    )
    headcounts = dict(
        HeadcountEntry.objects.filter(event=event).order_by().values_list("category__code").annotate(Sum("delta"))
    )
    listed = event.pools.exclude(category=None).values_list("category__code", flat=True)
    categories = sorted({*listed, *(group.category for group in groups)} | {code or "" for code in headcounts})
    return EventReport(
        total=_figures(groups, headcount=sum(headcounts.values()) if headcounts else None),
        by_category={
            code: _figures(
                [group for group in groups if group.category == code], headcount=headcounts.get(code or None)
            )
            for code in categories
        },
        by_session={
            pk: _figures([*everywhere, *(group for group in chosen if group.session_id == pk)], headcount=None)
            for pk in event.sessions.values_list("id", flat=True)
        },
    )


_KEYS: Final = ("state", "source", "category__code")
_NO_SESSION: Final = Value(None, output_field=IntegerField())


def _seats(rows: QuerySet[Registration], *, is_chosen: bool | None = None) -> list[_Group]:
    """Registrations by their seats, and the person who registered by their own attendance."""
    if is_chosen is not None:
        rows = rows.filter(sessions__isnull=not is_chosen)
    session = "sessions" if is_chosen else _NO_SESSION
    counted = rows.values_list("attendance", *_KEYS, session).annotate(
        people=Sum("seats"), persons=Count("pk", filter=Q(contact_comes=True))
    )
    return [
        _Group(state, attendance, source, category or "", session_id, people, persons)
        for attendance, state, source, category, session_id, people, persons in counted
    ]


def _persons(members: QuerySet[PartyMember], *, is_chosen: bool | None = None) -> list[_Group]:
    """Those who came along by their own attendance; their seats are counted with the registration."""
    if is_chosen is not None:
        members = members.filter(registration__sessions__isnull=not is_chosen)
    session = "registration__sessions" if is_chosen else _NO_SESSION
    keys = (f"registration__{key}" for key in _KEYS)
    return [
        _Group(state, attendance, source, category or "", session_id, 0, persons)
        for attendance, state, source, category, session_id, persons in members.values_list(
            "attendance", *keys, session, Count("pk")
        )
    ]


def _figures(groups: Iterable[_Group], *, headcount: int | None) -> ReportFigures:
    groups = list(groups)

    def people(*values: str) -> int:
        return sum(group.people for group in groups if {group.state, group.source} & set(values))

    def persons(attendance: Attendance) -> int:
        return sum(group.persons for group in groups if group.attendance == attendance)

    return ReportFigures(
        registered=sum(group.people for group in groups),
        awaiting_approval=people(_S.AWAITING_APPROVAL),
        held=people(_S.HELD),
        confirmed=people(_S.CONFIRMED),
        waitlisted=people(_S.WAITLISTED),
        offered=people(_S.OFFERED),
        declined=people(_S.DECLINED),
        cancelled=people(_S.CANCELLED_BY_PARTICIPANT, _S.CANCELLED_BY_ORGANIZER),
        expired=people(_S.EXPIRED),
        rejected=people(_S.REJECTED),
        present=persons(Attendance.PRESENT),
        no_show=persons(Attendance.NO_SHOW),
        excused=persons(Attendance.EXCUSED),
        walk_ins=people(RegistrationSource.WALK_IN),
        headcount=headcount,
    )
