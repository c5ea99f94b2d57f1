"""The life of a row: leases, crashes, and what only one of several may do."""

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from events.models import Event
from notifications.actions import outbox
from notifications.actions.outbox import Taken
from notifications.actions.suppressing import suppress
from notifications.delivery.sending import send_due
from notifications.enums import MESSAGE_MOVES, AttemptResult, Channel, MessageState, SuppressionReason
from notifications.errors import ChannelError
from notifications.models import ChannelState, Message
from notifications.queries.dispatch import leased_messages
from notifications.rendering.letters import Letter
from registrations.models import Participant, Registration
from tests.make import make_event, make_invitation, make_member, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message, make_message_to, make_message_to_invited, make_role

pytestmark = pytest.mark.django_db

LETTER = Letter(to="anna@example.org", subject="s", body="b")
MINUTE = timedelta(minutes=1)


def claim_one() -> Message:
    token = outbox.claim(Channel.EMAIL, at=NOW)
    assert token is not None
    (message,) = leased_messages(token)
    return message


def make_claimed(kind: str = "confirmed") -> Message:
    make_message(make_registration(make_event(), email=LETTER.to), kind)
    return claim_one()


def make_sending(kind: str = "confirmed") -> Message:
    message = make_claimed(kind)
    assert outbox.mark_sending(message, LETTER, at=NOW)
    return message


def taken(message: Message) -> Taken:
    return Taken(message=message, result=AttemptResult.ACCEPTED, provider_id="1", status="ok", at=NOW)


def let_leases_run_out() -> None:
    Message.objects.update(lease_until=Now() - timedelta(seconds=1))


