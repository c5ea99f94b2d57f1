"""The people of one's party behind the own door, and what an application is told there."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from registrations.actions.approvals import reject_registration
from registrations.actions.moves import confirm_registration
from registrations.actions.parties import cancel_contact, cancel_member, substitute_member
from registrations.actions.signing_up import Guest
from registrations.enums import Attendance, MemberState, RegistrationState
from registrations.models import PartyMember, Registration
from tests.make import make_applicant, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import entered, fresh
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]

OLA = {"first_name": "Ola", "last_name": "Wrona", "email": "ola@example.org"}
LATE = NOW + timedelta(days=99)


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def door(registration: Registration, rest: str = "") -> str:
    return f"/en/r/{fresh(registration).manage_token}/{rest}"


def of(member: PartyMember, act: str) -> str:
    return f"party/{member.pk}/{act}/"


def page(client: Client, registration: Registration, rest: str = "") -> str:
    return client.get(door(registration, rest)).content.decode()


def test_the_page_shows_everybody_with_their_state_and_code(client: Client) -> None:
    party, (ewa, jan) = party_of(make_group_event(), EWA, JAN)
    newcomer = substitute_member(ewa, guest=Guest("Ola", "Wrona"), by=None, at=NOW)
    cancel_member(jan, by=None, at=NOW)

    html = page(client, party)

    assert "You all have seats" in html
    assert all(name in html for name in ("Anna Nowak", "Ewa Lis", "Jan Zając", "Ola Wrona"))
    assert html.count("<svg") == 2
    assert newcomer.ticket_code in html
    assert ewa.ticket_code not in html
    assert "ewa@example.org" not in html
    assert "Entry code of Ola Wrona as a QR code" in html
    assert "This is about all 2 of you." in page(client, party, "cancel/")


def test_who_waits_sees_no_codes(client: Client) -> None:
    party, (ewa,) = party_of(make_group_event(capacity=1), EWA)

    html = page(client, party)

    assert "When there are seats for all of you, we write to you." in html
    assert ewa.ticket_code not in html
    assert "Ewa Lis" in html


def test_nobody_leaves_without_being_asked_and_one_click_is_enough(client: Client) -> None:
    party, (ewa,) = party_of(make_group_event(), EWA)

    asked = page(client, party, of(ewa, "cancel"))
    before = PartyMember.objects.get().state
    responses = [client.post(door(party, of(ewa, "cancel"))) for _twice in range(2)]

    assert "Yes, Ewa Lis does not come" in asked
    assert before == MemberState.COMING
    assert [(response.status_code, response["Location"]) for response in responses] == [(302, door(party))] * 2
    assert (PartyMember.objects.get().state, fresh(party).seats) == (MemberState.CANCELLED, 1)
    assert client.get(door(party, of(ewa, "cancel"))).status_code == 302
    assert client.get(door(party, of(ewa, "substitute"))).status_code == 302


def test_whoever_registered_stays_at_home_and_looks_after_the_others(client: Client) -> None:
    party, (ewa,) = party_of(make_group_event(), EWA)

    asked = page(client, party, "leave/")
    response = client.post(door(party, "leave/"))
    html = page(client, party)

    assert "you keep looking after them" in asked
    assert response.status_code == 302
    assert "The others have seats; you do not come yourself" in html
    assert (party.ticket_code in html, ewa.ticket_code in html) == (False, True)
    assert client.get(door(party, "leave/")).status_code == 302
    assert "the whole registration is cancelled" in page(client, party, of(ewa, "cancel"))


def test_somebody_else_comes_instead(client: Client) -> None:
    party, (ewa,) = party_of(make_group_event(), EWA)

    asked = page(client, party, of(ewa, "substitute"))
    wrong = client.post(door(party, of(ewa, "substitute")), {**OLA, "first_name": "", "email": "x"})
    unseen = client.post(door(party, of(ewa, "substitute")), {**OLA, "last_name": "www.example.org/a"})
    response = client.post(door(party, of(ewa, "substitute")), OLA)

    assert "Who comes instead of Ewa Lis?" in asked
    assert (wrong.status_code, unseen.status_code) == (400, 400)
    assert wrong.content.decode().count("Give the first name.") == 2
    assert 'id="id_email_error"' in wrong.content.decode()
    assert 'id="id_last_name_error"' in unseen.content.decode()
    assert response["Location"] == door(party)
    assert list(PartyMember.objects.values_list("first_name", "state")) == [("Ewa", "replaced"), ("Ola", "coming")]


def test_a_registration_is_passed_on_and_the_old_door_is_closed(client: Client) -> None:
    party, _nobody = party_of(make_group_event(), email="anna@example.org")
    old = door(party)

    asked = client.get(f"{old}substitute/").content.decode()
    wrong = client.post(f"{old}substitute/", {**OLA, "email": ""})
    response = client.post(f"{old}substitute/", OLA)

    assert "Who comes instead of you?" in asked
    assert "Give an e-mail address: the link to the registration goes there." in wrong.content.decode()
    assert (wrong.status_code, response.status_code) == (400, 200)
    assert "We write to <strong>ola@example.org</strong>." in response.content.decode()
    assert fresh(party).manage_token not in response.content.decode()
    assert client.get(old).status_code == 404
    html = page(client, party)
    assert "Ola Wrona" in html
    assert "anna@example.org" not in html


def test_whoever_is_registered_already_is_not_told_of(client: Client) -> None:
    event = make_group_event()
    entered(event, make_applicant("ola@example.org"))
    parties = [party_of(event, EWA, email=f"anna{number}@example.org")[0] for number in range(2)]

    answers = [
        client.post(door(party, "substitute/"), {**OLA, "email": email})
        for party, email in zip(parties, ("ola@example.org", "iga@example.org"), strict=True)
    ]

    texts = [answer.content.decode().replace("iga@", "ola@") for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200]
    # The page has the address of the request in its links to the other languages.
    plain = [text.replace(party.manage_token, "token") for text, party in zip(texts, parties, strict=True)]
    assert plain[0] == plain[1]


def test_what_is_refused_says_why_and_changes_nothing(client: Client) -> None:
    party, (ewa,) = party_of(make_group_event(), EWA)
    PartyMember.objects.update(attendance=Attendance.PRESENT)
    Registration.objects.update(attendance=Attendance.PRESENT)

    responses = [
        client.post(door(party, rest), OLA)
        for rest in (of(ewa, "cancel"), of(ewa, "substitute"), "leave/", "substitute/")
    ]

    assert [response.status_code for response in responses] == [409] * 4
    assert all("This person has checked in" in response.content.decode() for response in responses)
    assert (fresh(party).seats, fresh(party).link_generation) == (2, 1)
    assert "/substitute/" not in page(client, party)


def test_after_the_end_nothing_of_it_is_offered(client: Client) -> None:
    party, _ewa = party_of(make_group_event(), EWA)

    with time_machine.travel(LATE, tick=False):
        html = page(client, party)

    assert "Ewa Lis" in html
    assert "/substitute/" not in html
    assert "Does not come" not in html


def test_of_what_has_ended_nobody_leaves(client: Client) -> None:
    party, (ewa,) = party_of(make_group_event(), EWA)
    client.post(door(party, "cancel/"))

    answers = [client.get(door(party, rest)) for rest in ("leave/", "substitute/", of(ewa, "cancel"))]

    assert [answer.status_code for answer in answers] == [302] * 3


def test_people_of_other_parties_are_not_there_and_the_key_is_kept(client: Client) -> None:
    event = make_group_event()
    party, _ewa = party_of(event, EWA)
    _other, (jan,) = party_of(event, JAN)

    for act in ("cancel", "substitute"):
        for response in (client.get(door(party, of(jan, act))), client.post(door(party, of(jan, act)), OLA)):
            assert response.status_code == 404
            assert response["Referrer-Policy"] == "no-referrer"
            assert response["Cache-Control"] == "private, no-store"
    assert jan.state == PartyMember.objects.get(pk=jan.pk).state


def test_looking_changes_nothing(client: Client) -> None:
    party, (ewa,) = party_of(make_group_event(), EWA)
    before = fresh(party)

    for rest in ("leave/", "substitute/", of(ewa, "cancel"), of(ewa, "substitute")):
        assert client.get(door(party, rest)).status_code == 200
        assert client.head(door(party, rest)).status_code == 200

    assert (fresh(party).seats, fresh(party).link_generation, PartyMember.objects.count()) == (before.seats, 1, 1)


def test_an_application_is_confirmed_and_taken_back_from_the_page(client: Client) -> None:
    event = make_group_event(approval=True, approval_holds_seat=True, confirm_email=True)
    application, _nobody = party_of(event)

    first = page(client, application)
    client.post(door(application, "confirm/"))
    second = page(client, application)
    asked = page(client, application, "cancel/")
    client.post(door(application, "cancel/"))

    assert "We have your application" in first
    assert "A seat is kept for you until then." in first
    assert ("Confirm my address" in first, "Confirm my address" in second) == (True, False)
    assert "Take the application back" in second
    assert "Take the application back?" in asked
    assert fresh(application).state == RegistrationState.CANCELLED_BY_PARTICIPANT


def test_who_is_rejected_reads_why(client: Client) -> None:
    application, _nobody = party_of(make_group_event(approval=True))
    reject_registration(application, reason="To spotkanie <jest> dla firm.", by=make_user(), at=NOW)

    html = page(client, application).split("</h2>")[0:2]

    assert "has not accepted your application" in html[0]
    assert "To spotkanie &lt;jest&gt; dla firm." in html[1]


def test_who_has_not_confirmed_the_address_corrects_it_instead(client: Client) -> None:
    party, _ewa = party_of(make_group_event(confirm_email=True), EWA)

    held = page(client, party)
    confirm_registration(party, at=NOW)

    assert "takes the registration over" not in held
    assert "takes the registration over" in page(client, party)


def test_who_only_looks_after_the_others_passes_that_on(client: Client) -> None:
    party, _ewa = party_of(make_group_event(), EWA)
    cancel_contact(party, by=None, at=NOW)

    assert "Who takes the registration over from you?" in page(client, party, "substitute/")


def test_who_registered_alone_sees_no_party(client: Client) -> None:
    alone = make_registration(make_group_event())

    html = page(client, alone)

    assert "Who comes" not in html
    assert "Somebody else comes instead of me" in html
