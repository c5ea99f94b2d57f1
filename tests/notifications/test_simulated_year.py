"""A year of reminders against a plain model that says what has to be sent and what comes too late.

The model knows nothing of the program: it has its own clock change, its own limits and its own list of who is where, as
docs/reference/messages.md says it. Time is passed by argument, and nothing leaves: the kept channel takes everything.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from events.actions.definitions import EventEdit, definition_of
from events.actions.editing import edit_event
from events.actions.publishing import cancel_event
from events.actions.rules import save_reminders
from events.enums import EventRoleKind
from events.models import Event, ReminderRule, SeatPool, User
from notifications.models import Message
from notifications.tasks import work_through
from registrations.enums import Attendance, RegistrationState
from registrations.models import Registration
from tests.make import make_event, make_member, make_registration, make_session, make_user
from tests.notifications.make_messages import make_role

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
# The last Sundays of March and October 2027, at one o'clock by Greenwich.
SUMMER = datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)
EVENTS = 14  # in each of the three years
PAUSES = 4
NUMBER = "+48501502503"

# (kind, channel, whom, which start, when it was due): one message.
Told = tuple[str, str, str, datetime, datetime]


# The clock on the wall of Lublin


def wall(moment: datetime) -> datetime:
    """What the clock shows, without an offset."""
    summer = SUMMER[0] <= moment < SUMMER[1]
    return (moment + (2 if summer else 1) * HOUR).replace(tzinfo=None)


def instant(shown: datetime) -> datetime:
    """When the clock shows this: the first time, and where it never does, as if it had not been changed yet."""
    in_summer = shown.replace(tzinfo=UTC) - 2 * HOUR
    return in_summer if SUMMER[0] <= in_summer < SUMMER[1] else shown.replace(tzinfo=UTC) - HOUR


def is_night(moment: datetime) -> bool:
    return not 7 <= wall(moment).hour < 22


def evening_before(moment: datetime) -> datetime:
    """Nine o'clock of the evening that belongs to this night."""
    shown = wall(moment)
    day = shown if shown.hour >= 22 else shown - DAY
    return instant(day.replace(hour=21, minute=0))


# The model


@dataclass(frozen=True)
class Rule:
    channel: str
    audience: str
    days: int | None = None
    at: time | None = None
    before: int | None = None
    after: int | None = None

    @property
    def kind(self) -> str:
        if self.after is not None:
            return "after_event"
        return {"confirmed": "reminder", "waitlisted": "reminder_waitlisted", "speakers": "reminder_speaker"}[
            self.audience
        ]

    def due(self, start: datetime, end: datetime) -> datetime:
        if self.after is not None:
            return end + self.after * MINUTE
        if self.before is not None:
            due = start - self.before * MINUTE
        else:
            assert self.days is not None
            assert self.at is not None
            due = instant(datetime.combine(wall(start).date() - self.days * DAY, self.at))
        return evening_before(due) if self.channel == "sms" and is_night(due) else due

    def until(self, start: datetime, end: datetime) -> datetime:
        due = self.due(start, end)
        if self.after is not None:
            return due + 3 * DAY
        far = max(start - due, 0 * DAY)
        return min(due + min(6 * HOUR, far * 3 / 8), start - min(2 * HOUR, far / 4))


@dataclass
class Meeting:
    """One session."""

    start: datetime
    hours: int
    pk: int

    @property
    def end(self) -> datetime:
        return self.start + self.hours * HOUR


@dataclass
class Person:
    """Somebody with an address; `comes_to`: places of sessions, empty for all of them."""

    address: str
    role: str  # confirmed, waitlisted, speakers, along
    since: datetime
    comes_to: frozenset[int] = frozenset()
    by_sms: bool = False
    until: datetime | None = None
    was_there: bool = False

    def is_meant(self, rule: Rule, due: datetime, now: datetime) -> bool:
        audiences = {rule.audience, "along"} if rule.audience == "confirmed" else {rule.audience}
        if rule.channel == "sms":
            audiences.discard("along")
        if self.role not in audiences or (rule.channel == "sms" and not self.by_sms):
            return False
        return (self.role == "speakers" or self.since <= due) and (self.until is None or self.until > now)