def found(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def test_a_claim_takes_the_most_important_first_and_only_what_is_due():
    event = make_event()
    reminder = make_message(make_registration(event), "reminder")
    confirmed = make_message(make_registration(event), "confirmed")
    changed = make_message(make_registration(event), "event_changed")
    make_message(make_registration(event), "confirmed", at=NOW + MINUTE)

    token = outbox.claim(Channel.EMAIL, at=NOW)

    assert token is not None
    assert [message.pk for message in leased_messages(token)] == [changed.pk, confirmed.pk, reminder.pk]
    assert outbox.claim(Channel.EMAIL, at=NOW) is None
    assert outbox.claim(Channel.SMS, at=NOW) is None


def test_nothing_is_claimed_on_a_channel_that_is_left_alone():
    make_message(make_registration(make_event()))
    pause = Now() + MINUTE
    ChannelState.objects.create(channel=Channel.EMAIL, refilled_at=Now(), open_until=pause)

    assert outbox.claim(Channel.EMAIL, at=NOW) is None

    assert Message.objects.get().claims == 0


def test_a_lease_that_has_run_out_frees_the_row():
    first = make_claimed()
    let_leases_run_out()

    second = claim_one()

    assert second.pk == first.pk
    assert second.claims == 2
    # Whoever held it before may not go on with it.
    assert not outbox.mark_sending(first, LETTER, at=NOW)
    assert outbox.mark_sending(second, LETTER, at=NOW)


def test_a_row_whose_lease_has_run_out_is_not_sent_even_if_nobody_took_it():
    message = make_claimed()
    let_leases_run_out()

    assert not outbox.mark_sending(message, LETTER, at=NOW)
    outbox.settle_unsent(message, to=LETTER.to, at=NOW)

    assert found(message).state == MessageState.PLANNED


def test_what_is_given_back_costs_no_claim():
    message = make_claimed()

    outbox.release([message])

    assert (found(message).claims, found(message).lease_token) == (0, None)
    assert claim_one().pk == message.pk


def test_a_row_that_kills_its_worker_takes_no_others_along():
    event = make_event()
    poison = make_message(make_registration(event), "event_changed")
    others = {make_message(make_registration(event)).pk for _ in range(3)}

    claimed = []
    for _ in range(5):
        token = outbox.claim(Channel.EMAIL, at=NOW)
        assert token is not None
        claimed.append({message.pk for message in leased_messages(token)})
        let_leases_run_out()
    outbox.recover(at=NOW)

    assert claimed == [{poison.pk, *others}, *[{poison.pk}] * 4]
    assert found(poison).state == MessageState.FAILED
    assert set(Message.objects.filter(pk__in=others).values_list("state", "claims")) == {(MessageState.PLANNED, 1)}


@pytest.mark.parametrize(("claims", "state"), [(4, MessageState.PLANNED), (5, MessageState.FAILED)])
def test_a_row_that_kills_its_worker_again_and_again_is_set_aside(claims: int, state: str):
    message = make_claimed()
    Message.objects.update(claims=claims)
    let_leases_run_out()

    outbox.recover(at=NOW)

    assert found(message).state == state


def test_a_mail_stands_in_for_an_sms_that_kills_its_worker():
    make_message(make_registration(make_event(), phone="+48501502503"), channel=Channel.SMS)
    Message.objects.update(claims=5, lease_token=uuid.uuid4())
    let_leases_run_out()

    assert outbox.recover(at=NOW) == 1
    assert outbox.recover(at=NOW) == 0

    found_rows = Message.objects.order_by("-channel").values_list("channel", "state", "state_reason")
    assert list(found_rows) == [("sms", "failed", "crashes"), ("email", "planned", "")]


def test_sending_that_was_interrupted_is_unknown_and_then_decided():
    message = make_sending()
    assert outbox.recover(at=NOW) == 0
    let_leases_run_out()

    assert outbox.recover(at=NOW) == 1

    assert (found(message).state, found(message).state_reason) == (MessageState.UNKNOWN, "interrupted")
    assert list(message.attempts.values_list("result", "code")) == [(AttemptResult.UNCLEAR, "interrupted")]
    (unclear,) = outbox.claim_unclear(Channel.EMAIL)
    assert outbox.claim_unclear(Channel.EMAIL) == []
    outbox.not_found(unclear, at=NOW)
    assert found(message).state == MessageState.PLANNED


def test_an_interruption_is_taken_up_once():
    message = make_sending()
    let_leases_run_out()
    stale = found(message)
    outbox.recover(at=NOW)

    assert outbox._interrupted(stale, at=NOW) == 0
    assert message.attempts.count() == 1


def test_an_answer_that_comes_after_all_counts():
    message = make_sending()
    let_leases_run_out()
    outbox.recover(at=NOW)

    outbox.record_accepted(taken(message))

    assert (found(message).state, found(message).provider_id) == (MessageState.SENT, "1")


@pytest.mark.parametrize("is_true", [True, False])
def test_what_was_taken_is_written_down_with_the_next_mark_whether_that_may_be_or_not(is_true: bool):
    before, message = make_sending(), make_claimed()
    if not is_true:
        Registration.objects.filter(messages=message).update(state="cancelled_by_participant", holds_seat=False)

    assert outbox.mark_sending(message, LETTER, at=NOW, after=taken(before)) == is_true

    assert (found(before).state, found(before).provider_id, found(before).lease_token) == (MessageState.SENT, "1", None)
    assert list(before.attempts.values_list("result", "provider_id")) == [(AttemptResult.ACCEPTED, "1")]
    assert found(message).state == (MessageState.SENDING if is_true else MessageState.PLANNED)


def test_a_failure_that_comes_too_late_changes_nothing():
    message = make_sending()
    let_leases_run_out()
    outbox.recover(at=NOW)

    outbox.record_failed(message, ChannelError("550", permanent=True), at=NOW)

    assert found(message).state == MessageState.UNKNOWN


def test_what_is_late_ends_unless_somebody_is_at_it():
    held = make_claimed()
    Message.objects.update(useful_until=NOW)
    free = make_message(make_registration(make_event()), useful_for=MINUTE)

    assert outbox.miss_what_is_late(at=NOW + MINUTE) == 1

    assert (found(free).state, found(held).state) == (MessageState.MISSED, MessageState.PLANNED)
    assert not outbox.mark_sending(held, LETTER, at=NOW + MINUTE)
    outbox.settle_unsent(found(held), to=LETTER.to, at=NOW + MINUTE)
    assert found(held).state == MessageState.MISSED


def test_a_message_about_no_event_needs_none():
    message = make_claimed()
    Message.objects.update(event=None)

    assert outbox.mark_sending(found(message), LETTER, at=NOW)


def test_a_message_that_a_report_has_closed_is_not_asked_for():
    message = make_sending()
    Message.objects.update(state=MessageState.DELIVERED)

    outbox.found_sent(message, provider_id="1", status="sent", at=NOW)
    outbox.ask_later(message, at=NOW)
    outbox.not_found(message, at=NOW)

    assert found(message).state == MessageState.DELIVERED


def test_a_provider_that_says_when_is_asked_again_then():
    message = make_sending()

    outbox.record_failed(message, ChannelError("429", is_outage=True, retry_after=300), at=NOW)

    assert found(message).next_attempt_at == NOW + 5 * MINUTE


def test_every_move_of_the_glossary_leads_to_a_known_state():
    assert set(MESSAGE_MOVES) == set(MessageState)
    assert {state for moves in MESSAGE_MOVES.values() for state in moves} <= set(MessageState)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_claim_and_mark_each_row_once():
    event = make_event(capacity=None)
    for _ in range(60):
        make_message(make_registration(event))
    start = threading.Barrier(8)
    marked: list[uuid.UUID] = []
    failures: list[Exception] = []

    def work() -> None:
        start.wait()
        try:
            while (token := outbox.claim(Channel.EMAIL, at=NOW, most=7)) is not None:
                marked.extend(
                    message.pk
                    for message in leased_messages(token)
                    if outbox.mark_sending(message, replace(LETTER, to=message.recipient), at=NOW)
                )
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(marked) == len(set(marked)) == 60


def test_an_address_that_is_corrected_just_before_the_call_gets_the_message_and_the_old_one_does_not():
    message = make_claimed()
    Participant.objects.update(email="anna.nowak@example.org")

    assert not outbox.mark_sending(message, LETTER, at=NOW)
    outbox.settle_unsent(message, to=LETTER.to, at=NOW)

    assert (found(message).state, found(message).claims, found(message).to) == (MessageState.PLANNED, 0, "")
    send_due(clock=lambda: NOW + MINUTE)
    assert (found(message).state, found(message).to) == (MessageState.SENT, "anna.nowak@example.org")


def test_whoever_a_message_goes_to_it_goes_to_their_own_address():
    event = make_event()
    registration = make_registration(event, seats=2, phone="+48501502503")
    invitation, owner = make_invitation(event), make_user()
    messages = [
        make_message(registration, channel=Channel.SMS),
        make_message(registration, "event_changed", member=make_member(registration, email="jan@example.org")),
        make_message_to_invited(invitation),
        make_message_to(make_role(event), "supplier_cancelled"),
        make_message_to(owner, "wheelchair_alert", event=event),
    ]
    Message.objects.update(lease_token=uuid.uuid4(), lease_until=Now() + timedelta(minutes=2))
    Event.objects.update(status="cancelled")
    own = ["+48501502503", "jan@example.org", invitation.email, "jan@example.org", owner.email]

    def is_marked(message: Message, to: str) -> bool:
        message.refresh_from_db()
        Event.objects.update(status="cancelled" if message.role else "published")
        return outbox.mark_sending(message, replace(LETTER, to=to), at=NOW)

    assert [is_marked(message, f"{to}x") for message, to in zip(messages, own, strict=True)] == [False] * 5
    assert [is_marked(message, to) for message, to in zip(messages, own, strict=True)] == [True] * 5


def test_an_address_that_is_given_up_just_before_the_call_is_not_used():
    message = make_claimed()
    suppress(Channel.EMAIL, LETTER.to, reason=SuppressionReason.BOUNCED, at=NOW)

    assert not outbox.mark_sending(message, LETTER, at=NOW)
    outbox.settle_unsent(message, to=LETTER.to, at=NOW)

    assert (found(message).state, found(message).state_reason) == (MessageState.SUPPRESSED, "bounced")


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_just_before_the_call_is_seen():
    registration = make_registration(make_event(), email=LETTER.to)
    make_message(registration)
    message = claim_one()
    Registration.objects.filter(pk=registration.pk).update(state="cancelled_by_participant", holds_seat=False)

    assert not outbox.mark_sending(message, LETTER, at=NOW)
