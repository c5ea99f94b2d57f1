"""What organisers do with single registrations over the API."""

import pytest
import time_machine

from events.enums import AccessKind, Role
from events.models import AccessLog
from registrations.enums import RegistrationState
from registrations.models import AccommodationRequest, Registration, RegistrationChange
from tests.make import Program, make_event, make_member, make_question, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/registrations/"
S = RegistrationState


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner():
    return Program(make_user("ola@example.org", role=Role.OWNER))


def happenings(program, registration) -> list[tuple[str, str | None, str]]:
    history = program.get(f"{URL}{registration.reference}/").json()["history"]
    return [(line["cause"], line["by"], line["reason"]) for line in history]


def test_somebody_on_the_phone_is_registered_with_everything_they_say(owner):
    event = make_event("debata", categories=[("business", 5)], sessions=2)
    event.policy.group_max = 3
    event.policy.save()
    question = make_question(event)
    session = event.sessions.first()
    assert session is not None

    answer = owner.post(
        URL,
        {
            "source": "phone",
            "first_name": "Ewa",
            "last_name": "Lis",
            "phone": "+48600100200",
            "category": "business",
            "sessions": [session.pk],
            "party": [{"first_name": "Jan", "last_name": "Lis"}],
            "answers": {str(question.pk): "Zupa"},
            "accommodation": [{"kind": "pjm", "note": ""}],
            "language": "uk",
            "sms_reminders": True,
            "note": "Dzwoniła o 9",
        },
    )

    said = answer.json()
    assert answer.status_code == 201
    assert (said["state"], said["source"], said["email"], said["phone"], said["language"], said["seats"]) == (
        "confirmed", "phone", "", "+48600100200", "uk", 2,
    )  # fmt: skip
    assert [member["first_name"] for member in said["party"]] == ["Jan"]
    assert (said["sessions"], said["answers"]) == ([session.pk], {str(question.pk): "Zupa"})
    assert [(line["cause"], line["by"], line["reason"]) for line in said["history"]] == [
        ("signed_up", "ola@example.org", "Dzwoniła o 9")
    ]
    assert AccommodationRequest.objects.get().kind == "pjm"
    assert "accommodation" not in said


def test_staff_are_told_who_is_registered_already(owner):
    event = make_event("debata")
    own = make_registration(event, email="ewa@example.org")
    body = {"source": "paper", "first_name": "Ewa", "last_name": "Lis", "email": "ewa@example.org"}

    refused = owner.post(URL, body)

    assert (refused.status_code, refused.json()["code"]) == (409, "already_registered")
    assert refused.json()["reference"] == own.reference
    assert list(owner.post(URL, {**body, "source": "web"}).json()["errors"]) == ["source"]
    assert list(owner.post(URL, {"first_name": "Ewa"}).json()["errors"]) == ["last_name", "source"]


def test_details_and_address_are_put_right_in_one_go(owner):
    event = make_event("debata")
    question = make_question(event)
    registration = make_registration(event, email="ana@example.org")
    address = f"{URL}{registration.reference}/"

    changed = owner.patch(
        address,
        {
            "first_name": "Joanna",
            "email": "anna@example.org",
            "phone": "600100200",
            "sms_reminders": True,
            "answers": {str(question.pk): "Zupa"},
        },
    )

    assert changed.status_code == 200
    assert {name: changed.json()[name] for name in ("first_name", "email", "sms_reminders")} == {
        "first_name": "Joanna",
        "email": "anna@example.org",
        "sms_reminders": True,
    }
    assert happenings(owner, registration) == [
        ("address_corrected", "ola@example.org", ""),
        ("edited", "ola@example.org", ""),
    ]
    refused = owner.patch(address, {"phone": "7", "accommodation": []})
    assert list(refused.json()["errors"]) == ["accommodation"]
    assert list(owner.patch(address, {"phone": "7"}).json()["errors"]) == ["phone"]