@dataclass
class Gathering:
    """An event as the model sees it."""

    rules: list[Rule]
    meetings: list[Meeting]
    people: list[Person]
    keeps_attendance: bool
    fate: str
    fated_at: datetime
    shift: timedelta
    row: Any = None
    off_at: datetime | None = None
    ran: set[tuple[Rule, int, datetime]] = field(default_factory=set)
    waiting: list[tuple[Told, datetime, int, Person]] = field(default_factory=list)
    sent: Counter[Told] = field(default_factory=Counter)
    missed: Counter[Told] = field(default_factory=Counter)
    off_is_told: bool = False

    def tick(self, now: datetime) -> None:
        if self.off_at is None:
            self._remind(now)
        elif not self.off_is_told:
            self.off_is_told = True
            self.waiting.clear()
        self._send_waiting(now)

    def _remind(self, now: datetime) -> None:
        for place, meeting in enumerate(self.meetings):
            groups: dict[tuple[str, str], list[Rule]] = {}
            for rule in self.rules:
                due = rule.due(meeting.start, meeting.end)
                is_recent = (due if rule.after is not None else meeting.start) >= now - 7 * DAY
                if due <= now and is_recent and (rule, place, meeting.start) not in self.ran:
                    groups.setdefault((rule.channel, rule.kind), []).append(rule)
            for rules in groups.values():
                # The sort is stable: of two at once, the one that was written down later.
                rules.sort(key=lambda rule: rule.due(meeting.start, meeting.end))
                for rule in rules:
                    self.ran.add((rule, place, meeting.start))
                    self._carry_out(rule, place, now, is_wanted=rule is rules[-1])

    def _carry_out(self, rule: Rule, place: int, now: datetime, *, is_wanted: bool) -> None:
        meeting = self.meetings[place]
        due, until = rule.due(meeting.start, meeting.end), rule.until(meeting.start, meeting.end)
        for person in self.people:
            if not person.is_meant(rule, due, now) or not self._is_theirs(rule, person, place):
                continue
            if rule.after is not None and self.keeps_attendance and not person.was_there:
                continue
            told = (rule.kind, rule.channel, person.address, meeting.start, due)
            if not is_wanted or now >= until:
                self.missed[told] += 1
            else:
                self.waiting.append((told, until, place, person))

    def _is_theirs(self, rule: Rule, person: Person, place: int) -> bool:
        """Whether this is the session that reminds them of the day, or after which they are thanked."""
        own = [number for number in range(len(self.meetings)) if not person.comes_to or number in person.comes_to]
        if place not in own:
            return False
        if rule.after is not None:
            return place == max(own, key=lambda number: (self.meetings[number].end, self.meetings[number].pk))
        day = wall(self.meetings[place].start).date()
        that_day = [number for number in own if wall(self.meetings[number].start).date() == day]
        first = min(that_day, key=lambda number: (self.meetings[number].start, self.meetings[number].pk))
        return place == first

    def _send_waiting(self, now: datetime) -> None:
        for item in list(self.waiting):
            told, until, place, person = item
            if now >= until:
                self.missed[told] += 1
            elif told[1] == "sms" and is_night(now):
                continue
            elif self.meetings[place].start == told[3] and (person.until is None or person.until > now):
                self.sent[told] += 1
            self.waiting.remove(item)


# A year, made up


def made_up(chance: Random, number: int) -> Gathering:
    days = chance.randrange(20, 355)
    # Some on the very days on which the clock is changed, and after the nights before them.
    day = chance.choice([days, days, days, days, 86, 87, 303, 304])
    hour = time(chance.choice([0, 6, 9, 17, 20]), chance.choice([0, 30]))
    start = instant(datetime.combine(NEW_YEAR + day * DAY, hour))
    meetings = [Meeting(start, 2, 0)]
    if chance.random() < 0.4:
        meetings.append(Meeting(start + chance.choice([0, 3, 24, 7 * 24]) * HOUR, chance.choice([1, 2]), 0))
    usual = [
        Rule("email", "confirmed", days=1, at=time(17)),
        Rule("sms", "confirmed", before=180),
        Rule("email", "confirmed", before=24 * 60),
        Rule("email", "confirmed", days=1, at=time(2, 30)),
        Rule("sms", "confirmed", days=2, at=time(23, 30)),
        Rule("email", "waitlisted", days=3, at=time(9)),
        Rule("sms", "waitlisted", before=600),
        Rule("email", "speakers", days=1, at=time(8)),
        Rule("email", "speakers", before=45),
        Rule("email", "confirmed", after=90),
        Rule("sms", "confirmed", after=150),
        Rule("email", "confirmed", after=3 * 24 * 60),
    ]
    rules = chance.sample(usual, chance.randint(1, 4))
    dues = [rule.due(start, meetings[0].end) for rule in rules]

    def moment() -> datetime:
        """Long before, or just before or after something is due."""
        near = chance.choice(dues) + chance.choice([-1, 0, 1]) * HOUR
        return chance.choice([start - 15 * DAY, min(near, start)])

    people = []
    for each in range(chance.randint(2, 5)):
        role = chance.choice(["confirmed", "confirmed", "confirmed", "waitlisted"])
        chosen = frozenset(chance.choice([[], [0], [1], [0, 1]])) if len(meetings) > 1 else frozenset()
        person = Person(f"p{number}.{each}@example.org", role, moment(), chosen, by_sms=chance.random() < 0.5)
        person.was_there = chance.random() < 0.5
        people.append(person)
        if chance.random() < 0.25:
            person.until = max(moment(), person.since + MINUTE)
        if role == "confirmed" and chance.random() < 0.4:
            people.append(replace(person, address=f"along.{person.address}", role="along", was_there=False))
    if chance.random() < 0.5:
        people.append(Person(f"s{number}@example.org", "speakers", NEW_YEAR))
    keeps = chance.random() < 0.3 and any(person.was_there and person.role == "confirmed" for person in people)
    fate = chance.choice(
        ["moves", "moves", "moves and returns", "is off", "is off", "rules anew", "rules anew", "", ""]
    )
    fated_at = start - chance.choice([10 * DAY, 30 * HOUR, 20 * HOUR, 4 * HOUR, 2 * HOUR])
    shift = chance.choice([1, 2, 24, 7 * 24, 8 * 24 + 3]) * HOUR
    return Gathering(rules, meetings, people, keeps, fate, fated_at, shift)


