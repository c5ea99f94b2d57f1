"""News of events from the organiser's move to the mail server: who gets which mail over real SMTP."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from events.actions.definitions import SessionDefinition
from events.actions.history import record
from events.actions.publishing import cancel_event, postpone_event, set_new_date
from events.enums import EventChangeKind, EventMode, Role
from events.models import Event, EventRole
from notifications.actions.planning import plan_changes
from notifications.delivery.sending import Sent, send_due
from notifications.enums import MessageState
from notifications.models import Message
from registrations.actions.moves import cancel_registration
from registrations.enums import NeedKind, RegistrationState
from registrations.models import AccommodationRequest, Registration
from tests.make import make_event, make_registration, make_user, make_venue
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink
from tests.notifications.make_messages import make_role

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=60)


def send(*, at: datetime = NOW) -> Sent:
    """What a tick does."""
    plan_changes(at=at)
    return send_due(clock=lambda: at)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def mails(sink: MailSink) -> dict[str, EmailMessage]:
    """The last mail to each address."""
    return {to: mail for (to,), mail in zip(sink.recipients, sink.mails, strict=True)}


def states(kind: str) -> list[tuple[str, str]]:
    return list(Message.objects.filter(kind=kind).values_list("state", "state_reason"))


def test_postponed_and_announced_anew_reaches_participants_and_interpreters(sink: MailSink):
    event = make_event()
    registration = make_registration(event, email="anna@example.org", language="en")
    make_role(event)
    owner = make_user()

    postpone_event(event, reason="Remont", by=owner, at=NOW)
    first = send()
    put_off = mails(sink)
    session = event.sessions.get()
    dates = [SessionDefinition(starts_at=LATER, ends_at=LATER + timedelta(hours=2), id=session.pk)]
    set_new_date(event, dates, by=owner, at=NOW + timedelta(hours=1))
    second = send(at=NOW + timedelta(hours=1))
    announced = mails(sink)

    assert (first.sent, second.sent) == (2, 2)
    assert put_off["anna@example.org"]["Subject"] == "Postponed: Trial meeting, 26.01 10:00"
    assert "Reason: Remont" in text_of(put_off["anna@example.org"])
    assert "STATUS:TENTATIVE" in str(put_off["anna@example.org"])
    to_anna = text_of(announced["anna@example.org"])
    assert "Before: Tuesday, 26 January 2027, 10:00–12:00" in to_anna
    assert "Do you still come?" in to_anna
    assert f"/en/r/{registration.manage_token}/" in to_anna
    to_jan = announced["jan@example.org"]
    assert to_jan["Content-Language"] == "pl"
    assert "Spotkanie próbne" in to_jan["Subject"]
    assert "/r/" not in text_of(to_jan)
    assert "text/calendar" not in [part.get_content_type() for part in to_jan.walk()]


def test_a_cancellation_reaches_who_works_there_unless_they_have_gone(sink: MailSink):
    event = make_event()
    make_role(event)
    gone = make_role(event, email="ewa@example.org")
    cancel_event(event, reason="Awaria", by=make_user(), at=NOW)
    plan_changes(at=NOW)
    EventRole.objects.filter(pk=gone.pk).delete()

    done = send()

    assert (done.sent, done.ended) == (1, 1)
    assert sink.recipients == [["jan@example.org"]]
    assert "Awaria" in text_of(sink.mails[0])
    assert sorted(states("supplier_cancelled")) == [("cancelled", "no_address"), ("sent", "")]


def test_a_lost_feature_reaches_who_asked_and_the_coordinator_and_nobody_else(sink: MailSink):
    event = make_event()
    make_user("coordinator@example.org", role=Role.ACCESSIBILITY)
    owner = make_user()
    deaf = make_registration(event, email="anna@example.org", language="en")
    AccommodationRequest.objects.create(registration=deaf, kind=NeedKind.PJM, created_at=NOW)
    make_registration(event)
    Event.objects.update(accessibility={"pjm": "no"})
    record(event, EventChangeKind.FEATURE_LOST, by=owner, at=NOW, before={"features": ["pjm"]}, after={}, notify=True)

    assert send().sent == 2

    assert set(mails(sink)) == {"anna@example.org", "coordinator@example.org"}
    assert "Polish Sign Language interpreter" in text_of(mails(sink)["anna@example.org"])
    assert f"/manage/events/{event.slug}/" in text_of(mails(sink)["coordinator@example.org"])


def test_a_meeting_that_goes_online_says_where_nobody_is_to_go_and_keeps_its_link(sink: MailSink):
    event = make_event(venue=make_venue(), mode=EventMode.ONLINE)
    Event.objects.update(join_url="https://meet.example.org/secret", published_at=NOW - timedelta(days=1))
    make_registration(event, email="anna@example.org", language="en")
    waiting = make_registration(event, email="jan@example.org", language="en", state=RegistrationState.WAITLISTED)
    record(event, EventChangeKind.MODE_CHANGED, by=None, at=NOW, before={"mode": "in_person"}, after={}, notify=True)

    assert send().sent == 2

    to_anna, to_jan = text_of(mails(sink)["anna@example.org"]), text_of(mails(sink)["jan@example.org"])
    assert "No longer at: Town hall (example), Rynek 1, 20-000 Lublin" in to_anna
    assert "the link opens there on 26 January, 09:30" in to_anna
    assert "the link opens there" not in to_jan
    assert "meet.example.org" not in sink.raw[0].decode() + sink.raw[1].decode()
    assert waiting.manage_token in to_jan


def test_what_is_not_so_any_more_is_not_sent(sink: MailSink):
    event, owner = make_event(), make_user()
    registration = make_registration(event)
    make_role(event)
    postpone_event(event, by=owner, at=NOW)
    plan_changes(at=NOW)
    # Called off in silence before the mails have left; and somebody has left by themselves.
    cancel_registration(registration, by=None, at=NOW)
    Message.objects.filter(kind="own_cancellation").delete()
    cancel_event(event, reason="Awaria", notify=False, by=owner, at=NOW)
    Registration.objects.get().changes.update(planned_at=NOW)

    assert send().sent == 0

    assert states("event_postponed") == [(MessageState.CANCELLED, "not_true")]
    assert states("supplier_postponed") == [(MessageState.CANCELLED, "not_true")]
    assert sink.mails == []
