"""The calendar part of a mail: a button for one session, a file for several."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from events.enums import EventStatus
from events.ical import Mailbox
from events.models import Event, Session
from registrations.enums import RegistrationState
from registrations.models import Registration
from registrations.queries.feeds import entries_of
from registrations.rendering import MailCalendar, Purpose, mail_calendar
from tests.make import make_event, make_registration
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

ANNA = Mailbox(name="Anna Nowak", address="anna@example.org")
OFFICE = Mailbox(name="Wydział Strategii", address="strategia@example.org")


def _part(registration: Registration, purpose: Purpose, *, organizer: Mailbox = OFFICE) -> MailCalendar:
    entries = entries_of([registration])[registration.pk]
    return mail_calendar(
        entries, purpose=purpose, language="pl", attendee=ANNA, organizer=organizer, stamp=NOW + timedelta(hours=1)
    )


def _entries(part: MailCalendar) -> list[dict[str, str]]:
    events = Calendar.from_ical(part.text).walk("VEVENT")
    return [{name: str(value) for name, value in event.items()} for event in events]


def test_a_confirmation_for_one_session_is_a_request_and_keeps_the_link_to_itself():
    event = make_event()
    Event.objects.filter(pk=event.pk).update(join_url="https://meet.example.org/x")

    part = _part(make_registration(event, email=ANNA.address), "REQUEST")

    (entry,) = _entries(part)
    assert part.method == "REQUEST"
    assert entry["UID"] == str(event.sessions.get().uid)
    assert (entry["STATUS"], entry["SEQUENCE"], entry["TRANSP"]) == ("CONFIRMED", "0", "OPAQUE")
    assert (entry["ATTENDEE"], entry["ORGANIZER"]) == ("mailto:anna@example.org", "mailto:strategia@example.org")
    assert "meet.example.org" not in part.text


def test_several_sessions_are_a_file_without_method():
    event = make_event(sessions=2)

    part = _part(make_registration(event, email=ANNA.address), "REQUEST")

    assert part.method == ""
    assert [entry["UID"] for entry in _entries(part)] == [str(session.uid) for session in event.sessions.all()]
    assert "ATTENDEE" not in part.text


def test_one_chosen_session_of_several_is_a_request():
    event = make_event(sessions=2)
    registration = make_registration(event, email=ANNA.address)
    registration.sessions.add(event.sessions.all()[0])

    assert _part(registration, "REQUEST").method == "REQUEST"


def test_a_cancelled_event_is_called_off_with_the_sequence_of_the_session():
    event = make_event(status=EventStatus.CANCELLED)
    Session.objects.filter(event=event).update(sequence=1)

    part = _part(make_registration(event, email=ANNA.address), "CANCEL")

    (entry,) = _entries(part)
    assert (part.method, entry["STATUS"], entry["SEQUENCE"]) == ("CANCEL", "CANCELLED", "1")


def test_what_was_called_off_before_the_mail_left_is_not_requested():
    event = make_event(status=EventStatus.CANCELLED)

    assert _part(make_registration(event, email=ANNA.address), "REQUEST").method == "CANCEL"


def test_a_withdrawal_is_newer_than_the_invitation_and_has_no_status():
    event = make_event()
    registration = make_registration(event, email=ANNA.address, state=RegistrationState.CANCELLED_BY_PARTICIPANT)

    part = _part(registration, "WITHDRAWAL")

    (entry,) = _entries(part)
    assert (part.method, entry["SEQUENCE"], entry.get("STATUS")) == ("CANCEL", "1", None)


def test_an_invitation_after_a_withdrawal_is_not_older_than_it():
    event = make_event()
    make_registration(event, email=ANNA.address, state=RegistrationState.CANCELLED_BY_PARTICIPANT)

    (entry,) = _entries(_part(make_registration(event, email=ANNA.address), "REQUEST"))

    assert entry["SEQUENCE"] == "1"


def test_a_withdrawal_from_several_sessions_says_nothing_rather_than_something_wrong():
    registration = make_registration(
        make_event(sessions=2), email=ANNA.address, state=RegistrationState.CANCELLED_BY_PARTICIPANT
    )

    assert _part(registration, "WITHDRAWAL") == MailCalendar("", "")


def test_an_office_that_writes_to_itself_gets_a_file():
    part = _part(make_registration(make_event(), email=ANNA.address), "REQUEST", organizer=ANNA)

    assert part.method == ""
    assert len(_entries(part)) == 1


def test_several_registrations_cost_few_statements(django_assert_num_queries):
    registrations = [make_registration(make_event(), email=f"p{number}@example.org") for number in range(3)]

    with django_assert_num_queries(5):
        found = entries_of(registrations)

    assert {key: len(entries) for key, entries in found.items()} == {one.pk: 1 for one in registrations}
