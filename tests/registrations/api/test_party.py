"""The people of a party over the API: one's own, and somebody's for organisers."""

import pytest
import time_machine

from events.enums import Role
from registrations.enums import RegistrationState
from registrations.models import PartyMember, Registration, RegistrationChange
from tests.make import Program, make_applicant, make_user
from tests.make.events import NOW
from tests.registrations.acts import entered, fresh
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

OLA = {"first_name": "Ola", "last_name": "Wrona", "email": "ola@example.org"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner():
    return Program(make_user("owner@example.org", role=Role.OWNER))


def own(registration: Registration, act: str = "") -> str:
    return f"/api/v1/registrations/{fresh(registration).manage_token}/{act}"


def managed(registration: Registration, act: str = "") -> str:
    return f"/api/v1/manage/events/debata/registrations/{registration.reference}/{act}"


def test_the_own_door_shows_everybody_with_their_code():
    party, (ewa, jan) = party_of(make_group_event(), EWA, JAN)

    said = Program().get(own(party)).json()

    assert said["contact_comes"] is True
    assert said["party"] == [
        {
            "id": ewa.pk,
            "first_name": "Ewa",
            "last_name": "Lis",
            "email": "ewa@example.org",
            "ticket_code": ewa.ticket_code,
            "state": "coming",
            "attendance": "not_recorded",
        },
        {
            "id": jan.pk,
            "first_name": "Jan",
            "last_name": "Zając",
            "email": "",
            "ticket_code": jan.ticket_code,
            "state": "coming",
            "attendance": "not_recorded",
        },
    ]


def test_one_does_not_come_and_another_is_replaced():
    party, (ewa, jan) = party_of(make_group_event(), EWA, JAN)

    gone = [Program().post(own(party, f"party/{jan.pk}/cancel/")) for _twice in range(2)]
    said = Program().post(own(party, f"party/{ewa.pk}/substitute/"), OLA)
    once_more = Program().post(own(party, f"party/{ewa.pk}/substitute/"), OLA)

    assert [(answer.status_code, answer.json()["seats"]) for answer in gone] == [(200, 2)] * 2
    assert [(one["first_name"], one["state"], one["email"]) for one in said.json()["party"]] == [
        ("Ewa", "replaced", ""),
        ("Jan", "cancelled", ""),
        ("Ola", "coming", "ola@example.org"),
    ]
    assert (once_more.status_code, once_more.json()["code"]) == (409, "not_active")


def test_the_person_who_registered_leaves_and_the_last_one_ends_it():
    party, (ewa,) = party_of(make_group_event(), EWA)

    left = Program().post(own(party, "leave/")).json()
    ended = Program().post(own(party, f"party/{ewa.pk}/cancel/")).json()

    assert (left["contact_comes"], left["seats"], left["state"]) == (False, 1, "confirmed")
    assert ended["state"] == "cancelled_by_participant"


def test_a_registration_is_passed_on_with_one_answer_for_every_address():
    event = make_group_event()
    entered(event, make_applicant("iga@example.org"))
    parties = [party_of(event, EWA)[0] for _party in range(2)]
    old = own(parties[0])

    answers = [
        Program().post(own(party, "substitute/"), {**OLA, "email": email})
        for party, email in zip(parties, ("ola@example.org", "iga@example.org"), strict=True)
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert Program().get(old).status_code == 404
    assert Program().get(own(parties[0])).json()["first_name"] == "Ola"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"email": ""}, "email"), ({"first_name": "1"}, "first_name"), ({"phone": "600100200"}, "phone")],
)
def test_what_does_not_fit_is_said_at_its_field(wrong, field):
    party, (ewa,) = party_of(make_group_event(), EWA)

    answer = Program().post(own(party, "substitute/"), {**OLA, **wrong})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert fresh(party).link_generation == 1
    assert PartyMember.objects.get() == ewa


def test_somebody_of_another_party_is_not_there(owner):
    event = make_group_event("debata")
    party, _ewa = party_of(event, EWA)
    _other, (jan,) = party_of(event, JAN)

    for program, address in ((Program(), own), (owner, managed)):
        for act in ("cancel", "substitute"):
            assert program.post(address(party, f"party/{jan.pk}/{act}/"), OLA).status_code == 404


def test_organisers_see_a_party_and_do_the_same_with_a_reason(owner):
    event = make_group_event("debata", capacity=3)
    party, (ewa, jan) = party_of(event, EWA, JAN)
    waiting = entered(event)

    shown = owner.get(managed(party)).json()
    gone = owner.post(managed(party, f"party/{ewa.pk}/cancel/"), {"reason": "Telefon"}).json()
    said = owner.post(managed(party, f"party/{jan.pk}/substitute/"), {**OLA, "email": None}).json()

    assert [one["id"] for one in shown["party"]] == [ewa.pk, jan.pk]
    assert (gone["seats"], fresh(waiting).state) == (2, RegistrationState.CONFIRMED)
    assert [(one["first_name"], one["state"]) for one in said["party"]] == [
        ("Ewa", "cancelled"),
        ("Jan", "replaced"),
        ("Ola", "coming"),
    ]
    rows = RegistrationChange.objects.filter(registration=party).exclude(by=None)
    assert list(rows.values_list("cause", "reason", "by__email")) == [
        ("member_cancelled", "Telefon", "owner@example.org"),
        ("member_substituted", "", "owner@example.org"),
    ]


def test_the_list_costs_the_same_however_many_people_come_along(owner, django_assert_max_num_queries):
    event = make_group_event("debata")
    for _party in range(3):
        party_of(event, EWA, JAN)

    with django_assert_max_num_queries(14):
        rows = owner.get("/api/v1/manage/events/debata/registrations/").json()["results"]

    assert [len(row["party"]) for row in rows] == [2, 2, 2]
