"""The page of the log: what is in it, what it is narrowed to, and its buttons."""

import pytest
from django.test import Client
from django.utils import timezone

from events.enums import Role
from notifications.enums import MessageState
from notifications.models import Message
from tests.make import make_event, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

URL = "/en/manage/events/debata/messages/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user())
    return client


def make_failed(event) -> Message:
    message = make_message(make_registration(event))
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, state_reason="550 no such mailbox")
    return message


def test_it_names_people_and_leads_to_their_registration(desk: Client):
    message = make_failed(make_event("debata"))
    assert message.registration is not None

    page = desk.get(URL).content.decode()

    assert f'/registrations/{message.registration.reference}/">Anna Nowak</a>' in page
    assert "550 no such mailbox" in page
    assert "1 message did not arrive" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=unseen", 1),
        ("state=failed", 1),
        ("state=planned", 1),
        ("channel=sms", 0),
        ("kind=confirmed", 2),
        ("q=nowak", 2),
        ("q=zenon", 0),
        ("state=nonsense", 2),
    ],
)
def test_it_is_narrowed_by_what_one_asks_for(desk: Client, query: str, found: int):
    event = make_event("debata")
    make_failed(event)
    make_message(make_registration(event))

    shown = desk.get(f"{URL}?{query}")

    assert shown.context["page"].paginator.count == found
    assert ("No message fits what you are looking for." in shown.content.decode()) == (found == 0)


def test_a_button_takes_one_message_off_the_list_and_leads_back_to_it(desk: Client):
    event = make_event("debata")
    first, second = make_failed(event), make_failed(event)

    answer = desk.post(f"{URL}seen/", {"only": str(first.pk), "back": "state=unseen&q=nowak"})

    assert answer["Location"] == f"{URL}?state=unseen&q=nowak"
    assert desk.get(f"{URL}?state=unseen").context["rows"][0].message == second
    assert "Seen by" in desk.get(URL).content.decode()
    desk.post(f"{URL}seen/")
    assert "nobody has looked at" not in desk.get(URL).content.decode()


def test_what_is_no_number_of_a_message_takes_nothing_off(desk: Client):
    make_failed(make_event("debata"))

    assert desk.post(f"{URL}seen/", {"only": "all"}).status_code == 404
    assert Message.objects.get().seen_at is None


def test_who_may_only_look_has_no_buttons(client: Client):
    make_failed(make_event("debata"))
    client.force_login(make_user(role=Role.AUDITOR))

    page = client.get(URL).content.decode()

    assert "Anna Nowak" in page
    assert "I have seen" not in page
    assert "Write to the participants" not in page


def test_an_empty_log_says_when_there_will_be_something_in_it(desk: Client):
    make_event("debata")

    assert "Messages appear here as soon as" in desk.get(URL).content.decode()


def test_looking_at_names_is_written_down(desk: Client):
    event = make_event("debata")
    desk.get(URL)
    assert not event.accesses.exists()
    make_message(make_registration(event), at=NOW)

    desk.get(URL)

    assert [log.people for log in event.accesses.all()] == [1]


def test_what_is_still_being_found_out_has_no_button_to_send_it_again(desk: Client):
    message = make_failed(make_event("debata"))
    assert "Send again" in desk.get(URL).content.decode()

    Message.objects.filter(pk=message.pk).update(state=MessageState.UNKNOWN, lease_until=NOW)

    assert "Send again" not in desk.get(URL).content.decode()


def test_a_button_sends_a_message_again_or_says_why_not(desk: Client):
    message = make_failed(make_event("debata", at=timezone.now()))
    address = f"{URL}{message.pk}/resend/"

    sent = desk.post(address, {"back": "state=failed"}, follow=True)
    refused = desk.post(address, follow=True)

    assert sent.redirect_chain[0][0] == f"{URL}?state=failed"
    assert "The message goes out again within a minute." in sent.content.decode()
    assert "It is being sent again already." in refused.content.decode()
    assert Message.objects.count() == 2
