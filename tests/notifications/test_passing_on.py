"""A whole registration is passed on: what the old and the new person are told, and what each finds of the other."""

from datetime import datetime, timedelta

import pytest

from events.models import Event
from notifications.actions.planning import plan_changes
from notifications.actions.retention import run_retention
from notifications.delivery.composing import linked
from notifications.delivery.sending import send_due
from notifications.enums import MessageState
from notifications.models import Message
from notifications.queries.personal_data import messages_to
from registrations.actions.erasing import erase_person
from registrations.actions.moves import cancel_registration
from registrations.actions.parties import substitute_contact
from registrations.actions.signing_up import Guest
from registrations.enums import MemberState
from registrations.enums import RegistrationState as S
from registrations.exports.personal_data import data_as_json
from registrations.models import PartyMember, Registration
from registrations.queries.own_pages import own_page_facts
from registrations.queries.personal_data import personal_data
from registrations.tokens import email_key
from tests.make import make_applicant, make_event, make_registration
from tests.make.events import NOW
from tests.registrations.acts import entered, fresh
from tests.registrations.parties import EWA, make_group_event, party_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sink")]

OLA = Guest("Ola", "Wrona", "ola@example.org")
LATER = NOW + timedelta(minutes=5)


def passed_on(event, *guests, email: str) -> Registration:
    """A registration that somebody has passed on to Ola, and everybody has been told of."""
    party, _people = party_of(event, *guests, email=email)
    tell(NOW)
    substitute_contact(party, guest=OLA, by=None, at=LATER)
    tell(LATER)
    return fresh(party)


def tell(at: datetime) -> None:
    plan_changes(at=at)
    send_due(clock=lambda: at)


def read_by(email: str) -> list[tuple[str, str]]:
    """What an address got after the registration was passed on: kind and whole text, with links and calendar."""
    messages = Message.objects.filter(to=email, state=MessageState.SENT, registration_change__at=LATER)
    return [
        (
            message.kind,
            "\n".join(
                [
                    message.subject,
                    linked(message, message.body, to=message.to),
                    message.html,
                    f"METHOD:{message.calendar_method}",
                    message.calendar,
                ]
            ),
        )
        for message in messages.select_related("registration", "invitation").order_by("kind")
    ]


def test_the_new_person_gets_the_link_and_the_codes_and_the_old_one_a_word():
    event = make_group_event()
    registration = passed_on(event, EWA, email="anna@example.org")

    ((new_kind, to_new),) = read_by("ola@example.org")
    ((old_kind, to_old),) = read_by("anna@example.org")

    assert (new_kind, old_kind) == ("registration_taken_over", "member_replaced")
    assert registration.manage_token in to_new
    assert registration.ticket_code in to_new
    assert "Anna Nowak" in to_new
    assert "cid:" in to_new
    assert "METHOD:REQUEST" in to_new
    assert "ola@example.org" in to_new[to_new.index("BEGIN:VCALENDAR") :]
    assert "/r/" not in to_old
    assert "Wrona" not in to_old
    assert "METHOD:CANCEL" in to_old
    # Who comes along has nothing to do with it.
    assert read_by("ewa@example.org") == []


@pytest.mark.parametrize("guests", [(), (EWA,)])
def test_the_old_person_reads_the_same_whether_the_new_one_is_registered_or_not(guests):
    told = []
    for number, is_registered in enumerate((False, True)):
        event = make_group_event(f"spotkanie-{number}")
        before = entered(event, make_applicant("ola@example.org"), at=NOW)
        if not is_registered:
            cancel_registration(before, by=None, at=NOW)
        email = f"anna{number}@example.org"
        passed_on(event, *guests, email=email)
        ((kind, text),) = read_by(email)
        uid = event.sessions.get().uid
        told.append((kind, text.replace(str(uid), "uid").replace(event.slug, "slug").replace(email, "email")))

    assert told[0] == told[1]


