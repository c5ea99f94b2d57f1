"""From the clock to the mailbox: people asked whether they still come, invited, coming along; what is not true is not sent."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from events.enums import EventStatus, NoAnswer
from events.models import Event, RegistrationPolicy
from notifications.models import Message
from notifications.tasks import Work, work_through
from registrations.actions.intentions import say_coming
from registrations.actions.moves import confirm_registration, expire_due
from registrations.enums import ChangeCause, MemberState, RegistrationState
from registrations.models import Invitation, Participant, PartyMember, Registration, RegistrationChange
from tests.make import make_event, make_invitation, make_member, make_registration
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink, SmsProvider
from tests.registrations.acts import entered, fresh

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = NOW + 11 * DAY
LIMIT = ASKED + 48 * HOUR


def tick(at: Any) -> Work:
    return work_through(clock=lambda: at)


def subjects(sink: MailSink) -> list[tuple[str, str]]:
    return [(to, str(mail["Subject"])) for (to,), mail in zip(sink.recipients, sink.mails, strict=True)]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def make_asking(**event: Any) -> Event:
    row = make_event(**event)
    RegistrationPolicy.objects.filter(event=row).update(ask_days_before=3, ask_no_answer=NoAnswer.RELEASE)
    return row


def states(kind: str) -> list[tuple[str, str]]:
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("state", "state_reason"))


def test_a_question_goes_out_and_its_silence_moves_the_next_up(sink: MailSink, provider: SmsProvider):
    event = make_asking(capacity=2)
    make_registration(event, email="anna@example.org", language="en")
    by_phone = make_registration(event, phone="+48501502503", language="en")
    Participant.objects.filter(registration=by_phone).update(email="")
    waiting = make_registration(event, email="ola@example.org", state=S.WAITLISTED, language="en")

    asked = tick(ASKED)
    nothing = tick(ASKED + HOUR)
    by_sms = [message.get(kind="still_coming").body for message in [Message.objects.filter(channel="sms")]]
    settled = tick(LIMIT)

    assert (asked.asked, asked.planned, asked.sent.sent) == (2, 2, 2)
    assert nothing.is_nothing
    assert subjects(sink) == [
        ("anna@example.org", "Do you still come? Answer until 25 January, 10:00: Trial meeting"),
        ("ola@example.org", "You have a seat now: Trial meeting, 26.01 10:00"),
        ("anna@example.org", "Your seat has gone to others: Trial meeting"),
    ]
    assert by_sms[0].startswith("Do you still come? Trial meeting, 26.01 10:00.")
    assert (settled.unanswered, fresh(waiting).state) == (2, S.CONFIRMED)
    assert fresh(by_phone).state == S.CANCELLED_BY_ORGANIZER


def test_where_nothing_can_be_sent_nobody_loses_a_seat(settings: Any):
    registration = make_registration(make_asking())
    settings.SENDING_ENABLED = False
    tick(ASKED)
    settings.SENDING_ENABLED = True

    work = tick(LIMIT)

    assert work.unanswered == 1
    assert fresh(registration).state == S.CONFIRMED
    assert states("still_coming") == [("missed", "too_late")]


def test_what_was_answered_on_the_page_is_not_asked_by_mail(sink: MailSink, settings: Any):
    registration = make_registration(make_asking())
    settings.SENDING_ENABLED = False
    tick(ASKED)
    say_coming(registration, at=ASKED + HOUR)
    settings.SENDING_ENABLED = True

    tick(ASKED + HOUR)

    assert sink.mails == []
    assert states("still_coming") == [("cancelled", "not_true")]


@pytest.mark.parametrize(
    ("columns", "end"),
    [
        ({"revoked_at": NOW}, ("cancelled", "not_true")),
        ({"email": ""}, ("cancelled", "no_address")),
    ],
)
def test_an_invitation_that_is_taken_back_before_it_leaves_stays_here(
    columns: dict[str, Any], end: tuple[str, str], sink: MailSink, settings: Any
):
    make_invitation(make_event(), send_requested_at=NOW)
    settings.SENDING_ENABLED = False
    tick(NOW)
    Invitation.objects.update(**columns)
    settings.SENDING_ENABLED = True

    tick(NOW)

    assert sink.mails == []
    assert states("invited") == [end]


@pytest.mark.parametrize("late", ["closed", "cancelled"])
def test_an_invitation_to_what_was_closed_before_it_leaves_stays_here(late: str, sink: MailSink, settings: Any):
    make_invitation(make_event(), send_requested_at=NOW)
    settings.SENDING_ENABLED = False
    tick(NOW)
    settings.SENDING_ENABLED = True
    if late == "closed":
        RegistrationPolicy.objects.update(closes_at=NOW)
    else:
        Event.objects.update(status=EventStatus.CANCELLED)

    tick(NOW)

    assert sink.mails == []
    assert states("invited") == [("missed", "too_late") if late == "closed" else ("cancelled", "not_true")]


def test_an_invitation_arrives_with_its_link(sink: MailSink):
    invitation = make_invitation(make_event(), email="ewa@example.org", send_requested_at=NOW, language="en")

    tick(NOW)

    assert subjects(sink) == [("ewa@example.org", "Invitation: Trial meeting, 26.01 10:00")]
    assert f"/en/invited/{invitation.token}/" in text_of(sink.mails[0])
    assert invitation.token not in Message.objects.get().body


def test_who_does_not_come_along_any_more_is_not_told_that_they_do(sink: MailSink, settings: Any):
    registration = make_registration(make_event(), email="anna@example.org")
    member = make_member(registration, email="jan@example.org")
    RegistrationChange.objects.create(
        registration=registration, cause=ChangeCause.SIGNED_UP, to_state=S.CONFIRMED, at=NOW
    )
    settings.SENDING_ENABLED = False
    tick(NOW)
    PartyMember.objects.filter(pk=member.pk).update(state=MemberState.CANCELLED, ended_at=NOW)
    settings.SENDING_ENABLED = True

    tick(NOW)

    assert sink.recipients == [["anna@example.org"]]
    assert states("member_confirmed") == [("cancelled", "not_true")]


@pytest.mark.parametrize(
    ("capacity", "subject", "state"),
    [
        (1, "You are registered: Trial meeting, 26.01 10:00", S.CONFIRMED),
        (0, "Reserve list, no seat yet: Trial meeting", S.WAITLISTED),
    ],
)
def test_a_hold_that_is_confirmed_late_is_told_which_of_the_two_it_became(
    capacity: int, subject: str, state: RegistrationState, sink: MailSink
):
    event = make_event(confirm_email=True, capacity=1)
    registration = entered(event)
    Registration.objects.update(language="en")
    expire_due(at=NOW + 2 * HOUR)
    if not capacity:
        make_registration(event, email="other@example.org")

    confirm_registration(registration, at=NOW + 3 * HOUR)
    tick(NOW + 3 * HOUR)

    assert fresh(registration).state == state
    assert [said for _to, said in subjects(sink)] == [subject]
