"""What has had its time goes, each by its own rule, and figures stay as they are."""

import time
from dataclasses import asdict
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core import serializers
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from structlog.testing import capture_logs

from events.actions import retention as of_events
from events.actions.legal_hold import set_legal_hold
from events.actions.seats import lock_queue
from events.enums import AccessKind, EventStatus
from events.models import AccessLog, Event, EventKind
from notifications import tasks
from notifications.actions import retention
from notifications.actions.incoming import take_in
from notifications.actions.retention import run_retention
from notifications.actions.suppressing import lift, suppress
from notifications.enums import Channel, Job, MessageState, SmsWord, SuppressionReason
from notifications.models import DeliveryAttempt, Heartbeat, IncomingSms, Message, Suppression
from registrations.actions import retention as of_registrations
from registrations.actions.consents import give_consents, withdraw_consent
from registrations.enums import Attendance, ChangeCause, ConsentPurpose, NeedKind, NeedState
from registrations.enums import RegistrationState as S
from registrations.models import (
    AccommodationRequest,
    Answer,
    Consent,
    HeadcountEntry,
    IdempotentAnswer,
    Invitation,
    NeedChange,
    Participant,
    PartyMember,
    RateWindow,
    Registration,
    RegistrationChange,
    RetentionRun,
)
from registrations.queries.consents import news_subscribers
from registrations.queries.lists import report_figures
from tests.make import make_event, make_invitation, make_member, make_question, make_registration, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message, make_message_to, make_role
from tests.registrations.acts import fresh

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOTHING = dict.fromkeys(
    (
        "needs",
        "answers",
        "registrations",
        "replaced",
        "invitations",
        "message_addresses",
        "message_texts",
        "incoming_sms",
        "suppressions",
        "consents",
        "accesses",
        "repeated_requests",
        "attempts",
    ),
    0,
)
KEPT = (
    AccessLog,
    AccommodationRequest,
    Answer,
    Consent,
    DeliveryAttempt,
    IdempotentAnswer,
    Invitation,
    Message,
    NeedChange,
    Participant,
    PartyMember,
    RateWindow,
    Registration,
    RegistrationChange,
    RetentionRun,
)


def everything():
    return serializers.serialize("json", [row for model in KEPT for row in model.objects.order_by("pk")])


def ended(days: float, **given):
    """An event that ended so many days ago."""
    return make_event(starts_at=NOW - days * DAY - timedelta(hours=2), **given)


def make_full(event, *, email="anna@example.org", state=S.CONFIRMED):
    registration = make_registration(event, email=email, phone="+48600100200", seats=2, state=state)
    invitation = make_invitation(event, note="Rada dzielnicy")
    make_member(registration, email="jan@example.org")
    Registration.objects.filter(pk=registration.pk).update(invitation=invitation)
    question = event.questions.first() or make_question(event, retention_days=60)
    Answer.objects.create(registration=registration, question=question, value="Zupa")
    need = AccommodationRequest.objects.create(registration=registration, kind=NeedKind.PJM, created_at=NOW)
    NeedChange.objects.create(need=need, to_state=NeedState.ACKNOWLEDGED, at=NOW)
    RegistrationChange.objects.create(
        registration=registration, cause=ChangeCause.SIGNED_UP, to_state=state, at=NOW, reason="Anna dzwoniła"
    )
    make_said(make_message(registration), days_ago=1)
    return registration


def make_said(message, *, days_ago, state=MessageState.SENT):
    Message.objects.filter(pk=message.pk).update(
        to="anna@example.org", subject="Anna", body="Anna", html="Anna", state=state, sent_at=NOW - days_ago * DAY
    )
    DeliveryAttempt.objects.create(message=message, at=NOW, result="accepted", detail="anna@example.org")
    return message


def run(**more):
    return dict(run_retention(at=NOW, **more).counts)


# One rule after the other


@pytest.mark.parametrize(("days", "gone"), [(29.9, 0), (30.1, 1)])
def test_needs_go_with_their_history_a_month_after_the_event(days, gone):
    make_full(ended(days))

    assert run() == {**NOTHING, "needs": gone}

    assert (AccommodationRequest.objects.count(), NeedChange.objects.count()) == (1 - gone, 1 - gone)
    assert Participant.objects.get().full_name == "Anna Nowak"


