"""A subscriber follows an event through its life: published, moved, renamed, cancelled, and out of the window."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from events.actions.definitions import EventEdit, SessionDefinition
from events.actions.editing import edit_event
from events.actions.publishing import cancel_event, publish_event
from events.enums import EventStatus
from events.models import Event, User
from tests.make import make_event, make_notice, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


@dataclass
class Subscriber:
    """Keeps what a careful program keeps: takes an entry only when it is newer, drops what is gone."""

    client: Client
    address: str = "/calendar/events.ics?lang=en"
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    tag: str = ""
    statuses: list[int] = field(default_factory=list)

    def poll(self, at: datetime) -> list[dict[str, str]]:
        with time_machine.travel(at, tick=False):
            answer = self.client.get(self.address, headers={"If-None-Match": self.tag, "Accept-Encoding": "identity"})
        self.statuses.append(answer.status_code)
        if answer.status_code == 200:
            self.tag = answer["ETag"]
            calendar = Calendar.from_ical(answer.content)
            given = {
                str(entry["uid"]): {
                    name: value.to_ical().decode().replace("\\", "")
                    for name, value in entry.items()
                    if name != "CATEGORIES"
                }
                for entry in calendar.walk("VEVENT")
            }
            for uid, entry in given.items():
                before = self.held.get(uid)
                if before is None:
                    self.held[uid] = entry
                    continue
                assert int(entry["SEQUENCE"]) >= int(before["SEQUENCE"])
                assert entry["CREATED"] == before["CREATED"]
                assert entry["DTSTAMP"] == entry["LAST-MODIFIED"]
                if entry["LAST-MODIFIED"] > before["LAST-MODIFIED"]:
                    self.held[uid] = entry
            self.held = {uid: entry for uid, entry in self.held.items() if uid in given}
            # What it keeps is what it was given: everything that differs was newer.
            assert self.held == given
        return list(self.held.values())


@pytest.fixture
def owner() -> User:
    make_notice()
    return make_user()


def _draft() -> Event:
    return make_event(status=EventStatus.DRAFT, venue=make_venue(), starts_at=NOW + timedelta(days=20), kind="workshop")


def test_a_subscriber_sees_every_step_once(client: Client, owner: User):
    event, subscriber = _draft(), Subscriber(client)
    clock = iter(NOW + timedelta(hours=hour) for hour in range(1, 100))
    assert subscriber.poll(next(clock)) == []

    publish_event(event, override_reason="przykład", by=owner, at=next(clock))
    (seen,) = subscriber.poll(next(clock))
    assert (seen["SUMMARY"], seen["STATUS"], seen["SEQUENCE"]) == ("Trial meeting", "CONFIRMED", "0")
    assert subscriber.poll(next(clock)) == [seen]

    session = event.sessions.get()
    starts_at = datetime(2027, 2, 10, 17, tzinfo=UTC)
    moved = SessionDefinition(id=session.pk, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    edit_event(event, EventEdit(sessions=(moved,)), by=owner, at=next(clock))
    (seen,) = subscriber.poll(next(clock))
    assert (seen["DTSTART"], seen["SEQUENCE"]) == ("20270210T180000", "1")

    edit_event(event, EventEdit(summary={"pl": "Nowy opis", "en": "New words"}), by=owner, at=next(clock))
    (seen,) = subscriber.poll(next(clock))
    assert seen["DESCRIPTION"].startswith("New words")
    assert seen["SEQUENCE"] == "1"

    cancel_event(event, reason="Awaria ogrzewania", by=owner, at=next(clock))
    (seen,) = subscriber.poll(next(clock))
    assert (seen["SUMMARY"], seen["STATUS"], seen["SEQUENCE"]) == ("CANCELLED: Trial meeting", "CANCELLED", "2")
    assert subscriber.poll(next(clock)) == [seen]

    assert subscriber.poll(starts_at + timedelta(days=32)) == []
    assert subscriber.statuses == [200, 200, 304, 200, 200, 200, 304, 200]


def test_many_changes_in_one_second_are_all_seen(client: Client, owner: User):
    event, subscriber = _draft(), Subscriber(client)
    at = NOW + timedelta(hours=1)
    publish_event(event, override_reason="przykład", by=owner, at=at)

    for number in range(5):
        edit_event(event, EventEdit(title={"pl": f"Tytuł {number}", "en": f"Title {number}"}), by=owner, at=at)
        (seen,) = subscriber.poll(at)
        assert seen["SUMMARY"] == f"Title {number}"

    assert subscriber.statuses == [200] * 5


def test_a_program_that_only_knows_dates_misses_nothing(client: Client, owner: User):
    event = _draft()
    at = NOW + timedelta(hours=1)
    publish_event(event, override_reason="przykład", by=owner, at=at)
    since = ""
    seen = []

    for number in range(4):
        edit_event(event, EventEdit(title={"pl": f"Tytuł {number}"}), by=owner, at=at)
        for seconds in (0, 1, 2):
            with time_machine.travel(at + timedelta(seconds=seconds + 3 * number), tick=False):
                answer = client.get("/calendar/events.ics", headers={"If-Modified-Since": since} if since else {})
            if answer.status_code == 200:
                (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
                seen.append(str(entry["summary"]))
                since = answer.get("Last-Modified", since)

        assert seen[-1] == f"Tytuł {number}"