def write_down(gathering: Gathering) -> None:
    """The same as rows; who registers later comes later."""
    first = gathering.meetings[0]
    event = gathering.row = make_event(starts_at=first.start, hours=first.hours, capacity=1000)
    for meeting in gathering.meetings[1:]:
        make_session(event, starts_at=meeting.start, hours=meeting.hours)
    # Nobody moves up: whoever waits waits all year.
    take_seats(event, 1000)
    rows = list(event.sessions.order_by("id"))
    for meeting, row in zip(gathering.meetings, rows, strict=True):
        meeting.pk = row.pk
    for rule in gathering.rules:
        ReminderRule.objects.create(
            event=event,
            channel=rule.channel,
            audience=rule.audience,
            days_before=rule.days,
            at_time=rule.at,
            minutes_before=rule.before,
            minutes_after=rule.after,
        )
    for person in gathering.people:
        if person.role == "speakers":
            make_role(event, EventRoleKind.CHAIR, email=person.address)


def take_seats(event: Event, taken: int) -> None:
    SeatPool.objects.filter(event=event).update(taken=taken)


def register(gathering: Gathering, person: Person) -> None:
    take_seats(gathering.row, 900)
    sessions = [gathering.row.sessions.get(pk=gathering.meetings[place].pk) for place in sorted(person.comes_to)]
    registration = make_registration(
        gathering.row,
        email=person.address,
        state=RegistrationState(person.role),
        sessions=sessions,
        phone=NUMBER if person.by_sms else "",
        sms_reminders=person.by_sms,
        at=person.since,
    )
    if any(other.address == f"along.{person.address}" for other in gathering.people):
        make_member(registration, email=f"along.{person.address}")
    take_seats(gathering.row, 1000)
    if gathering.keeps_attendance and person.was_there:
        Registration.objects.filter(pk=registration.pk).update(attendance=Attendance.PRESENT)


def leave(person: Person) -> None:
    Registration.objects.filter(participant__email=person.address).update(
        state=RegistrationState.CANCELLED_BY_PARTICIPANT, holds_seat=False, waiting_pool=None
    )


def call_off(gathering: Gathering, *, user: User, at: datetime) -> None:
    cancel_event(Event.objects.get(pk=gathering.row.pk), reason="Awaria", by=user, at=at)
    gathering.off_at = at


def move(gathering: Gathering, by: timedelta, *, user: User, at: datetime) -> None:
    meeting = gathering.meetings[0]
    event = Event.objects.get(pk=gathering.row.pk)
    meeting.start = instant(wall(meeting.start) + by)
    sessions = tuple(
        replace(said, starts_at=meeting.start, ends_at=meeting.end) if said.id == meeting.pk else said
        for said in definition_of(event).sessions
    )
    edit_event(event, EventEdit(sessions=sessions), notify=False, by=user, at=at)


def write_rules_anew(gathering: Gathering) -> None:
    """As an edit does that changes one of them and changes it back."""
    event = Event.objects.get(pk=gathering.row.pk)
    rules = definition_of(event).reminders
    assert rules is not None
    save_reminders(event, rules)