@pytest.mark.parametrize(("days", "gone"), [(59.9, 0), (60.1, 1)])
def test_answers_go_by_the_time_of_their_question(days, gone):
    make_full(ended(days))

    assert run()["answers"] == gone

    assert Answer.objects.count() == 1 - gone


@pytest.mark.parametrize(("days", "gone"), [(179.9, 0), (180.1, 1)])
def test_contact_data_go_after_half_a_year(days, gone):
    event = ended(days)
    registration = make_full(event)

    counts = run()

    assert [counts[name] for name in ("registrations", "invitations", "message_addresses")] == [gone] * 3
    person, member, invitation = Participant.objects.get(), PartyMember.objects.get(), Invitation.objects.get()
    told = [person.full_name, person.email, str(person.phone), person.search_text, member.full_name, member.email]
    told += [invitation.full_name, invitation.email, invitation.note, RegistrationChange.objects.earliest("id").reason]
    assert all(told) != gone
    assert any(told) != gone
    left = fresh(registration)
    assert (left.erased_at, left.email_key is None, left.link_generation) == (
        (NOW, True, 2) if gone else (None, False, 1)
    )
    assert list(Message.objects.values_list("to", "body", "attempts__detail")) == (
        [("", "", "")] if gone else [("anna@example.org", "Anna", "anna@example.org")]
    )


def test_a_kind_has_its_own_times():
    EventKind.objects.filter(code="workshop").update(contact_retention_days=10, needs_retention_days=5)
    make_full(ended(7))
    make_full(ended(12, kind="conference"))

    assert run() == {**NOTHING, "needs": 1}


def test_messages_to_people_who_work_at_the_event_lose_their_addresses_too():
    make_said(make_message_to(make_role(ended(200)), "supplier_cancelled"), days_ago=201)

    assert run() == {**NOTHING, "message_addresses": 1}

    assert not Message.objects.get().to


@pytest.mark.parametrize(("days", "gone"), [(29.9, 0), (30.1, 1)])
def test_texts_of_messages_go_after_a_month_whenever_the_event_is(days, gone):
    registration = make_registration(make_event())
    make_said(make_message(registration), days_ago=days)

    assert run() == {**NOTHING, "message_texts": gone}

    message = Message.objects.get()
    assert (message.to, message.subject) == ("anna@example.org", "Anna")
    assert (message.body, message.html) == (("", "") if gone else ("Anna", "Anna"))


def test_received_sms_go_after_a_month_and_suppressions_only_after_they_were_lifted():
    for number, days in (("1", 29.9), ("2", 30.1)):
        take_in(provider_id=number, number=f"+4850150250{number}", word=SmsWord.STOP, at=NOW - days * DAY)
    for address, days in (("a@example.org", 364.9), ("b@example.org", 365.1)):
        suppress(Channel.EMAIL, address, reason=SuppressionReason.BOUNCED, at=NOW - 700 * DAY)
        lift(Channel.EMAIL, address, at=NOW - days * DAY)
    suppress(Channel.EMAIL, "c@example.org", reason=SuppressionReason.BOUNCED, at=NOW - 700 * DAY)

    assert run() == {**NOTHING, "incoming_sms": 1, "suppressions": 1}

    assert IncomingSms.objects.get().provider_id == "1"
    assert Suppression.objects.filter(lifted_at=None).count() == 3


def test_what_may_still_be_sent_keeps_its_text():
    registration = make_registration(make_event())
    for kind, state in (("confirmed", MessageState.PLANNED), ("promoted", MessageState.SENDING)):
        make_said(make_message(registration, kind), days_ago=40, state=state)

    assert run() == NOTHING


@pytest.mark.parametrize(("days", "gone"), [(730, 0), (732, 1)])
def test_the_access_log_is_kept_for_two_years(days, gone):
    user, event = make_user(), make_event()
    for about in (event, None):
        AccessLog.objects.create(user=user, event=about, kind=AccessKind.NEEDS, at=NOW - days * DAY)

    assert run() == {**NOTHING, "accesses": 2 * gone}

    assert AccessLog.objects.count() == 2 - 2 * gone


