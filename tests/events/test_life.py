"""Whatever anybody tries with an event, in whatever order: it lives as a plain model says, and a refusal leaves nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.http import Http404
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from events.actions.bookings import book_rooms
from events.actions.definitions import EventEdit, SessionDefinition
from events.actions.editing import edit_event
from events.actions.previewing import preview_cancellation, preview_edit, preview_postponement
from events.actions.publishing import (
    cancel_event,
    close_event,
    hold_event,
    postpone_event,
    publish_event,
    send_back,
    set_new_date,
    submit_for_review,
)
from events.enums import EventStatus, Role
from events.errors import DomainError
from events.models import CalendarEntry, Event, RoomBooking, Session, User
from events.permissions import May, get_managed_event
from events.queries.registration_windows import registration_window
from registrations.models import Registration
from tests.make import make_applicant, make_event, make_notice, make_registration, make_unit, make_user, make_venue
from tests.make.events import NOW
from tests.registrations.acts import enter
from tests.snapshots import snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Who there is: one of each role, the owner of another unit, a colleague in no unit, and whoever runs the service.
PEOPLE = ("owner", "editor", "door", "accessibility", "head", "auditor", "admin", "elsewhere", "nowhere", "superuser")
MAY_EDIT = {"owner", "editor", "admin", "superuser"}
MAY_DECIDE = {"owner", "editor", "head", "admin", "superuser"}
MAY_OVERRIDE = {"owner", "head", "admin", "superuser"}

HOURS = timedelta(hours=2)
# A day on which another meeting is in the room.
TAKEN_DAY = 40
DAYS = st.sampled_from([-3, 1, 9, 25, TAKEN_DAY])
# In which states each move may begin.
POSSIBLE = {
    "submit": {"draft"},
    "send_back": {"in_review"},
    "publish": {"draft", "in_review"},
    "postpone": {"published"},
    "date_anew": {"postponed"},
    "cancel": {"published", "postponed"},
    "hold": {"published"},
    "close": {"published", "held"},
}

# Whoever may do something comes more often than whoever may not.
person = st.sampled_from(["owner", "editor", "head"] * 5 + list(PEOPLE))
# What the editor saw: nothing said, the version as it is, or one from before.
seen = st.sampled_from(["unsaid", "current", "current", "outdated"])
reason = st.sampled_from(["Powód", "Powód", "  "])


class Refused(Exception):
    """The plain model says no, and by which word."""


@dataclass
class Plain:
    """An event as one would explain it on a sheet of paper."""

    status: str = "draft"
    version: int = 1
    starts_at: datetime = NOW
    has_place: bool = True
    notice_days: int = 0
    planned_only: bool = False
    was_announced: bool = False
    # How often calendars were told of something substantial.
    sequence: int = 0
    history: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + HOURS

    def see(self, version: int | None) -> None:
        if version not in {None, self.version}:
            raise Refused("edit_conflict")

    def go(self, who: str, kind: str, to: str, *, sources: set[str], version: int | None, why: str = "") -> None:
        self.see(version)
        if self.status not in sources:
            raise Refused("move_not_allowed")
        self.status = to
        self.version += 1
        self.history.append((kind, who, why.strip()))

    def lacks(self, at: datetime) -> set[str]:
        zone = ZoneInfo("Europe/Warsaw")
        days = (self.starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days
        missing = {"notice_period"} if days < self.notice_days else set()
        # The venue of the builders says something about accessibility, so without it nothing is said.
        return missing if self.has_place else missing | {"venue", "accessibility"}

    def pass_over(self, who: str, missing: set[str], why: str) -> str:
        if not missing:
            return ""
        if who not in MAY_OVERRIDE or not why.strip():
            raise Refused("not_publishable")
        return why

    # The moves

    def submit(self, who: str, version: int | None, why: str, at: datetime) -> None:
        self.go(who, "submitted", "in_review", sources={"draft"}, version=version, why=why)

    def send_back(self, who: str, version: int | None, why: str, at: datetime) -> None:
        if not why.strip():
            raise Refused("invalid")
        self.go(who, "sent_back", "draft", sources={"in_review"}, version=version, why=why)

    def publish(self, who: str, version: int | None, why: str, at: datetime) -> None:
        self.see(version)
        allowed = self.status in {"draft", "in_review"}
        said = self.pass_over(who, self.lacks(at), why) if allowed else ""
        self.go(who, "published", "published", sources={"draft", "in_review"}, version=version, why=said)
        self.was_announced = True

    def postpone(self, who: str, version: int | None, why: str, at: datetime) -> None:
        self.go(who, "postponed", "postponed", sources={"published"}, version=version, why=why)
        self.sequence += 1

    def cancel(self, who: str, version: int | None, why: str, at: datetime) -> None:
        if not why.strip():
            raise Refused("invalid")
        self.go(who, "cancelled", "cancelled", sources={"published", "postponed"}, version=version, why=why)
        self.sequence += 1

    def hold(self, who: str, version: int | None, why: str, at: datetime) -> None:
        self.see(version)
        if self.status == "published" and self.planned_only:
            raise Refused("move_not_allowed")
        if self.status == "published" and at < self.starts_at:
            raise Refused("not_begun")
        self.go(who, "held", "held", sources={"published"}, version=version)

    def close(self, who: str, version: int | None, why: str, at: datetime) -> None:
        self.see(version)
        if self.status == "published":
            if not self.planned_only and at < self.ends_at:
                raise Refused("not_over")
            self.hold(who, version, why, at)
            version = None
        self.go(who, "closed", "closed", sources={"held"}, version=version)

    def date_anew(
        self, who: str, version: int | None, why: str, at: datetime, *, starts_at: datetime, room: str
    ) -> None:
        self.see(version)
        if self.status != "postponed":
            raise Refused("move_not_allowed")
        if starts_at <= at:
            raise Refused("invalid")
        self.starts_at = starts_at
        if self.is_taken:
            if who not in MAY_OVERRIDE or not room.strip():
                raise Refused("room_taken")
            self.history.append(("room_shared", who, room))
        said = self.pass_over(who, self.lacks(at) & {"notice_period"}, why)
        self.go(who, "new_date", "published", sources={"postponed"}, version=version, why=said)
        self.sequence += 1

    def rename(self, who: str, version: int | None, *, is_new: bool) -> None:
        self.see(version)
        if self.status in {"cancelled", "closed"}:
            raise Refused("move_not_allowed")
        self.version += 1
        if is_new:
            self.history.append(("edited", who, ""))

    # What follows

    @property
    def is_taken(self) -> bool:
        return self.has_place and self.starts_at.date() == (NOW + timedelta(days=TAKEN_DAY)).date()

    @property
    def is_public(self) -> bool:
        return self.status not in {"draft", "in_review"}

    @property
    def needs_its_room(self) -> bool:
        return self.has_place and self.status not in {"postponed", "cancelled"}

    @property
    def calendar_word(self) -> Literal["CANCELLED", "TENTATIVE", "CONFIRMED"]:
        if self.status == "cancelled":
            return "CANCELLED"
        return "TENTATIVE" if self.status == "postponed" or self.planned_only else "CONFIRMED"

    def takes_people(self, at: datetime) -> bool:
        return self.status == "published" and not self.planned_only and at < self.starts_at


class Life(RuleBasedStateMachine):
    """One event, everybody who may come near it, and the model beside it."""

    # The same for every life; the test fills it.
    people: ClassVar[dict[str, User]] = {}

    def __init__(self) -> None:
        super().__init__()
        self._undo = transaction.atomic()
        self._undo.__enter__()
        self.at: datetime = NOW

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undo.__exit__(None, None, None)

    @initialize(
        days=st.sampled_from([1, 9, 25]),
        has_place=st.booleans(),
        notice_days=st.sampled_from([0, 7]),
        status=st.sampled_from(["draft", "draft", "published"]),
        planned_only=st.sampled_from([False, False, True]),
    )
    def make(self, days, has_place, notice_days, status, planned_only):
        venue = make_venue()
        self.room = venue.rooms.create(name="Aula") if has_place else None
        starts_at = NOW + timedelta(days=days)
        self.event = make_event(
            status=EventStatus(status), venue=venue if has_place else None, starts_at=starts_at, capacity=None
        )
        self.event.kind.notice_days = notice_days
        self.event.kind.save()
        Event.objects.filter(pk=self.event.pk).update(contact_email="ask@example.org", planned_only=planned_only)
        rival = make_event(venue=venue, starts_at=NOW + timedelta(days=TAKEN_DAY))
        for one in (self.event, rival):
            one.sessions.update(room=self.room)
            book_rooms(one, by=None, at=NOW)
        self.people_there = [make_registration(self.event).pk]
        self.plain = Plain(
            status=status,
            starts_at=starts_at,
            has_place=has_place,
            notice_days=notice_days,
            planned_only=planned_only,
            was_announced=status == "published",
        )

    @rule(what=st.sampled_from(sorted(POSSIBLE)), who=person, seen=seen, why=reason, room=reason, days=DAYS)
    def anybody_tries_anything(self, what, who, seen, why, room, days):
        self.move(what, who, seen, why, room, days)

    @rule(pick=st.integers(0, 11), who=st.sampled_from(["owner", "head"]), days=DAYS)
    def somebody_does_what_is_possible(self, pick, who, days):
        possible = [what for what, sources in POSSIBLE.items() if self.plain.status in sources]
        if not possible:
            return
        what = possible[pick % len(possible)]
        if what in {"hold", "close"}:
            self.at = max(self.at, self.plain.ends_at)
        self.move(what, "owner" if what == "submit" else who, "current", "Powód", "Powód", days)

    def move(self, what: str, who: str, seen: str, why: str, room: str, days: int) -> None:
        match what:
            case "submit":
                self.try_move(who, MAY_EDIT, May.EDIT, submit_for_review, Plain.submit, seen, why, reason=why)
            case "send_back":
                self.try_move(who, MAY_DECIDE, May.PUBLISH, send_back, Plain.send_back, seen, why, reason=why)
            case "publish":
                self.try_move(
                    who, MAY_DECIDE, May.PUBLISH, publish_event, Plain.publish, seen, why, override_reason=why
                )
            case "postpone":
                self.try_move(who, MAY_DECIDE, May.PUBLISH, postpone_event, Plain.postpone, seen, why, reason=why)
            case "date_anew":
                self.date_anew(who, seen, why, room, days)
            case "cancel":
                self.try_move(who, MAY_DECIDE, May.PUBLISH, cancel_event, Plain.cancel, seen, why, reason=why)
            case "hold":
                self.try_move(who, MAY_DECIDE, May.PUBLISH, hold_event, Plain.hold, seen)
            case "close":
                self.try_move(who, MAY_DECIDE, May.PUBLISH, close_event, Plain.close, seen)

    def date_anew(self, who: str, seen: str, why: str, room: str, days: int) -> None:
        # The day on which the room is taken stays where it is.
        starts_at = (NOW if days == TAKEN_DAY else self.at) + timedelta(days=days)

        def act(event: Event, **facts: Any) -> None:
            set_new_date(event, [self.a_date(starts_at)], override_reason=why, room_override_reason=room, **facts)

        def expect(plain: Plain, *facts: Any) -> None:
            plain.date_anew(*facts, starts_at=starts_at, room=room)

        self.try_move(who, MAY_DECIDE, May.PUBLISH, act, expect, seen, why)

    @rule(who=person, seen=seen, title=st.sampled_from(["Spotkanie próbne", "Debata"]))
    def rename(self, who, seen, title):
        is_new = Event.objects.get(pk=self.event.pk).title["pl"] != title

        def act(event: Event, **facts: Any) -> None:
            edit_event(event, EventEdit(title={**event.title, "pl": title}), **facts)

        def expect(plain: Plain, name: str, version: int | None, *_rest: object) -> None:
            plain.rename(name, version, is_new=is_new)

        self.try_move(who, MAY_EDIT, May.EDIT, act, expect, seen)

    @rule(who=st.sampled_from(sorted(MAY_DECIDE & MAY_EDIT)), what=st.sampled_from(["edit", "postpone", "cancel"]))
    def preview(self, who, what):
        """Looking costs nothing, whether it is refused or not."""
        by, before, hooks = self.people[who], snapshot(), list(connection.run_on_commit)
        event = Event.objects.get(pk=self.event.pk)
        looks: dict[str, Callable[[], object]] = {
            "edit": lambda: preview_edit(event, EventEdit(title={"pl": "Podgląd"}), by=by, at=self.at),
            "postpone": lambda: preview_postponement(event, by=by, at=self.at),
            "cancel": lambda: preview_cancellation(event, by=by, at=self.at),
        }
        sources = {
            "edit": {"draft", "in_review", "published", "postponed", "held"},
            "postpone": {"published"},
            "cancel": {"published", "postponed"},
        }
        is_possible = self.plain.status in sources[what]
        try:
            looks[what]()
        except DomainError:
            assert not is_possible
        else:
            assert is_possible
        assert snapshot() == before
        assert connection.run_on_commit == hooks

    @rule()
    def somebody_signs_up(self):
        before = snapshot()
        event = Event.objects.get(pk=self.event.pk)
        try:
            answer = enter(event, make_applicant(f"newcomer{len(self.people_there)}@example.org"), at=self.at)
        except DomainError:
            assert not self.plain.takes_people(self.at)
            assert snapshot() == before
        else:
            assert self.plain.takes_people(self.at)
            assert answer.registration is not None
            self.people_there.append(answer.registration.pk)

    @rule(to=st.sampled_from(["an hour", "a day", "the start", "the end"]))
    def pass_time(self, to):
        moments = {
            "the start": self.plain.starts_at,
            "the end": self.plain.ends_at,
            "a day": self.at + timedelta(days=1),
        }
        self.at = max(self.at, moments.get(to, self.at + timedelta(hours=1)))

    # What must be true whatever happened

    @invariant()
    def the_event_is_as_the_model_says(self):
        if not hasattr(self, "plain"):
            return
        event, plain = Event.objects.get(pk=self.event.pk), self.plain
        session = event.sessions.get()
        assert (event.status, event.version, event.starts_at) == (plain.status, plain.version, plain.starts_at)
        assert (session.starts_at, session.ends_at, session.sequence) == (
            plain.starts_at,
            plain.ends_at,
            plain.sequence,
        )
        assert (event.published_at is not None) == plain.was_announced
        assert registration_window(event, at=self.at).accepts == plain.takes_people(self.at)

    @invariant()
    def its_history_tells_all_of_it(self):
        if hasattr(self, "plain"):
            names = {user.pk: name for name, user in self.people.items()}
            rows = self.event.changes.order_by("id").values_list("kind", "by", "reason")
            assert [(kind, names[by], why) for kind, by, why in rows] == self.plain.history

    @invariant()
    def its_room_its_calendar_and_its_people_follow(self):
        if not hasattr(self, "plain"):
            return
        assert RoomBooking.objects.filter(session__event=self.event).exists() == self.plain.needs_its_room
        entries = CalendarEntry.objects.filter(session__event=self.event).values_list("content", flat=True)
        if self.plain.history:
            assert len(entries) == 3 * self.plain.is_public
        assert all(f"STATUS:{self.plain.calendar_word}" in entry for entry in entries)
        there = Registration.objects.filter(event=self.event, state="confirmed").order_by("pk")
        assert list(there.values_list("pk", flat=True)) == self.people_there

    def a_date(self, starts_at: datetime) -> SessionDefinition:
        session = Session.objects.get(event=self.event)
        return SessionDefinition(id=session.pk, starts_at=starts_at, ends_at=starts_at + HOURS, room=self.room)

    def try_move(
        self,
        who: str,
        allowed: set[str],
        door: May,
        act: Callable[..., object],
        expect: Callable[..., None],
        seen: str,
        why: str = "",
        **given: Any,
    ) -> None:
        """Go through the door and do it; whatever comes of it is what the model says."""
        version = {"unsaid": None, "current": self.plain.version, "outdated": self.plain.version - 1}[seen]
        expected = replace(self.plain, history=list(self.plain.history))
        word = "not_found"
        if who in allowed:
            try:
                expect(expected, who, version, why, self.at)
                word = "done"
            except Refused as refusal:
                word = str(refusal)
        before = snapshot() if word != "done" else {}

        came_of_it = self.outcome(
            who, door, lambda event, by: act(event, expected_version=version, by=by, at=self.at, **given)
        )

        assert came_of_it == word
        if word == "done":
            self.plain = expected
        else:
            assert snapshot() == before

    def outcome(self, who: str, door: May, act: Callable[[Event, User], object]) -> str:
        by = self.people[who]
        try:
            act(get_managed_event(by, self.event.slug, door), by)
        except Http404:
            return "not_found"
        except DomainError as refusal:
            return refusal.code
        return "done"


def everybody() -> dict[str, User]:
    return {role.value: make_user(role=role) for role in Role} | {
        "elsewhere": make_user(unit=make_unit("other")),
        "nowhere": make_user(role=None),
        "superuser": make_user(role=None, superuser=True),
    }


def test_an_event_lives_as_the_model_says_whoever_does_whatever(monkeypatch):
    make_notice()
    monkeypatch.setattr(Life, "people", everybody())

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
