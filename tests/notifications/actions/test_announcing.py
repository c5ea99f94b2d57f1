"""An announcement is checked, kept once, and goes to everybody who was chosen, each address once."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import EventStatus
from events.errors import FieldErrors
from events.models import Event
from notifications.actions.announcing import Draft, NobodyChosen, NothingToAnnounce, announce, look_at_draft
from notifications.actions.planning import plan_changes
from notifications.delivery.sending import send_due
from notifications.enums import Channel, MessageState
from notifications.models import Announcement, Message
from notifications.queries.announcements import Selection
from registrations.enums import RegistrationState as S
from registrations.models import Participant, Registration
from tests.make import make_event, make_member, make_registration, make_user
from tests.make.events import NOW, make_session

pytestmark = pytest.mark.django_db

SUBJECT = {"pl": "Wejście od podwórza", "en": "Use the back door"}
BODY = {"pl": "Prosimy wejść od ulicy Lipowej.\nSzczegóły: https://lublin.eu/wejscie", "en": "From Lipowa Street."}


def a_draft(**given: Any) -> Draft:
    return Draft(**{"subject": SUBJECT, "body": BODY, **given})


def tell(event: Event, draft: Draft | None = None, *, number: int = 1) -> Announcement:
    return announce(event, draft or a_draft(), nonce=uuid.UUID(int=number), by=make_user(), at=NOW)


def addressees() -> list[str]:
    send_due(clock=lambda: NOW)
    return sorted(Message.objects.filter(kind="announcement").values_list("to", flat=True))


def test_it_goes_to_everybody_with_a_seat_in_their_language_and_says_what_was_written():
    event = make_event()
    make_registration(event, email="anna@example.org")
    make_registration(event, email="ben@example.org", language="en")
    make_registration(event, email="wait@example.org", state=S.WAITLISTED)
    make_registration(make_event(), email="elsewhere@example.org")
    announcement = tell(event)

    assert plan_changes(at=NOW) == 2

    assert addressees() == ["anna@example.org", "ben@example.org"]
    polish, english = Message.objects.filter(kind="announcement").order_by("to")
    assert polish.subject == "Wejście od podwórza"
    assert "Prosimy wejść od ulicy Lipowej." in polish.body
    assert '<a href="https://lublin.eu/wejscie"' in polish.html
    assert (english.subject, "From Lipowa Street." in english.body) == ("Use the back door", True)
    announcement.refresh_from_db()
    assert (announcement.planned_at, announcement.messages_planned) == (NOW, 2)
    assert plan_changes(at=NOW) == 0


def test_what_is_written_stays_text():
    event = make_event()
    make_registration(event)
    tell(event, a_draft(body={"pl": "<script>alert(1)</script> & {% now %} {{manage_link:1}}"}))
    plan_changes(at=NOW)
    send_due(clock=lambda: NOW)

    message = Message.objects.get()

    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html
    assert "{% now %}" in message.body


def test_the_same_form_sent_twice_is_one_announcement():
    event = make_event()
    make_registration(event)

    first, second = tell(event), tell(event)

    assert first == second
    assert Announcement.objects.get().subject == SUBJECT


def test_a_number_of_another_event_is_refused():
    event, other = make_event(), make_event()
    make_registration(event)
    make_registration(other)
    tell(event)

    with pytest.raises(FieldErrors) as refused:
        tell(other)

    assert list(refused.value.errors) == ["nonce"]
    assert Announcement.objects.count() == 1


def test_each_address_gets_it_once_and_who_comes_along_gets_it_too():
    event = make_event()
    anna = make_registration(event, email="anna@example.org", seats=3)
    make_member(anna, email="ANNA@example.org")
    make_member(anna, email="jan@example.org")
    make_member(anna)
    waiting = make_registration(event, email="wait@example.org", state=S.WAITLISTED)
    make_member(waiting, email="along@example.org")
    tell(event, a_draft(selection=Selection(states=("confirmed", "waitlisted"))))
    plan_changes(at=NOW)

    assert addressees() == ["anna@example.org", "jan@example.org", "wait@example.org"]


def test_who_gave_no_address_of_mail_gets_as_much_as_an_sms_holds_and_a_shared_telephone_rings_once():
    event = make_event(title="Bardzo długie spotkanie o przyszłości dzielnicy Rury i okolic, część pierwsza")
    for _ in range(2):
        person = make_registration(event, phone="+48501502503")
        Participant.objects.filter(registration=person).update(email="")
    reached = make_registration(event)
    Participant.objects.filter(registration=reached).update(email="", phone="")
    tell(event, a_draft(body={"pl": "Prosimy pamiętać o dokumentach. " * 60}))
    plan_changes(at=NOW)

    send_due(clock=lambda: NOW)

    message = Message.objects.get()
    assert (message.channel, message.to) == (Channel.SMS, "+48501502503")
    assert message.body.endswith("...")
    assert "Wejscie od podworza. Prosimy pamietac" in message.body
    assert len(message.body) <= 306


@pytest.mark.parametrize(
    ("title", "is_plain", "words"),
    [
        ("Zażółć gęślą jaźń", False, "Proszę pamiętać o dokumentach. "),
        ("Zażółć gęślą jaźń nad bardzo długą rzeką i jej dopływami", False, "Prosimy o dokumenty. "),
        ("Зустріч про парк", True, "Prosimy pamiętać o dokumentach. "),
        ("Park", True, "Просимо взяти документи. "),
    ],
)
def test_a_long_announcement_fits_into_an_sms_however_its_letters_are_sent(
    settings: Any, title: str, is_plain: bool, words: str
):
    settings.SMS_TRANSLITERATE = is_plain
    event = make_event(title=title)
    Participant.objects.filter(registration=make_registration(event, phone="+48501502503")).update(email="")
    tell(event, a_draft(body={"pl": words * 60}))
    plan_changes(at=NOW)

    assert send_due(clock=lambda: NOW).sent == 1

    message = Message.objects.get()
    assert message.segments == 2
    assert len(message.body) > 110
    assert message.body.endswith("...")


def test_whoever_is_not_in_a_chosen_state_any_more_is_not_written_to():
    event = make_event()
    stays, leaves = (make_registration(event, state=S.WAITLISTED) for _ in range(2))
    tell(event, a_draft(selection=Selection(states=("waitlisted", "offered"))))
    plan_changes(at=NOW)
    Registration.objects.filter(pk=leaves.pk).update(state=S.CONFIRMED, waiting_pool=None, holds_seat=True)

    assert send_due(clock=lambda: NOW).sent == 1

    found = Message.objects.values_list("registration", "state", "state_reason")
    assert sorted(found) == sorted([(stays.pk, "sent", ""), (leaves.pk, "cancelled", "not_true")])


def test_it_can_be_for_one_date_and_one_group_only():
    event = make_event(categories=[("business", 10), ("resident", 10)])
    second = make_session(event, starts_at=NOW + timedelta(days=15))
    first = event.sessions.order_by("id")[0]
    make_registration(event, email="all@example.org", category="business")
    make_registration(event, email="first@example.org", category="business", sessions=[first])
    make_registration(event, email="second@example.org", category="business", sessions=[second])
    make_registration(event, email="other@example.org", category="resident", sessions=[second])
    announcement = tell(event, a_draft(selection=Selection(sessions=(second.pk,), categories=("business",))))
    plan_changes(at=NOW)

    assert addressees() == ["all@example.org", "second@example.org"]
    assert [one.pk for one in announcement.sessions.all()] == [second.pk]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"subject": {"pl": " \n "}}, ["subject"]),
        ({"subject": {"pl": "x" * 151}}, ["subject"]),
        ({"body": {"en": "Only English"}}, ["body"]),
        ({"body": {"pl": "x", "uk": "x" * 4001}}, ["body"]),
        ({"selection": Selection(states=())}, ["states"]),
        ({"selection": Selection(states=("rejected",))}, ["states"]),
        ({"selection": Selection(sessions=(999,), categories=("nobody",))}, ["sessions", "categories"]),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_kept(given: Mapping[str, Any], fields: list[str]):
    event = make_event()
    make_registration(event)

    with pytest.raises(FieldErrors) as refused:
        tell(event, a_draft(**given))

    assert list(refused.value.errors) == fields
    assert not Announcement.objects.exists()


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.CANCELLED, EventStatus.HELD])
def test_nobody_is_written_to_of_a_meeting_that_is_not_announced(status: EventStatus):
    event = make_event(status=status)
    make_registration(event)

    with pytest.raises(NothingToAnnounce):
        tell(event)


def test_nobody_is_written_to_when_the_meeting_is_over_or_nobody_is_chosen():
    event = make_event()

    with pytest.raises(NobodyChosen):
        look_at_draft(event, a_draft(), at=NOW)
    make_registration(event)
    with pytest.raises(NothingToAnnounce):
        look_at_draft(event, a_draft(), at=NOW + timedelta(days=20))


def test_the_same_number_with_something_else_is_refused_and_the_same_thing_is_the_same():
    event = make_event(categories=[("business", 10), ("resident", 10)])
    second = make_session(event, starts_at=NOW + timedelta(days=15))
    for category in ("business", "resident"):
        make_registration(event, category=category)
    chosen = Selection(states=("confirmed", "waitlisted"), sessions=(second.pk,), categories=("business",))
    first = tell(event, a_draft(selection=chosen))

    same = replace(chosen, states=["waitlisted", "confirmed", "confirmed"])
    assert tell(event, a_draft(subject={**SUBJECT, "pl": f" {SUBJECT['pl']} "}, selection=same)) == first
    for other in (
        a_draft(subject={"pl": "Inny"}, selection=chosen),
        a_draft(body={"pl": "Inny"}, selection=chosen),
        a_draft(selection=replace(chosen, states=("confirmed",))),
        a_draft(selection=replace(chosen, sessions=())),
        a_draft(selection=replace(chosen, categories=("business", "resident"))),
    ):
        with pytest.raises(FieldErrors) as refused:
            tell(event, other)
        assert list(refused.value.errors) == ["nonce"]

    assert Announcement.objects.get() == first


def test_spaces_and_empty_translations_are_nobodys_intention():
    event = make_event()
    make_registration(event)

    announcement = tell(event, a_draft(subject={"pl": " Dwie\n linie ", "en": " "}, body={"pl": "A\r\nB\n"}))

    assert (announcement.subject, announcement.body) == ({"pl": "Dwie linie"}, {"pl": "A\nB"})


def test_what_is_planned_after_the_end_is_missed_and_not_sent():
    event = make_event()
    make_registration(event)
    tell(event)

    plan_changes(at=NOW + timedelta(days=30))

    assert Message.objects.get().state == MessageState.MISSED


def test_it_is_planned_with_as_many_statements_for_three_as_for_one():
    counts = []
    for number in (1, 3):
        event = make_event()
        for _ in range(number):
            make_registration(event)
        tell(event, number=number)
        with CaptureQueriesContext(connection) as statements:
            assert plan_changes(at=NOW) == number
        counts.append(len(statements))

    assert counts[0] == counts[1]