def test_nobody_else_deletes_from_the_access_log_afterwards():
    user = make_user()
    for days in (800, 1):
        AccessLog.objects.create(user=user, kind=AccessKind.NEEDS, at=NOW - days * DAY)

    assert run()["accesses"] == 1

    with pytest.raises(IntegrityError, match="access_log_is_append_only"), transaction.atomic():
        AccessLog.objects.all().delete()


def test_what_was_kept_for_repeated_requests_and_counts_of_attempts_go():
    event = make_event()
    for hours in (-1, 1):
        IdempotentAnswer.objects.create(
            event=event, key_hash=str(hours), body_hash="b", expires_at=NOW + timedelta(hours=hours)
        )
    RateWindow.objects.create(key="k", starts_at=NOW - DAY, attempts=3)

    assert run() == {**NOTHING, "repeated_requests": 1, "attempts": 1}

    assert IdempotentAnswer.objects.get().key_hash == "1"


# Consents


def given(registration, *purposes):
    return give_consents(registration, purposes, source="web", language="pl", at=NOW - 300 * DAY)


@pytest.mark.parametrize(("days", "gone"), [(29, 0), (31, 1)])
def test_a_month_after_it_was_taken_back_nobody_knows_whose_consent_it_was(days, gone):
    (consent,) = given(make_registration(make_event()), ConsentPurpose.NEWS)
    withdraw_consent(consent, at=NOW - days * DAY)

    assert run() == {**NOTHING, "consents": gone}

    left = Consent.objects.get()
    assert (left.email == "", left.email_key is None) == (bool(gone), bool(gone))
    assert left.withdrawn_at == NOW - days * DAY


def test_news_go_on_after_the_contact_data_are_gone_but_know_nothing_of_the_registration():
    event = ended(200)
    subscriber = make_registration(event, email="anna@example.org")
    stranger = make_registration(event, email="stranger@example.org", state=S.EXPIRED)
    for registration in (subscriber, stranger):
        given(registration, ConsentPurpose.NEWS, ConsentPurpose.PHOTO)

    run()

    assert [one.email for one in news_subscribers()] == ["anna@example.org"]
    assert set(Consent.objects.values_list("registration", "purpose", "email", "withdrawn_at")) == {
        (None, "news", "anna@example.org", None),
        (subscriber.pk, "photo", "", None),
        # Nobody has shown that the address is theirs.
        (stranger.pk, "news", "", NOW),
        (stranger.pk, "photo", "", None),
    }
    assert not Consent.objects.exclude(registration=None).exclude(email_key=None).exists()


# All of them together


def make_city():
    """Events of every age with everything in them."""
    events = [ended(days, slug=f"ended-{days}", kind="conference") for days in (400, 200, 100, 40, 10)]
    for event in events:
        registration = make_full(event, email=f"{event.slug}@example.org")
        Registration.objects.filter(pk=registration.pk).update(attendance=Attendance.PRESENT)
        make_registration(event, state=S.CANCELLED_BY_PARTICIPANT)
        make_registration(event, state=S.WAITLISTED)
        HeadcountEntry.objects.create(event=event, delta=7, nonce=event.slug, at=NOW)
    AccessLog.objects.create(user=make_user(), kind=AccessKind.NEEDS, at=NOW - 900 * DAY)
    make_full(make_event())
    return events


def figures(events):
    return [asdict(report_figures(event)) for event in events]


def test_figures_are_the_same_before_and_after():
    events = make_city()
    before = figures(events)

    run()

    assert figures(events) == before


def test_a_rehearsal_counts_what_a_run_does_and_changes_nothing():
    make_city()
    before = everything()

    would = run(is_rehearsal=True)
    assert everything() == before
    did = run()

    assert would == did
    assert {**did, "accesses": 1} == {
        **NOTHING,
        "needs": 4,
        "answers": 3,
        "registrations": 6,
        "invitations": 2,
        "message_addresses": 2,
        "accesses": 1,
    }
    assert RetentionRun.objects.get().counts == did


