"""What was said to somebody goes with their data, in the same transaction, and nothing more is said."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from notifications.actions import outbox
from notifications.actions.erasing import erase_messages
from notifications.enums import AttemptResult, Channel, MessageState, StateReason
from notifications.errors import ChannelError
from notifications.models import DeliveryAttempt, Message
from notifications.queries.dispatch import leased_messages
from notifications.rendering.letters import Letter
from registrations.actions.erasing import erase_registration
from registrations.models import Registration
from tests.make import make_event, make_invitation, make_registration
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

LETTER = Letter(to="anna@example.org", subject="s", body="b", html="h", calendar="c", calendar_method="REQUEST")
TEXTS = ("to", "subject", "body", "html", "calendar", "calendar_method")


def make_sent(registration, kind="confirmed", *, state=MessageState.SENT):
    message = make_message(registration, kind)
    texts = {name: getattr(LETTER, name) for name in TEXTS}
    Message.objects.filter(pk=message.pk).update(state=state, sent_at=NOW, **texts)
    DeliveryAttempt.objects.create(
        message=message, at=NOW, result=AttemptResult.DEFERRED, code="450", detail="anna@example.org is full"
    )
    return message


def texts_of(message):
    return set(Message.objects.filter(pk=message.pk).values_list(*TEXTS).get())


def state_of(message):
    return Message.objects.filter(pk=message.pk).values_list("state", "state_reason").get()


def test_erasing_a_person_empties_what_was_said_and_calls_off_what_is_planned():
    event = make_event()
    registration, other = make_registration(event), make_registration(event)
    sent, planned = make_sent(registration), make_message(registration, "reminder")
    others = make_sent(other)

    erase_registration(registration, by=None, at=NOW)

    assert (texts_of(sent), texts_of(planned)) == ({""}, {""})
    assert state_of(sent) == (MessageState.SENT, "")
    assert state_of(planned) == (MessageState.CANCELLED, StateReason.ERASED)
    assert list(sent.attempts.values_list("code", "detail")) == [("450", "")]
    assert "" not in texts_of(others)
    assert others.attempts.get().detail


def test_what_an_invited_person_was_told_goes_too():
    event = make_event()
    invitation, registration = make_invitation(event), make_registration(event)
    Registration.objects.filter(pk=registration.pk).update(invitation=invitation)
    message = make_sent(make_registration(event))
    Message.objects.filter(pk=message.pk).update(registration=None, invitation=invitation)

    erase_registration(registration, by=None, at=NOW)

    assert texts_of(message) == {""}


def test_what_a_provider_said_may_hold_the_address_and_goes():
    registration = make_registration(make_event())
    message = make_sent(registration, state=MessageState.FAILED)
    Message.objects.filter(pk=message.pk).update(state_reason="550: no such user anna@example.org")

    assert erase_messages(registration_ids=[registration.pk]) == 1

    assert state_of(message) == (MessageState.FAILED, "")


def test_nothing_is_sent_to_somebody_who_is_erased_while_the_letter_is_written():
    registration = make_registration(make_event(starts_at=NOW - timedelta(hours=1)), email=LETTER.to)
    make_message(registration, "own_cancellation")
    Registration.objects.update(state="cancelled_by_participant")
    token = outbox.claim(Channel.EMAIL, at=NOW)
    assert token is not None
    (message,) = leased_messages(token)
    Registration.objects.update(erased_at=NOW)

    assert not outbox.mark_sending(message, LETTER, at=NOW)
    outbox.settle_unsent(message, to="anna@example.org", at=NOW)

    assert state_of(message) == (MessageState.CANCELLED, StateReason.NOT_TRUE)


def test_what_is_on_its_way_ends_as_its_provider_says_and_is_not_asked_about():
    registration = make_registration(make_event(), email=LETTER.to)
    make_message(registration)
    token = outbox.claim(Channel.EMAIL, at=NOW)
    assert token is not None
    (message,) = leased_messages(token)
    assert outbox.mark_sending(message, LETTER, at=NOW)

    erase_messages(registration_ids=[registration.pk])
    outbox.record_failed(message, ChannelError("timeout", unclear=True), at=NOW)
    Message.objects.update(lease_until=Now() - timedelta(minutes=5))

    assert state_of(message)[0] == MessageState.UNKNOWN
    assert outbox.claim_unclear(Channel.EMAIL) == []
    assert texts_of(message) == {""}


def test_an_unclear_message_stays_unclear():
    registration = make_registration(make_event())
    message = make_sent(registration, state=MessageState.UNKNOWN)
    Message.objects.update(lease_until=Now() - timedelta(minutes=5))

    erase_messages(registration_ids=[registration.pk])

    assert state_of(message) == (MessageState.UNKNOWN, StateReason.ERASED)
    assert outbox.claim_unclear(Channel.EMAIL) == []
