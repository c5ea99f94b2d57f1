"""Events made from events: copies, templates, and drafts that nobody needs."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from events.actions.agenda import shifted
from events.actions.definitions import (
    UNSET,
    EventDefinition,
    Maybe,
    RegistrationDefinition,
    SessionDefinition,
    definition_of,
)
from events.actions.editing import create_event
from events.actions.retries import retried
from events.actions.wall_clock import WallClockShift, as_wall_clock
from events.enums import EventStatus
from events.errors import EditConflict, MoveNotAllowed
from events.models import Event, User


def copy_event(event: Event, *, first_start: datetime | None = None, by: User | None, at: datetime) -> Event:
    """A draft like this event, without people, codes and the time of registration; also how a template is used.

    `first_start` is when the first session of the copy begins; the others keep their distance by the clock on the wall.
    Without it the copy keeps the dates, to be given its own, and leaves the rooms to the event that has them.
    """
    definition = replace(_without_people(definition_of(event)), is_template=False)
    if first_start is None:
        return create_event(_without_rooms(definition), by=by, at=at)
    zone = ZoneInfo(event.time_zone)
    if definition.sessions:
        first = min(as_wall_clock(session.starts_at, zone) for session in definition.sessions)
        definition = moved(definition, WallClockShift.between(first, first_start, zone))
    return create_event(definition, by=by, at=at)


def save_as_template(event: Event, *, by: User | None, at: datetime) -> Event:
    """A pattern for more events of the kind: a draft that is never shown to people itself and holds no room."""
    return create_event(replace(_without_people(definition_of(event)), is_template=True), by=by, at=at)


@retried
def delete_draft(
    event: Event,
    *,
    expected_version: int | None = None,
    by: User | None,  # noqa: ARG001 - every action says who
    at: datetime,  # noqa: ARG001 - and when
) -> None:
    """Take a draft away with all its parts; nobody has ever seen it, so nothing has to be remembered."""
    rows = Event.objects.select_for_update(of=("self",)).filter(
        pk=event.pk, status__in=(EventStatus.DRAFT, EventStatus.IN_REVIEW), published_at=None
    )
    draft = rows.first()
    if draft is None:
        raise MoveNotAllowed(_("Only a draft that was never published can be deleted."))
    if expected_version not in {None, draft.version}:
        raise EditConflict
    try:
        draft.delete()
    except ProtectedError as error:
        raise MoveNotAllowed(_("People are registered for this event, so it cannot be deleted.")) from error


def moved(definition: EventDefinition, shift: WallClockShift) -> EventDefinition:
    """The definition so much later by the clock on the wall, as an event of its own."""
    registration = definition.registration
    return replace(
        definition,
        slug=None,
        sessions=tuple(_moved_session(session, shift) for session in definition.sessions),
        registration=replace(
            registration,
            opens_at=_moved_time(registration.opens_at, shift),
            closes_at=_moved_time(registration.closes_at, shift),
        ),
    )


def _moved_session(session: SessionDefinition, shift: WallClockShift) -> SessionDefinition:
    return replace(
        session,
        id=None,
        starts_at=shift(session.starts_at),
        ends_at=shift(session.ends_at),
        agenda=UNSET if session.agenda is UNSET else shifted(session.agenda, shift),
    )


def _moved_time(moment: Maybe[datetime | None], shift: WallClockShift) -> Maybe[datetime | None]:
    return moment if moment is UNSET or moment is None else shift(moment)


def _without_people(definition: EventDefinition) -> EventDefinition:
    """What belongs to the meeting itself stays behind: who speaks, the link for joining, when people may register."""
    return replace(
        definition,
        slug=None,
        join_url="",
        roles=(),
        questions=tuple(replace(question, id=None) for question in definition.questions),
        sessions=tuple(_without_speakers(session) for session in definition.sessions),
        registration=_without_window(definition.registration),
    )


def _without_speakers(session: SessionDefinition) -> SessionDefinition:
    assert session.agenda is not UNSET
    return replace(session, id=None, agenda=tuple(replace(item, roles=()) for item in session.agenda))


def _without_rooms(definition: EventDefinition) -> EventDefinition:
    return replace(definition, sessions=tuple(replace(session, room=None) for session in definition.sessions))


def _without_window(registration: RegistrationDefinition) -> RegistrationDefinition:
    return replace(registration, opens_at=None, closes_at=None)