def test_a_second_run_finds_nothing_and_is_not_written_down():
    make_city()
    run()
    before = everything()

    assert run() == NOTHING

    assert everything() == before


def test_small_batches_do_the_same(monkeypatch):
    make_city()
    expected = run(is_rehearsal=True)
    for module in (of_events, of_registrations, retention):
        monkeypatch.setattr(module, "_BATCH", 1)

    assert run() == expected


def test_a_run_that_is_out_of_time_goes_on_the_next_time(monkeypatch):
    make_city()
    expected = run(is_rehearsal=True)
    monkeypatch.setattr(of_registrations, "_BATCH", 1)

    first = run_retention(at=NOW, until=time.monotonic())
    second = run_retention(at=NOW)

    assert (first.is_finished, second.is_finished) == (False, True)
    assert first.counts == {**NOTHING, "needs": 1}
    assert {name: first.counts[name] + second.counts[name] for name in expected} == expected


def test_what_is_under_a_legal_hold_stays_whole():
    events = make_city()
    for event in events:
        set_legal_hold(event, reason="Sprawa", by=make_user(), at=NOW)
    (registration,) = Registration.objects.filter(event=events[0], state=S.CONFIRMED)
    (consent,) = given(registration, ConsentPurpose.NEWS)
    withdraw_consent(consent, at=NOW - 100 * DAY)
    make_said(make_message(registration, "promoted"), days_ago=40)
    AccessLog.objects.all()
    AccessLog.objects.create(user=make_user(), event=events[0], kind=AccessKind.NEEDS, at=NOW - 900 * DAY)

    assert run() == {**NOTHING, "accesses": 1}

    set_legal_hold(events[0], reason="", by=make_user(), at=NOW)
    counts = run()
    assert (counts["registrations"], counts["consents"], counts["accesses"]) == (3, 0, 1)


def test_a_hold_that_comes_in_between_is_heeded(monkeypatch):
    (event,) = [ended(200)]
    make_full(event)
    lock = lock_queue

    def hold_first(event_id):
        Event.objects.filter(pk=event_id).update(legal_hold="Sprawa")
        lock(event_id)

    monkeypatch.setattr(of_registrations, "lock_queue", hold_first)

    assert run() == NOTHING


def test_what_is_postponed_or_to_come_is_not_over():
    postponed = ended(400)
    Event.objects.filter(pk=postponed.pk).update(status=EventStatus.POSTPONED)
    make_full(postponed)
    make_full(make_event())

    assert run() == NOTHING


# How it is started


def test_the_command_says_what_went_and_a_dry_run_what_would():
    make_city()

    def said(*options):
        output = StringIO()
        with time_machine.travel(NOW, tick=False):
            call_command("retention", *options, stdout=output)
        return output.getvalue().splitlines()

    would, did, again = said("--dry-run"), said(), said()

    assert (would[0], did[0]) == ("Would be deleted or emptied:", "Deleted or emptied:")
    assert would[1:] == did[1:]
    assert "  registrations: 6" in did
    assert again[1:] == [f"  {name}: 0" for name in NOTHING]


def test_a_run_is_logged_in_numbers():
    make_city()

    with capture_logs() as logs:
        run()
        run()

    (line,) = [log for log in logs if log["event"] == "retention"]
    assert line["registrations"] == 6
    assert "example.org" not in str(line)


def test_housekeeping_runs_it_once_a_day(monkeypatch):
    runs = []

    def count(**asked):
        runs.append(asked)
        return retention.Purged(NOTHING, is_finished=len(runs) > 1)

    monkeypatch.setattr(tasks, "run_retention", count)

    tasks.housekeeping()  # It runs out of time,
    tasks.housekeeping()  # so it goes on an hour later;
    tasks.housekeeping()  # then it is done.
    assert len(runs) == 2

    Heartbeat.objects.filter(name=Job.RETENTION).update(finished_at=Now() - timedelta(hours=24))
    tasks.housekeeping()
    assert len(runs) == 3