def test_a_seat_is_given_with_a_reason_and_over_the_number_of_seats_by_force(owner):
    event = make_event("debata", capacity=1)
    taken = make_registration(event)
    waiting = make_registration(event, state=S.WAITLISTED)
    address = f"{URL}{waiting.reference}/promote/"
    editor = Program(make_user(role=Role.EDITOR))

    answers = [
        editor.post(address, {"reason": ""}),
        editor.post(address, {"reason": "Prelegent"}),
        editor.post(address, {"reason": "Prelegent", "force": True}),
    ]
    assert [(answer.status_code, answer.json().get("code")) for answer in answers] == [
        (409, "reason_missing"),
        (409, "event_full"),
        (404, "not_found"),
    ]
    forced = owner.post(address, {"reason": "Prelegent", "force": True})

    assert (forced.status_code, forced.json()["state"]) == (200, "confirmed")
    assert happenings(owner, waiting) == [("forced_in", "ola@example.org", "Prelegent")]
    pool = event.pools.get()
    assert (pool.taken, pool.overbooked, pool.waiting) == (2, 1, 0)
    assert Registration.objects.get(pk=taken.pk).state == S.CONFIRMED


def test_applications_are_accepted_or_rejected_with_a_reason(owner):
    event = make_event("debata", capacity=5)
    yes, no = (make_registration(event, state=S.AWAITING_APPROVAL) for _person in range(2))
    Registration.objects.update(address_confirmed_at=NOW)

    accepted = [owner.post(f"{URL}{yes.reference}/approve/") for _time in range(2)]
    silent = owner.post(f"{URL}{no.reference}/reject/")
    rejected = owner.post(f"{URL}{no.reference}/reject/", {"reason": "Poza Lublinem"})

    assert [answer.json()["state"] for answer in accepted] == ["confirmed"] * 2
    assert (silent.status_code, list(silent.json()["errors"])) == (400, ["reason"])
    assert rejected.json()["state"] == "rejected"
    assert RegistrationChange.objects.filter(cause="approved").count() == 1
    assert happenings(owner, no) == [("rejected", "ola@example.org", "Poza Lublinem")]
    assert owner.post(f"{URL}{no.reference}/approve/").json()["code"] == "not_active"


def test_a_registration_of_another_event_is_not_here(owner):
    make_event("debata")
    foreign = make_registration(make_event("inna"))

    answers = [
        owner.patch(f"{URL}{foreign.reference}/", {"first_name": "Ewa"}),
        *(owner.post(f"{URL}{foreign.reference}/{what}/", {}) for what in ("promote", "approve", "reject")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4


def test_whoever_acts_sees_the_person_and_that_is_one_look(owner):
    event = make_event("debata", capacity=5)
    yes, no = (make_registration(event, state=S.AWAITING_APPROVAL) for _person in range(2))
    waiting = make_registration(event, state=S.WAITLISTED)
    party = make_registration(event, seats=3)
    member, other = make_member(party), make_member(party)

    for registration, what, body in [
        (yes, "approve/", {}),
        (no, "reject/", {"reason": "Poza Lublinem"}),
        (waiting, "promote/", {"reason": "Prelegent"}),
        (party, f"party/{member.pk}/cancel/", {}),
        (party, f"party/{other.pk}/substitute/", {"first_name": "Ewa", "last_name": "Lis"}),
        (waiting, "cancel/", {}),
    ]:
        assert owner.post(f"{URL}{registration.reference}/{what}", body).status_code == 200
    owner.patch(f"{URL}{party.reference}/", {"organisation": "Klub"})
    owner.post(f"{URL}{no.reference}/approve/")

    rows = AccessLog.objects.order_by("id").values_list("user__email", "kind", "event", "about", "people")
    assert list(rows) == [
        ("ola@example.org", AccessKind.REGISTRATION, event.pk, reference, people)
        for reference, people in [
            (yes.reference, 1),
            (no.reference, 1),
            (waiting.reference, 1),
            (party.reference, 3),
            (party.reference, 4),
            (waiting.reference, 1),
            (party.reference, 4),
        ]
    ]


def test_whether_the_contact_comes_is_said_once(owner):
    registration = make_registration(make_event("debata"), seats=2)
    make_member(registration)
    Registration.objects.filter(pk=registration.pk).update(contact_comes=False, seats=1)

    shown = owner.get(f"{URL}{registration.reference}/").json()

    assert (shown["contact_comes"], "comes" in shown) == (False, False)
