"""The delivery log over the API."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import Role
from events.models import Event
from notifications.enums import AttemptResult, Channel, MessageState, Priority
from notifications.models import Message
from tests.make import Program, make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/messages/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def make_message(event: Event, key: str = "1", *, state: MessageState = MessageState.SENT) -> Message:
    registration = make_registration(event)
    message = Message.objects.create(
        dedupe_key=key,
        kind="confirmed",
        channel=Channel.EMAIL,
        priority=Priority.CONFIRMATION,
        registration=registration,
        event=event,
        language="pl",
        to="anna@example.org",
        subject="Do zobaczenia",
        body="Twoja strona",
        state=state,
        created_at=NOW,
        due_at=NOW,
        useful_until=NOW + timedelta(days=1),
        next_attempt_at=NOW,
        sent_at=NOW,
    )
    message.attempts.create(at=NOW, result=AttemptResult.ACCEPTED, code="250", detail="queued", provider_id="abc")
    return message


def test_a_message_says_everything_the_contract_names():
    message = make_message(make_event("debata"))
    assert message.registration is not None

    (said,) = Program(make_user(role=Role.AUDITOR)).get(URL).json()["results"]

    assert said == {
        "id": str(message.pk),
        "kind": "confirmed",
        "person": "Anna Nowak",
        "registration": message.registration.reference,
        "channel": "email",
        "to": "anna@example.org",
        "language": "pl",
        "subject": "Do zobaczenia",
        "body": "Twoja strona",
        "state": "sent",
        "state_reason": "",
        "due_at": "2027-01-12T10:00:00+01:00",
        "created_at": "2027-01-12T10:00:00+01:00",
        "sent_at": "2027-01-12T10:00:00+01:00",
        "segments": None,
        "has_no_receipt": False,
        "seen_at": None,
        "instead_of": None,
        "attempts": [
            {
                "at": "2027-01-12T10:00:00+01:00",
                "result": "accepted",
                "code": "250",
                "detail": "queued",
                "provider_id": "abc",
            }
        ],
    }


def test_messages_are_found_by_state():
    event = make_event("debata")
    make_message(event, "1")
    make_message(event, "2", state=MessageState.FAILED)
    program = Program(make_user())

    assert [row["state"] for row in program.get(f"{URL}?state=failed").json()["results"]] == ["failed"]
    assert list(program.get(f"{URL}?state=lost").json()["errors"]) == ["state"]


def test_three_rows_take_no_more_statements_than_one():
    event = make_event("debata")
    program = Program(make_user())

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert program.get(URL).status_code == 200
        return len(captured)

    make_message(event, "1")
    one = statements()
    make_message(event, "2")
    make_message(event, "3")

    assert statements() == one


def test_they_are_found_by_everything_that_the_page_finds_them_by():
    event = make_event("debata")
    make_message(event, "1")
    make_message(event, "2", state=MessageState.FAILED)
    program = Program(make_user())

    def found(query: str) -> int:
        count: int = program.get(f"{URL}?{query}").json()["count"]
        return count

    queries = ("channel=sms", "channel=email&kind=confirmed", "unseen=true", "q=NOWAK+anna", "q=nobody")
    assert [found(query) for query in queries] == [0, 2, 1, 2, 0]
    assert list(program.get(f"{URL}?colour=red").json()["errors"]) == ["colour"]


def test_what_failed_is_off_the_list_when_somebody_has_seen_it():
    event = make_event("debata")
    first = make_message(event, "1", state=MessageState.FAILED)
    make_message(event, "2", state=MessageState.FAILED)
    program = Program(make_user())

    assert program.post(f"{URL}seen/", {"only": [str(first.pk)]}, format="json").json() == {"count": 1}
    assert program.get(f"{URL}?unseen=true").json()["count"] == 1
    assert program.post(f"{URL}seen/", {}, format="json").json() == {"count": 1}
    assert Program(make_user(role=Role.AUDITOR)).post(f"{URL}seen/", {}, format="json").status_code == 404


def test_who_looks_at_them_stands_in_the_access_log():
    event = make_event("debata")
    make_message(event)
    auditor = make_user(role=Role.AUDITOR)

    Program(auditor).get(URL)

    assert [(log.user, log.kind, log.people) for log in event.accesses.all()] == [(auditor, "registrations", 1)]


def test_a_message_is_sent_again_and_says_in_place_of_which():
    event = make_event("debata")
    message = make_message(event, state=MessageState.FAILED)
    program = Program(make_user())

    said = program.post(f"{URL}{message.pk}/resend/")
    refused = program.post(f"{URL}{message.pk}/resend/")
    foreign = Program(make_user(role=Role.AUDITOR)).post(f"{URL}{message.pk}/resend/")

    assert (said.status_code, said.json()["state"], said.json()["instead_of"]) == (201, "planned", str(message.pk))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_to_be_sent_again")
    assert foreign.status_code == 404
