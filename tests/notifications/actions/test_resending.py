"""A message is sent again when somebody asks, as long as it is true and of use, and not without end."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from events.enums import EventStatus
from events.errors import DomainError
from events.models import Event
from notifications.actions.resending import AddressStopped, NotToBeSentAgain, SentAgainOften, resend
from notifications.actions.suppressing import suppress
from notifications.delivery.sending import send_due
from notifications.enums import Channel, MessageState, SuppressionReason, SuppressionScope
from notifications.models import Message
from registrations.enums import RegistrationState
from registrations.models import Participant, Registration
from tests.make import make_event, make_invitation, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message, make_message_to, make_message_to_invited, make_role

pytestmark = pytest.mark.django_db


def ended(message: Message, state: MessageState = MessageState.FAILED, **columns: Any) -> Message:
    Message.objects.filter(pk=message.pk).update(state=state, **columns)
    message.refresh_from_db()
    return message


def a_failed_one(**columns: Any) -> Message:
    return ended(make_message(make_registration(make_event(), email="anna@example.org")), **columns)


def test_the_new_one_says_the_same_to_the_same_person_and_the_first_is_seen():
    message, owner = a_failed_one(), make_user()

    again = resend(message, by=owner, at=NOW)

    assert again.instead_of == message
    for name in ("kind", "channel", "priority", "registration", "event", "language"):
        assert getattr(again, name) == getattr(message, name)
    assert (again.state, again.due_at) == (MessageState.PLANNED, NOW)
    message.refresh_from_db()
    assert (message.state, message.seen_at, message.seen_by) == (MessageState.FAILED, NOW, owner)
    send_due(clock=lambda: NOW)
    again.refresh_from_db()
    assert (again.state, again.to) == (MessageState.SENT, "anna@example.org")


@pytest.mark.parametrize("state", [MessageState.PLANNED, MessageState.SENDING])
def test_what_is_on_its_way_comes_anyway(state: MessageState):
    message = ended(a_failed_one(), state)

    with pytest.raises(NotToBeSentAgain):
        resend(message, by=make_user(), at=NOW)

    assert Message.objects.count() == 1


def test_what_is_still_being_found_out_is_not_sent_twice_and_what_nobody_comes_back_to_may_be():
    message = ended(a_failed_one(), MessageState.UNKNOWN, lease_until=NOW)

    with pytest.raises(NotToBeSentAgain) as refused:
        resend(message, by=make_user(), at=NOW)

    with override("en"):
        assert refused.value.message.startswith("Whether it has arrived is being found out.")
    assert Message.objects.count() == 1
    again = resend(ended(message, MessageState.UNKNOWN, lease_until=None), by=make_user(), at=NOW)
    assert again.state == MessageState.PLANNED


def test_two_at_once_are_one():
    message = a_failed_one()
    resend(message, by=make_user(), at=NOW)

    with pytest.raises(NotToBeSentAgain):
        resend(message, by=make_user(), at=NOW)

    assert Message.objects.count() == 2


def test_three_times_are_enough_whichever_of_them_is_asked_for():
    message = a_failed_one()
    for _ in range(3):
        message = ended(resend(message, by=make_user(), at=NOW))

    with pytest.raises(SentAgainOften):
        resend(message, by=make_user(), at=NOW)

    assert Message.objects.count() == 4


def _registration_ends(_message: Message) -> None:
    Registration.objects.update(state=RegistrationState.CANCELLED_BY_PARTICIPANT)


def _event_ends(_message: Message) -> None:
    Event.objects.update(status=EventStatus.CANCELLED)


def _was_no_longer_needed(message: Message) -> None:
    ended(message, MessageState.CANCELLED)


@pytest.mark.parametrize("what_happens", [_registration_ends, _event_ends, _was_no_longer_needed])
def test_what_is_not_so_any_more_is_not_said_again(what_happens: Any):
    message = a_failed_one()
    what_happens(message)

    with pytest.raises(NotToBeSentAgain):
        resend(message, by=make_user(), at=NOW)

    assert Message.objects.count() == 1


def test_what_would_come_too_late_is_refused_and_an_answer_to_a_click_is_of_use_again():
    message = a_failed_one(useful_until=NOW)
    late = NOW + timedelta(days=20)

    with pytest.raises(DomainError, match="not_to_be_sent_again"):
        resend(message, by=make_user(), at=late)

    Message.objects.update(kind="link_again")
    message.refresh_from_db()
    assert resend(message, by=make_user(), at=late).useful_until == late + timedelta(days=1)


def test_an_address_that_must_not_be_used_is_not_used_and_a_corrected_one_is():
    message = ended(a_failed_one(), MessageState.SUPPRESSED)
    suppress(Channel.EMAIL, "anna@example.org", reason=SuppressionReason.BOUNCED, at=NOW)

    with pytest.raises(AddressStopped):
        resend(message, by=make_user(), at=NOW)

    Participant.objects.update(email="ania@example.org")
    fresh = Message.objects.get()
    assert resend(fresh, by=make_user(), at=NOW).state == MessageState.PLANNED


def test_who_wants_nothing_that_one_may_do_without_still_gets_what_matters_again():
    message = a_failed_one()
    optional = SuppressionScope.OPTIONAL
    suppress(Channel.EMAIL, "anna@example.org", reason=SuppressionReason.COMPLAINT, scope=optional, at=NOW)

    assert resend(message, by=make_user(), at=NOW).instead_of == message


def test_telephones_invited_people_and_people_who_work_there_have_their_addresses():
    event = make_event()
    person = make_registration(event, phone="+48501502503")
    sms = ended(make_message(person, channel=Channel.SMS))
    suppress(Channel.SMS, "+48501502503", reason=SuppressionReason.OPTED_OUT, at=NOW)
    invited = ended(make_message_to_invited(make_invitation(event)))
    works = ended(make_message_to(make_role(event), "supplier_changed"))

    with pytest.raises(AddressStopped):
        resend(sms, by=make_user(), at=NOW)

    assert resend(invited, by=make_user(), at=NOW).invitation == invited.invitation
    assert resend(works, by=make_user(), at=NOW).role == works.role


def test_without_an_address_sending_finds_out():
    message = a_failed_one()
    Participant.objects.all().delete()

    assert resend(Message.objects.get(pk=message.pk), by=make_user(), at=NOW).instead_of == message


def test_staff_who_have_gone_are_found_out_at_sending():
    event = make_event()
    works = ended(make_message_to(make_role(event), "supplier_changed"))
    event.roles.all().delete()
    fresh = Message.objects.get(pk=works.pk)

    assert resend(fresh, by=make_user(), at=NOW).role is None
