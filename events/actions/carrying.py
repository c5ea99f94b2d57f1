"""What an edit of one event means for another event of its series."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import zip_longest
from typing import Any, Final
from zoneinfo import ZoneInfo

from events.actions.agenda import shifted
from events.actions.definitions import (
    UNSET,
    AgendaItemDefinition,
    EventDefinition,
    EventEdit,
    Maybe,
    QuestionDefinition,
    RegistrationDefinition,
    RegistrationEdit,
    SessionDefinition,
)
from events.actions.wall_clock import WallClockShift, as_wall_clock
from events.models import Room, Venue

# These need more than being handed over.
_TRANSLATED_BY_HAND: Final = frozenset(
    {"sessions", "registration", "questions", "room_override_reason", "allow_overbooking"}
)
_NAMES: Final = tuple(column.name for column in fields(EventEdit) if column.name not in _TRANSLATED_BY_HAND)
_RULES: Final = tuple(column.name for column in fields(RegistrationDefinition))
_WINDOW: Final = frozenset({"opens_at", "closes_at"})


@dataclass(frozen=True)
class Carrier:
    """An event as it was and as it is now; the difference is what others of its series get."""

    before: EventDefinition
    after: EventDefinition
    zone: ZoneInfo

    @cached_property
    def _changed(self) -> dict[str, Any]:
        return {
            name: getattr(self.after, name)
            for name in _NAMES
            if _plain(getattr(self.before, name)) != _plain(getattr(self.after, name))
        }

    @property
    def has_something(self) -> bool:
        """Whether anything changed."""
        parts = ("sessions", "registration", "questions")
        return bool(self._changed) or any(getattr(self.before, name) != getattr(self.after, name) for name in parts)

    def edit_for(self, other: EventDefinition) -> EventEdit:
        """The same change for another event."""
        edit = EventEdit(**self._changed)
        if self.before.sessions != self.after.sessions:
            edit = replace(edit, sessions=self._sessions_for(other))
        if self.before.questions != self.after.questions:
            edit = replace(edit, questions=self._questions_for(other))
        dates = other.sessions if edit.sessions is UNSET else edit.sessions
        return replace(edit, registration=self._registration_for(dates))

    # Dates

    def _sessions_for(self, other: EventDefinition) -> tuple[SessionDefinition, ...]:
        """The sessions at the same places move alike; those that only the other event has stay."""
        return tuple(self._kept_sessions(other)) + tuple(self._new_sessions(other))

    def _kept_sessions(self, other: EventDefinition) -> Iterator[SessionDefinition]:
        after = {session.id: session for session in self.after.sessions}
        for own, was in zip_longest(other.sessions, self.before.sessions[: len(other.sessions)]):
            now = was and after.get(was.id)
            if was is None:
                yield replace(own, agenda=UNSET, room=self._room(own, own, own, other))
            elif now is not None:
                yield self._same_change(own, was, now, other)

    def _same_change(
        self, own: SessionDefinition, was: SessionDefinition, now: SessionDefinition, other: EventDefinition
    ) -> SessionDefinition:
        starts_at = WallClockShift.between(was.starts_at, now.starts_at, self.zone)(own.starts_at)
        return replace(
            own,
            starts_at=starts_at,
            ends_at=WallClockShift.between(was.ends_at, now.ends_at, self.zone)(own.ends_at),
            all_day=now.all_day if now.all_day != was.all_day else own.all_day,
            title=now.title if now.title != was.title else own.title,
            room=self._room(own, was, now, other),
            capacity=now.capacity if now.capacity != was.capacity else own.capacity,
            agenda=self._agenda(was, now, starts_at=starts_at),
        )

    def _new_sessions(self, other: EventDefinition) -> Iterator[SessionDefinition]:
        """What was added stands as far from the first session as it does in the event that was edited."""
        known = {session.id for session in self.before.sessions}
        for now in self.after.sessions:
            if now.id in known:
                continue
            shift = WallClockShift.between(_first(self.before, now), _first(other, now), self.zone)
            starts_at = shift(now.starts_at)
            agenda = () if now.agenda is UNSET else now.agenda
            yield replace(
                now,
                id=None,
                starts_at=starts_at,
                ends_at=shift(now.ends_at),
                room=self._room(now, now, now, other),
                agenda=shifted(agenda, shift),
            )

    def _room(
        self, own: SessionDefinition, was: SessionDefinition, now: SessionDefinition, other: EventDefinition
    ) -> Room | None:
        """A room goes along only where its place is the other event's place as well."""
        room = now.room if now.room != was.room else own.room
        venue: Venue | None = self._changed.get("venue", other.venue)
        return room if room is not None and venue is not None and room.venue_id == venue.pk else None

    def _agenda(
        self, was: SessionDefinition, now: SessionDefinition, *, starts_at: datetime
    ) -> Maybe[tuple[AgendaItemDefinition, ...]]:
        """An agenda that only moved moves by itself."""
        assert was.agenda is not UNSET
        assert now.agenda is not UNSET
        still = WallClockShift(self.zone, timedelta())
        if shifted(was.agenda, WallClockShift.between(was.starts_at, now.starts_at, self.zone)) == shifted(
            now.agenda, still
        ):
            return UNSET
        return shifted(now.agenda, WallClockShift.between(now.starts_at, starts_at, self.zone))

    # Rules and questions

    def _registration_for(self, dates: Sequence[SessionDefinition]) -> Maybe[RegistrationEdit]:
        """Registration opens and closes as long before the first session as in the event that was edited."""
        was, now = self.before.registration, self.after.registration
        changed = {name: getattr(now, name) for name in _RULES if getattr(was, name) != getattr(now, name)}
        for name in _WINDOW & changed.keys():
            if changed[name] is not None and self.after.sessions and dates:
                shift = WallClockShift.between(
                    _start(self.after.sessions, self.zone), _start(dates, self.zone), self.zone
                )
                changed[name] = shift(changed[name])
        return RegistrationEdit(**changed) if changed else UNSET

    def _questions_for(self, other: EventDefinition) -> tuple[QuestionDefinition, ...]:
        """A question is the same one where it is asked in the same words; what only the other event asks stays."""
        was = {_words(question): question for question in self.before.questions}
        now = {question.id: question for question in self.after.questions}
        kept: list[QuestionDefinition] = []
        for own in other.questions:
            before = was.get(_words(own))
            after = before and now.get(before.id)
            if before is None or after == before:
                kept.append(own)
            elif after is not None:
                kept.append(replace(after, id=own.id))
        known = {question.id for question in self.before.questions}
        return (*kept, *(replace(question, id=None) for question in self.after.questions if question.id not in known))


def _plain(value: object) -> object:
    """An empty translation is none."""
    return {key: text for key, text in value.items() if text} if isinstance(value, dict) else value


def _words(question: QuestionDefinition) -> tuple[str, str]:
    return question.kind, question.text["pl"]


def _start(sessions: Sequence[SessionDefinition], zone: ZoneInfo) -> datetime:
    return min(as_wall_clock(session.starts_at, zone) for session in sessions)


def _first(definition: EventDefinition, default: SessionDefinition) -> datetime:
    return (definition.sessions or (default,))[0].starts_at
