"""The door: one answer for every code, found by name, taken back, counted; and the code that a camera opens."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.enums import AccessKind, Role, Visibility
from events.models import AccessLog
from registrations.actions.parties import cancel_contact, substitute_member
from registrations.actions.signing_up import Guest
from registrations.enums import Attendance, CheckInKind, CheckInSource, RegistrationState
from registrations.models import CheckIn, HeadcountEntry, Registration
from registrations.queries.at_the_door import people_at_the_door
from tests.make import make_event, make_registration, make_unit, make_user
from tests.make.events import NOW, make_session
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

DOOR = "/en/manage/events/meeting/door/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def event():
    return make_event("meeting", title="Spotkanie")


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user("drzwi@example.org", role=Role.DOOR))
    return client


def verdict(response):
    """The large word of the answer and the colour it stands in."""
    page = response.content.decode()
    found = re.search(r'class="answer (\w+)".*?class="verdict">\s*(.*?)\s*</p>', page, re.DOTALL)
    return (found[1], found[2]) if found else None


def nonce_of(response):
    found = re.search(r'name="nonce" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def post_code(client, code):
    return client.post(DOOR, {"code": code, "nonce": nonce_of(client.get(DOOR))})


def test_a_code_lets_its_person_in_once(client, event):
    person = make_registration(event, first_name="Anna", last_name="Żółć", category=None)

    first = post_code(client, f" {person.ticket_code.lower()} ")
    second = post_code(client, person.ticket_code)

    assert verdict(first) == ("admitted", "Come in")
    assert "Anna Żółć" in first.content.decode()
    assert verdict(second) == ("already_present", "Already inside")
    assert "by drzwi@example.org" in second.content.decode()
    assert set(CheckIn.objects.values_list("source", flat=True)) == {CheckInSource.QR}


def test_the_same_tap_sent_again_gets_the_same_answer(client, event):
    person = make_registration(event)
    tap = {"code": person.ticket_code, "nonce": nonce_of(client.get(DOOR))}

    answers = [verdict(client.post(DOOR, tap)), verdict(client.post(DOOR, tap))]

    assert answers == [("admitted", "Come in")] * 2
    assert CheckIn.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (RegistrationState.WAITLISTED, ("waitlisted", "No seat yet")),
        (RegistrationState.CANCELLED_BY_PARTICIPANT, ("cancelled", "Registration cancelled")),
        (RegistrationState.EXPIRED, ("cancelled", "Registration cancelled")),
        (RegistrationState.HELD, ("admitted", "Come in")),
    ],
)
def test_every_state_has_its_answer(client, event, state, expected):
    person = make_registration(event, state=state)

    assert verdict(post_code(client, person.ticket_code)) == expected
    assert CheckIn.objects.exists() == (expected[0] == "admitted")


def test_a_code_nobody_has_is_unknown(client, event):
    assert verdict(post_code(client, "NONSENSE")) == ("unknown", "No such code")


def test_somebody_of_another_event_is_sent_to_it_but_a_restricted_one_is_not_named(client, event):
    public = make_registration(make_event(title="Drugie spotkanie", unit=make_unit("inny")))
    restricted = make_registration(
        make_event(title="Tajne spotkanie", unit=make_unit("inny"), visibility=Visibility.RESTRICTED)
    )

    named, unnamed = (post_code(client, person.ticket_code) for person in (public, restricted))

    assert verdict(named) == verdict(unnamed) == ("wrong_event", "Another event")
    assert "Drugie spotkanie" in named.content.decode() or "Trial meeting" in named.content.decode()
    assert "The registration is for another event of another unit." in unnamed.content.decode()
    assert not CheckIn.objects.exists()


def test_people_are_found_by_name_without_diacritics_and_checked_in(client, event):
    person = make_registration(event, first_name="Anna", last_name="Zolc")
    make_registration(event, first_name="Jan", last_name="Kowalski")
    page = client.get(f"{DOOR}?q=Żół")
    tap = re.search(r'value="([^"]+)">\s*<input type="hidden" name="reference" value="([^"]+)"', page.content.decode())

    assert [found.registration for found, _nonce in page.context["people"]] == [person]
    assert tap
    answer = client.post(DOOR, {"nonce": tap[1], "reference": tap[2]})

    assert verdict(answer) == ("admitted", "Come in")
    assert CheckIn.objects.get().source == CheckInSource.SEARCH


def test_somebody_who_is_here_is_found_and_the_admission_can_be_taken_back(client, event):
    person = make_registration(event, last_name="Nowak")
    post_code(client, person.ticket_code)
    page = client.get(f"{DOOR}?q=nowak")

    answer = client.post(DOOR, {"nonce": nonce_of(page), "reference": person.reference})

    assert "Here" in page.content.decode()
    assert verdict(answer) == ("already_present", "Already inside")
    assert answer.context["undo"].initial == {"reference": person.reference, "member": None}


def test_a_search_that_finds_people_is_one_look(client, event):
    for _person in range(2):
        make_registration(event, last_name="Nowak")

    for words in ("nowak", "nikt", ""):
        client.get(f"{DOOR}?q={words}")

    rows = AccessLog.objects.values_list("kind", "event", "about", "people")
    assert list(rows) == [(AccessKind.REGISTRATIONS, event.pk, "door", 2)]


def test_one_letter_lists_nobody(client, event):
    make_registration(event, last_name="Kowalska")

    assert client.get(f"{DOOR}?q=k").context["people"] == []


def test_the_door_shows_no_address_and_no_number(client, event):
    make_registration(event, email="anna@example.org", phone="+48600100200", last_name="Nowak")

    page = client.get(f"{DOOR}?q=nowak").content.decode()

    assert "Nowak" in page
    assert "anna@example.org" not in page
    assert "600100200" not in page.replace(" ", "")


def test_an_admission_is_taken_back_with_a_reason(client, event):
    person = make_registration(event)
    post_code(client, person.ticket_code)

    without = client.post(f"{DOOR}undo/", {"reference": person.reference, "reason": ""}, follow=True)
    person.refresh_from_db()
    assert person.attendance == Attendance.PRESENT
    client.post(f"{DOOR}undo/", {"reference": person.reference, "reason": "Pomyłka"})
    again = client.post(f"{DOOR}undo/", {"reference": person.reference, "reason": "Pomyłka"}, follow=True)

    person.refresh_from_db()
    assert "Say why the admission is taken back." in without.content.decode()
    assert "This admission has been taken back already." in again.content.decode()
    assert person.attendance == Attendance.NOT_RECORDED
    assert list(CheckIn.objects.values_list("kind", "reason")) == [
        (CheckInKind.ADMIT, ""),
        (CheckInKind.VOID, "Pomyłka"),
    ]


def test_undoing_somebody_of_another_event_is_404(client, event):
    other = make_registration(make_event())

    assert client.post(f"{DOOR}undo/", {"reference": other.reference, "reason": "x"}).status_code == 404


def test_people_are_counted_without_names_each_tap_once(client):
    make_event("meeting", required=False)
    tap = {"delta": "5", "nonce": nonce_of(client.get(DOOR))}

    client.post(f"{DOOR}headcount/", tap)
    client.post(f"{DOOR}headcount/", tap)
    client.post(f"{DOOR}headcount/", {"delta": "-1", "nonce": "another"})
    below = client.post(f"{DOOR}headcount/", {"delta": "-5", "nonce": "third"}, follow=True)
    client.post(f"{DOOR}headcount/", {"delta": "400", "nonce": "fourth"})

    assert list(HeadcountEntry.objects.values_list("delta", flat=True)) == [5, -1]
    assert below.context["figures"].headcount == 4
    assert "Nobody is left to be taken off the count." in below.content.decode()


def test_the_door_asks_the_same_number_of_queries_for_one_and_for_three(client, event):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{DOOR}?q=nowak")
        return len(queries)

    make_registration(event, last_name="Nowak")
    count()
    before = count()
    make_registration(event, last_name="Nowak", category="business")
    make_registration(event, last_name="Nowak", category="media")

    assert count() == before


@pytest.mark.parametrize(
    ("starts", "note"),
    [
        ([19], "This meeting is on Sunday, 31 January 2027, in 19 days."),
        ([-30, 1], "This meeting is on Wednesday, 13 January 2027, in 1 day."),
        ([-2], "This meeting was on Sunday, 10 January 2027, 2 days ago."),
        ([-1, 0, 1], ""),
    ],
)
def test_the_door_of_another_day_says_so_and_still_opens(client, starts, note):
    first, *others = [NOW + timedelta(days=days) for days in starts]
    event = make_event("meeting", starts_at=first)
    for starts_at in others:
        make_session(event, starts_at=starts_at)
    person = make_registration(event)

    pages = [client.get(DOOR), client.get(f"/t/{person.ticket_code}", headers={"accept-language": "en"})]

    for page in pages:
        said = re.findall(r"This meeting (?:is|was) on [^<]*", page.content.decode())
        assert said == ([note] if note else [])
    assert verdict(post_code(client, person.ticket_code)) == ("admitted", "Come in")


# What a phone's camera opens


def test_a_get_never_checks_in_and_the_button_does(client, event):
    person = make_registration(event, first_name="Anna", last_name="Nowak")
    address = f"/t/{person.ticket_code}"

    page = client.get(address)
    assert (page.status_code, "Anna Nowak" in page.content.decode()) == (200, True)
    assert not CheckIn.objects.exists()
    answer = client.post(address, {"nonce": nonce_of(page)}, headers={"accept-language": "en"})

    assert verdict(answer) == ("admitted", "Come in")
    assert CheckIn.objects.get(by__email="drzwi@example.org").kind == CheckInKind.ADMIT


def test_everybody_else_gets_the_same_plain_word_for_every_code(event):
    person = make_registration(event, first_name="Anna", last_name="Nowak")
    auditor, stranger = Client(), Client()
    auditor.force_login(make_user(role=Role.AUDITOR))
    stranger.force_login(make_user(unit=make_unit("inny"), role=Role.DOOR))

    def plain(client, code, method="get"):
        response = getattr(client, method)(f"/t/{code}")
        assert response.status_code == 200
        return re.sub(r'(csrfmiddlewaretoken" value|next)="?=?[^"]+"', "", response.content.decode()).replace(code, "")

    for client in (Client(), auditor, stranger):
        pages = {
            plain(client, person.ticket_code),
            plain(client, "NONSENSE"),
            plain(client, person.ticket_code, "post"),
        }
        assert len(pages) == 1
        assert "Nowak" not in pages.pop()
    assert not CheckIn.objects.exists()
    assert Registration.objects.get().attendance == Attendance.NOT_RECORDED


def test_the_plain_word_is_in_the_language_of_the_phone(event):
    response = Client().get("/t/NONSENSE", headers={"accept-language": "en"})

    assert response["Content-Language"] == "en"
    assert "Entry code" in response.content.decode()
    assert "Accept-Language" in response["Vary"]


def buttons(response):
    """Whom the page offers to check in, with what a press of the button sends."""
    form = re.compile(
        r'name="nonce" value="([^"]+)">\s*<input type="hidden" name="reference" value="([^"]+)">\s*'
        r'(?:<input type="hidden" name="member" value="(\d+)">)?\s*<button[^>]*>(.*?)<span class="visually-hidden">: (.*?)<',
        re.DOTALL,
    )
    names = ("nonce", "reference", "member", "label", "who")
    return [dict(zip(names, found, strict=True)) for found in form.findall(response.content.decode())]


def press(client, button):
    return client.post(DOOR, {name: button[name] for name in ("nonce", "reference", "member")})


def test_one_of_a_party_is_found_by_name_and_each_is_checked_in_alone(client):
    event = make_group_event("meeting")
    party, _people = party_of(event, EWA, JAN)

    page = client.get(f"{DOOR}?q=zając")
    offered = buttons(page)
    answer = press(client, offered[2])
    undo = answer.context["undo"].initial
    rest = [(button["label"], button["who"]) for button in buttons(answer)]
    client.post(f"{DOOR}undo/", {**undo, "reason": "Pomyłka"})

    assert [button["who"] for button in offered] == ["Anna Nowak", "Ewa Lis", "Jan Zając"]
    assert "with Anna Nowak" in page.content.decode()
    assert verdict(answer) == ("admitted", "Come in")
    assert "Jan Zając" in answer.content.decode().split('class="who">')[1][:20]
    assert rest == [("Check in", "Anna Nowak"), ("Check in", "Ewa Lis"), ("Here", "Jan Zając")]
    assert list(CheckIn.objects.values_list("kind", "member__first_name")) == [("admit", "Jan"), ("void", "Jan")]
    assert not party.members.exclude(attendance=Attendance.NOT_RECORDED).exists()


def test_who_does_not_come_is_not_offered_and_their_code_says_so(client):
    event = make_group_event("meeting")
    party, (ewa, jan) = party_of(event, EWA, JAN)
    cancel_contact(party, by=None, at=NOW)
    substitute_member(jan, guest=Guest("Ola", "Wrona"), by=None, at=NOW)

    page = client.get(f"{DOOR}?q=nowak")
    verdicts = [verdict(post_code(client, row.ticket_code)) for row in (party, jan, ewa)]

    assert [button["who"] for button in buttons(page)] == ["Ewa Lis", "Ola Wrona"]
    assert verdicts == [
        ("cancelled", "Does not come"),
        ("cancelled", "Somebody else comes instead"),
        ("admitted", "Come in"),
    ]
    assert client.get(DOOR).context["figures"].present == 1


def test_a_member_of_another_party_is_not_there(client):
    event = make_group_event("meeting")
    party, _ewa = party_of(event, EWA)
    _other, (jan,) = party_of(event, JAN)
    tap = {"nonce": "n1", "reference": party.reference, "member": jan.pk}

    assert verdict(client.post(DOOR, tap)) == ("unknown", "No such code")
    assert client.post(f"{DOOR}undo/", {**tap, "reason": "x"}).status_code == 404


def test_the_code_of_a_party_member_opens_their_own_ticket_page(client):
    event = make_group_event("meeting")
    _party, (ewa,) = party_of(event, EWA)

    page = client.get(f"/t/{ewa.ticket_code}", headers={"accept-language": "en"})
    answer = client.post(f"/t/{ewa.ticket_code}", {"nonce": "n1"}, headers={"accept-language": "en"})

    assert "Ewa Lis" in page.content.decode()
    assert "with Anna Nowak" in page.content.decode()
    assert verdict(answer) == ("admitted", "Come in")
    assert CheckIn.objects.get().member == ewa
    assert "Ewa" not in Client().get(f"/t/{ewa.ticket_code}").content.decode()


@pytest.mark.parametrize("parties", [1, 3])
def test_the_search_costs_the_same_however_many_parties_it_finds(parties, django_assert_num_queries):
    event = make_group_event("meeting")
    for _party in range(parties):
        party_of(event, EWA, JAN)

    with django_assert_num_queries(2):
        assert len([person.full_name for person in people_at_the_door(event, q="nowak")]) == 3 * parties


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("zolc", ["Ewa Lis", "Łucja Żółć"]),
        ("ŻÓŁĆ łu", ["Ewa Lis", "Łucja Żółć"]),
        ("luc", ["Ewa Lis", "Łucja Żółć"]),
        ("lis", ["Ewa Lis", "Łucja Żółć"]),
        ("strasse", ["Jörg Straße"]),
        ("JORG", ["Jörg Straße"]),
        ("Їжак", ["Йосип Їжак"]),
        ("іжак йоси", ["Йосип Їжак"]),
        ("їжа", ["Йосип Їжак"]),
        ("i", []),
        ("nikt", []),
    ],
)
def test_names_are_found_however_they_are_typed(q, found):
    event = make_group_event("meeting")
    party, _ewa = party_of(event, EWA, first_name="Łucja", last_name="Żółć")
    party.participant.refresh_from_db()
    for first_name, last_name in (("Jörg", "Straße"), ("Йосип", "Їжак")):
        party_of(event, first_name=first_name, last_name=last_name)

    assert sorted(person.full_name for person in people_at_the_door(event, q=q)) == sorted(found)


def test_people_are_found_by_number_and_by_the_beginning_of_a_code():
    event = make_group_event("meeting")
    party, (ewa,) = party_of(event, EWA)
    other, _people = party_of(event, JAN)
    Registration.objects.filter(pk=party.pk).update(ticket_code="ABCD2345", reference="WXYZ6789")
    Registration.objects.filter(pk=other.pk).update(ticket_code="ABCE2345", reference="WXTZ6789")
    party.members.update(ticket_code="KMNP2345")

    def of(q):
        return {person.registration.pk for person in people_at_the_door(event, q=q)}

    assert of("abc") == {party.pk, other.pk}
    assert of(" abcd-23") == of("АВСD2345") == of("wxyz") == of("kmn") == of(ewa.first_name) == {party.pk}
    assert of("bcd") == of("ABCD23456") == set()
    assert not people_at_the_door(make_event(), q="ABCD2345")
