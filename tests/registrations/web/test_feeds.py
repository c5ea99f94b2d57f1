"""A person's own calendar: whatever they registered for, and nothing of anybody else."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from events.enums import EventStatus, Visibility
from events.models import Event, Session
from registrations.actions.calendars import choose_alarm, personal_feed, revoke_feed
from registrations.enums import CalendarAlarm, RegistrationState
from registrations.models import CalendarFeed, Registration, RegistrationChange
from tests.make import make_event, make_registration
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

ANNA = "anna@example.org"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


def _feed(registration: Registration) -> CalendarFeed:
    return personal_feed(registration, at=NOW)


def _address(registration: Registration) -> str:
    return f"/calendar/my/{_feed(registration).token}.ics"


def _entries(client: Client, address: str) -> list[dict[str, str]]:
    calendar = Calendar.from_ical(client.get(address).content)
    return [{name: str(value) for name, value in entry.items()} for entry in calendar.walk("VEVENT")]


def test_it_shows_ones_registrations_restricted_events_included(client: Client):
    one, two = make_event(), make_event(visibility=Visibility.RESTRICTED, starts_at=NOW + timedelta(days=20))
    make_event()
    registration = make_registration(one, email=ANNA)
    make_registration(two, email=ANNA)
    make_registration(make_event(), email="someone.else@example.org")

    entries = _entries(client, _address(registration))

    assert [entry["UID"] for entry in entries] == [str(event.sessions.get().uid) for event in (one, two)]
    assert {entry["TRANSP"] for entry in entries} == {"OPAQUE"}
    assert {entry["X-MICROSOFT-CDO-BUSYSTATUS"] for entry in entries} == {"BUSY"}


def test_it_is_private_and_known_to_nobody(client: Client):
    address = _address(make_registration(make_event(), email=ANNA, first_name="Wyjątkowa"))

    answer = client.get(address)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, max-age=300"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Vary"] == "Accept-Encoding"
    assert "Last-Modified" not in answer
    assert not answer.cookies
    token = address.rpartition("/")[2].removesuffix(".ics")
    for secret in (token, "SOURCE", "ATTENDEE", ANNA, "Wyjątkowa"):
        assert secret not in answer.content.decode().replace("\r\n ", "")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (RegistrationState.CONFIRMED, "CONFIRMED"),
        (RegistrationState.HELD, "TENTATIVE"),
        (RegistrationState.OFFERED, "TENTATIVE"),
        (RegistrationState.WAITLISTED, "TENTATIVE"),
        (RegistrationState.AWAITING_APPROVAL, "TENTATIVE"),
        (RegistrationState.CANCELLED_BY_PARTICIPANT, None),
        (RegistrationState.CANCELLED_BY_ORGANIZER, None),
        (RegistrationState.DECLINED, None),
        (RegistrationState.EXPIRED, None),
        (RegistrationState.REJECTED, None),
    ],
)
def test_the_status_says_where_one_stands(client: Client, state, status):
    registration = make_registration(make_event(), email=ANNA, state=state)

    assert [entry["STATUS"] for entry in _entries(client, _address(registration))] == ([status] if status else [])


def test_the_join_link_is_for_those_who_are_confirmed(client: Client):
    event = make_event()
    Event.objects.filter(pk=event.pk).update(join_url="https://meet.example.org/secret")
    confirmed = make_registration(event, email=ANNA)
    waiting = make_registration(event, state=RegistrationState.WAITLISTED)

    (with_link,), (without,) = _entries(client, _address(confirmed)), _entries(client, _address(waiting))

    assert with_link["CONFERENCE"] == "https://meet.example.org/secret"
    assert "https://meet.example.org/secret" in with_link["DESCRIPTION"]
    assert "secret" not in str(without)


def test_a_cancelled_event_is_cancelled_and_blocks_no_time(client: Client):
    event = make_event()
    Event.objects.filter(pk=event.pk).update(join_url="https://meet.example.org/secret")
    address = _address(make_registration(event, email=ANNA))
    Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)

    (entry,) = _entries(client, address)

    assert (entry["STATUS"], entry["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert "secret" not in str(entry)


def test_only_chosen_sessions_are_shown(client: Client):
    event = make_event(sessions=3)
    registration = make_registration(event, email=ANNA)
    chosen = event.sessions.all()[1]
    registration.sessions.add(chosen)

    assert [entry["UID"] for entry in _entries(client, _address(registration))] == [str(chosen.uid)]


def test_an_alarm_is_the_persons_own_choice(client: Client):
    event = make_event()
    registration = make_registration(event, email=ANNA)
    make_registration(make_event(starts_at=NOW + timedelta(days=20)), email=ANNA, state=RegistrationState.WAITLISTED)
    feed = _feed(registration)
    before = client.get(_address(registration))
    assert b"VALARM" not in before.content

    choose_alarm(feed, CalendarAlarm.HOUR, at=NOW + timedelta(minutes=5))
    after = client.get(_address(registration))

    certain, waiting = Calendar.from_ical(after.content).walk("VEVENT")
    (alarm,) = certain.walk("VALARM")
    assert {name: value.to_ical().decode() for name, value in alarm.items()} == {
        "ACTION": "DISPLAY",
        "DESCRIPTION": "Spotkanie próbne",
        "TRIGGER": "-PT1H",
    }
    assert not waiting.walk("VALARM")
    assert after["ETag"] != before["ETag"]
    assert str(certain["LAST-MODIFIED"].to_ical()) == "b'20270112T090500Z'"
    event.status = EventStatus.CANCELLED
    event.save()
    assert b"VALARM" not in client.get(_address(registration)).content


def test_it_speaks_the_persons_language_unless_asked_otherwise(client: Client):
    address = _address(make_registration(make_event(title="Zieleń"), email=ANNA, language="uk"))

    assert client.get(address)["Content-Language"] == "uk"
    assert [entry["SUMMARY"] for entry in _entries(client, address)] == ["Пробна зустріч"]
    # The address does not change its language under a program that holds the entries.
    make_registration(make_event(starts_at=NOW + timedelta(days=30)), email=ANNA, language="en")
    assert client.get(address)["Content-Language"] == "uk"
    assert [entry["SUMMARY"] for entry in _entries(client, f"{address}?lang=pl")][:1] == ["Zieleń"]
    assert client.get(f"{address}?lang=de").status_code == 404


def test_a_change_of_state_makes_the_entry_newer(client: Client):
    registration = make_registration(make_event(), email=ANNA, state=RegistrationState.WAITLISTED)
    address = _address(registration)
    before, tag = _entries(client, address), client.get(address)["ETag"]

    RegistrationChange.objects.create(
        registration=registration, cause="promoted", to_state="confirmed", at=NOW + timedelta(minutes=30)
    )
    Registration.objects.filter(pk=registration.pk).update(
        state=RegistrationState.CONFIRMED, holds_seat=True, waiting_pool=None
    )
    after = client.get(address)

    assert after["ETag"] != tag
    assert b"LAST-MODIFIED:20270112T093000Z\r\n" in after.content
    assert before[0]["UID"] == _entries(client, address)[0]["UID"]


def test_coming_back_never_lowers_the_sequence(client: Client):
    event = make_event()
    make_registration(event, email=ANNA, state=RegistrationState.CANCELLED_BY_PARTICIPANT)
    Session.objects.filter(event=event).update(sequence=2)

    (entry,) = _entries(client, _address(make_registration(event, email=ANNA)))

    assert entry["SEQUENCE"] == "3"


def test_an_unchanged_calendar_is_not_sent_again(client: Client):
    address = _address(make_registration(make_event(), email=ANNA))
    tag = client.get(address)["ETag"]

    answer = client.get(address, headers={"If-None-Match": f"W/{tag}"})

    assert (answer.status_code, answer.content, answer["Referrer-Policy"]) == (304, b"", "no-referrer")


def test_a_replaced_address_is_gone_and_an_unknown_one_never_was(client: Client):
    registration = make_registration(make_event(), email=ANNA)
    address = _address(registration)
    revoke_feed(_feed(registration), at=NOW)

    gone, unknown = client.get(address), client.get(f"/calendar/my/{'A' * 35}.ics")

    assert (gone.status_code, unknown.status_code) == (410, 404)
    for answer in (gone, unknown):
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["X-Robots-Tag"] == "noindex"
    assert client.get(_address(registration)).status_code == 200


def test_other_methods_are_refused():
    assert Client(enforce_csrf_checks=True).post("/calendar/my/x.ics").status_code == 405


def test_it_costs_the_same_for_one_registration_and_for_three(client: Client):
    address = _address(make_registration(make_event(), email=ANNA))
    counts = []
    for more in (0, 2):
        for _number in range(more):
            make_registration(make_event(sessions=2), email=ANNA)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 9


# One registration as a file


def test_a_registration_is_a_file_of_its_dates_without_the_join_link(client: Client):
    event = make_event("zamkniete", sessions=3, visibility=Visibility.RESTRICTED)
    Event.objects.filter(pk=event.pk).update(join_url="https://meet.example.org/secret", mode="online")
    registration = make_registration(event, email=ANNA)
    chosen = event.sessions.all()[1]
    registration.sessions.add(chosen)

    answer = client.get(f"/en/r/{registration.manage_token}/calendar.ics")

    assert answer["Content-Disposition"] == 'attachment; filename="zamkniete.ics"'
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, max-age=300", "noindex")
    assert answer["Referrer-Policy"] == "no-referrer"
    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(entry["UID"]), str(entry["SUMMARY"])) == (str(chosen.uid), "Trial meeting")
    for word in ("METHOD", "ATTENDEE", "secret", registration.manage_token):
        assert word not in answer.content.decode().replace("\r\n ", "")


def test_a_registration_that_is_over_brings_nothing_into_a_calendar(client: Client):
    over = make_registration(make_event(), email=ANNA, state=RegistrationState.CANCELLED_BY_PARTICIPANT)

    answer = client.get(f"/r/{over.manage_token}/calendar.ics")

    assert not Calendar.from_ical(answer.content).walk("VEVENT")
    assert client.get("/r/unknown/calendar.ics").status_code == 404