def story(chance: Random, gatherings: list[Gathering], user: User) -> list[tuple[datetime, Any]]:
    """What happens, in no order yet: (moment, what to do)."""
    happens: list[tuple[datetime, Any]] = []
    for one in gatherings:
        for person in one.people:
            if person.role in {"confirmed", "waitlisted"}:
                happens.append((person.since, lambda _at, one=one, person=person: register(one, person)))
                if person.until is not None:
                    happens.append((person.until, lambda _at, person=person: leave(person)))
        if one.fate.startswith("moves"):
            happens.append((one.fated_at, lambda at, one=one: move(one, one.shift, user=user, at=at)))
        if one.fate == "moves and returns":
            # Who was reminded of that time is not reminded of it twice.
            happens.append((one.fated_at + HOUR, lambda at, one=one: move(one, -one.shift, user=user, at=at)))
        elif one.fate == "is off":
            happens.append((one.fated_at, lambda at, one=one: call_off(one, user=user, at=at)))
        elif one.fate == "rules anew":
            happens.append((one.fated_at, lambda _at, one=one: write_rules_anew(one)))
    return happens


def ticks(chance: Random, gatherings: list[Gathering]) -> list[datetime]:
    """The tick runs each quarter of an hour, but for pauses; those in which nothing can be due are left out."""
    pauses = [
        (begins, begins + chance.choice([3, 12, 48, 100]) * HOUR)
        for begins in (chance.choice(gatherings).meetings[0].start - chance.randrange(40) * HOUR for _ in range(PAUSES))
    ]
    wanted: set[datetime] = set()
    for one in gatherings:
        first = one.meetings[0]
        starts = [(meeting.start, meeting) for meeting in one.meetings]
        if one.fate.startswith("moves"):
            starts.append((instant(wall(first.start) + one.shift), first))
        wanted |= {rule.due(start, start + meeting.hours * HOUR) for start, meeting in starts for rule in one.rules}
    wanted |= {ends for _begins, ends in pauses}
    wanted |= {instant(wall(moment).replace(hour=7, minute=0)) + DAY for moment in wanted if is_night(moment)}
    quarters = {NEW_YEAR + -(-(moment - NEW_YEAR) // (15 * MINUTE)) * 15 * MINUTE for moment in wanted}
    return sorted(quarter for quarter in quarters if not any(begins < quarter < ends for begins, ends in pauses))


def stopped_at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def outcome(state: str) -> Counter[Told]:
    rows = Message.objects.filter(state=state, kind__in=KINDS).select_related(
        "registration__participant", "member", "role"
    )
    found: Counter[Told] = Counter()
    for row in rows:
        assert row.session_starts_at is not None
        found[row.kind, row.channel, _address(row), row.session_starts_at, row.due_at] += 1
    return found


KINDS = ["reminder", "reminder_waitlisted", "reminder_speaker", "after_event"]


def _address(row: Message) -> str:
    if row.role is not None:
        return row.role.email
    if row.member is not None:
        return row.member.email
    assert row.registration is not None
    return row.registration.participant.email


# In the third year no pause falls on anything that could come too late. A year takes half a minute: YEARS=3 for all.
@pytest.mark.parametrize(
    ("seed", "some_come_too_late"), [(1, True), (2, True), (3, False)][: int(os.environ.get("YEARS", "1"))]
)
def test_a_year_sends_what_the_model_says_and_misses_what_comes_too_late(
    seed: int, some_come_too_late: bool, settings: Any
):
    settings.QUIET_HOURS = (time(22), time(7))
    chance = Random(seed)
    gatherings = [made_up(chance, number) for number in range(EVENTS)]
    user = make_user(role=None, superuser=True)
    for one in gatherings:
        write_down(one)
    happens = [(at, 0, number, do) for number, (at, do) in enumerate(story(chance, gatherings, user))]
    happens += [(at, 1, number, None) for number, at in enumerate(ticks(chance, gatherings))]

    for at, _after, _number, do in sorted(happens, key=lambda each: each[:3]):
        if do is not None:
            do(at)
            continue
        work_through(clock=stopped_at(at))
        for one in gatherings:
            one.tick(at)

    sent: Counter[Told] = sum((one.sent for one in gatherings), Counter())
    missed: Counter[Told] = sum((one.missed for one in gatherings), Counter())
    assert outcome("sent") == sent
    assert outcome("missed") == missed
    # The year was worth it: everything happened, and nothing came twice.
    assert {told[0] for told in sent} == set(KINDS)
    assert {told[1] for told in sent} == {"email", "sms"}
    assert bool(missed) == some_come_too_late
    assert max(sent.values()) == 1