def test_neither_page_nor_copy_shows_what_was_the_old_persons():
    event = make_group_event()
    party, _people = party_of(event, EWA, email="anna@example.org")
    party.needs.create(kind="pjm", note="Proszę", created_at=NOW)
    tell(NOW)
    before = messages_to([party])
    substitute_contact(party, guest=OLA, by=None, at=LATER)
    tell(LATER)

    facts, (data,) = own_page_facts(fresh(party)), personal_data([party])
    said = str(data_as_json(data))

    assert [message.kind for message in before] == ["confirmed"]
    assert [message.kind for message in messages_to([party])] == ["registration_taken_over"]
    assert [change.cause for change in facts.history] == ["member_substituted"]
    assert "pjm" not in said
    assert "anna@example.org" not in said
    assert "ewa@example.org" in said


def test_who_never_passed_anything_on_sees_everything():
    party, _people = party_of(make_group_event(), EWA)
    party.needs.create(kind="pjm", created_at=NOW)
    tell(NOW)

    (data,) = personal_data([party])

    assert len(data.needs) == 1
    assert len(own_page_facts(party).history) == len(data.changes) == 1
    assert len(messages_to([party])) == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (S.WAITLISTED, "The state of the registration: On the reserve list."),
        (S.OFFERED, "A seat is kept for you until"),
    ],
)
def test_who_takes_over_what_has_no_seat_yet_reads_where_it_stands(state, said):
    party = make_registration(make_event(), email="anna@example.org", state=state, language="en")

    substitute_contact(party, guest=OLA, by=None, at=LATER)
    tell(LATER)

    ((kind, text),) = read_by("ola@example.org")
    assert kind == "registration_taken_over"
    assert said in text
    assert "because Anna Nowak passed a registration for this event on to you" in text
    assert "cid:" not in text
    assert "BEGIN:VCALENDAR" not in text
    assert fresh(party).ticket_code not in text
    assert read_by("anna@example.org") == []


def of_anna(party) -> tuple[set[str], set[str]]:
    """What is left of Anna as somebody who was replaced, and in the messages that she got."""
    former = PartyMember.objects.get(registration=party, state=MemberState.REPLACED)
    hers = Message.objects.filter(event=party.event).exclude(kind="registration_taken_over")
    said = hers.values_list("to", "subject", "body", "html", "calendar")
    return {former.first_name, former.last_name, former.email}, {text for row in said for text in row}


def test_who_passed_it_on_is_forgotten_once_the_mail_is_of_no_use_any_more():
    party, held = (passed_on(make_group_event(), email=f"anna{number}@example.org") for number in range(2))
    Event.objects.filter(pk=held.event_id).update(legal_hold="Sprawa")
    code = PartyMember.objects.get(registration=party).ticket_code

    run_retention(at=LATER + timedelta(days=7, hours=23))
    assert of_anna(party)[0] == {"Anna", "Nowak", "anna0@example.org"}
    counts = run_retention(at=LATER + timedelta(days=8)).counts

    assert counts["replaced"] == 1
    assert of_anna(party) == ({""}, {""})
    assert PartyMember.objects.get(registration=party).ticket_code == code
    assert of_anna(held)[0] == {"Anna", "Nowak", "anna1@example.org"}
    assert Message.objects.get(event=party.event, kind="registration_taken_over").to == "ola@example.org"


def test_who_passed_it_on_is_forgotten_at_once_when_they_ask():
    party, held = (passed_on(make_group_event(), email="anna@example.org") for _number in range(2))
    Event.objects.filter(pk=held.event_id).update(legal_hold="Sprawa")

    kept = erase_person(email_key("anna@example.org"), at=LATER)

    assert kept == [held.event]
    assert of_anna(party) == ({""}, {""})
    assert of_anna(held)[0] == {"Anna", "Nowak", "anna@example.org"}
    assert fresh(party).participant.full_name == "Ola Wrona"
    assert fresh(party).erased_at is None
