"""A person's own door over the API."""

from datetime import timedelta

import pytest
import time_machine

from events.enums import EventMode
from events.models import Event
from registrations.enums import RegistrationState
from registrations.models import CalendarFeed, Registration, RegistrationChange
from tests.make import Program, make_event, make_question, make_registration
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

KEYS = {"state", "reference", "ticket_code", "position", "sessions", "party", "offer_expires_at", "calendar_url"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def url(registration, act=""):
    return f"/api/v1/registrations/{registration.manage_token}/{act}"


def test_the_key_shows_the_registration_and_nobody_keeps_the_answer():
    event = make_event(sessions=2)
    registration = make_registration(event)

    response = Program().get(url(registration))

    assert response.status_code == 200
    said = response.json()
    assert set(said) >= KEYS
    assert (said["state"], said["reference"]) == ("confirmed", registration.reference)
    assert said["ticket_code"] == registration.ticket_code
    assert [session["id"] for session in said["sessions"]] == [session.pk for session in event.sessions.all()]
    assert said["calendar_url"].endswith(f"/calendar/my/{CalendarFeed.objects.get().token}.ics")
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"


def test_answers_and_needs_are_shown_and_changed():
    event = make_event()
    food, drink = make_question(event), make_question(event)
    registration = make_registration(event)
    registration.answers.create(question=food, value="Zupa")
    registration.answers.create(question=drink, value="Woda")
    registration.needs.create(kind="pjm", created_at=NOW, state="arranged")
    registration.needs.create(kind="large_print", created_at=NOW)
    shown = Program().get(url(registration)).json()

    said = (
        Program()
        .patch(
            url(registration),
            {
                "answers": {str(food.pk): "Chleb", str(drink.pk): None},
                "accommodation": [{"kind": "pjm"}, {"kind": "other", "note": "Cichy pokój"}],
            },
        )
        .json()
    )

    assert shown["answers"] == {str(food.pk): "Zupa", str(drink.pk): "Woda"}
    assert [need["kind"] for need in shown["accommodation"]] == ["pjm", "large_print"]
    assert shown["age_statement"] is None
    assert said["answers"] == {str(food.pk): "Chleb"}
    words = {"is_late": False, "reason": "", "alternative": ""}
    assert said["accommodation"] == [
        {"kind": "pjm", "note": "", "state": "arranged", "certain_until": "2027-01-21", **words},
        {"kind": "other", "note": "Cichy pokój", "state": "requested", "certain_until": None, **words},
    ]


def test_a_person_reads_what_became_of_their_needs():
    registration = make_registration(make_event(starts_at=NOW + timedelta(days=2)))
    words = {"reason": "Brak tłumacza.", "alternative": "Napisy na żywo."}
    registration.needs.create(kind="pjm", created_at=NOW, state="not_possible", is_late=True, **words)

    assert Program().get(url(registration)).json()["accommodation"] == [
        {"kind": "pjm", "note": "", "state": "not_possible", "is_late": True, "certain_until": "2027-01-11", **words}
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"answers": {"0": "a"}}, "answers.0"),
        ({"answers": None}, "answers"),
        ({"accommodation": [{"kind": "champagne"}]}, "accommodation.0.kind"),
        ({"accommodation": [{"kind": "other"}]}, "accommodation.0.note"),
        ({"age_statement": False}, "age_statement"),
    ],
)
def test_answers_and_needs_that_do_not_fit_change_nothing(wrong, field):
    registration = make_registration(make_event())
    registration.needs.create(kind="pjm", created_at=NOW)

    response = Program().patch(url(registration), {"first_name": "Ewa", **wrong})

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert list(registration.needs.values_list("kind", "state")) == [("pjm", "requested")]
    assert not RegistrationChange.objects.exists()


def test_needs_can_be_changed_only_while_the_registration_is_active():
    registration = make_registration(make_event(), state=RegistrationState.EXPIRED)

    response = Program().patch(url(registration), {"accommodation": [{"kind": "pjm"}]})

    assert (response.status_code, response.json()["code"]) == (409, "not_active")
    assert not registration.needs.exists()


def test_looking_moves_nothing():
    registration = make_registration(make_event(), state=RegistrationState.OFFERED)

    for _ in range(2):
        Program().get(url(registration))

    assert Registration.objects.get().state == "offered"
    assert not RegistrationChange.objects.exists()


@pytest.mark.parametrize("token", ["x", "A" * 35, "%00", "ą" * 35, "9" * 400])
@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_key_that_fits_no_door_is_404(token, language):
    response = Program(language=language).get(f"/api/v1/registrations/{token}/")

    assert response.status_code in {400, 404}
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("state", "act", "after"),
    [
        (RegistrationState.HELD, "confirm/", "confirmed"),
        (RegistrationState.CONFIRMED, "cancel/", "cancelled_by_participant"),
        (RegistrationState.WAITLISTED, "cancel/", "cancelled_by_participant"),
        (RegistrationState.OFFERED, "accept/", "confirmed"),
        (RegistrationState.OFFERED, "decline/", "declined"),
    ],
)
def test_acting_twice_is_acting_once(state, act, after):
    registration = make_registration(make_event(), state=state)

    answers = [Program().post(url(registration, act)) for _ in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, after)] * 2
    assert RegistrationChange.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "act", "code"),
    [
        (RegistrationState.CANCELLED_BY_PARTICIPANT, "confirm/", "not_active"),
        (RegistrationState.CONFIRMED, "decline/", "not_active"),
        (RegistrationState.WAITLISTED, "accept/", "not_active"),
    ],
)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_what_the_state_does_not_allow_is_409(state, act, code, language):
    registration = make_registration(make_event(), state=state)

    response = Program(language=language).post(url(registration, act))

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert Registration.objects.get().state == state


def test_an_offer_runs_out(_now):
    registration = make_registration(make_event(), state=RegistrationState.OFFERED)
    assert Program().get(url(registration)).json()["offer_expires_at"] == "2027-01-13T10:00:00+01:00"
    _now.shift(timedelta(days=2))

    response = Program().post(url(registration, "accept/"))

    assert (response.status_code, response.json()["code"]) == (409, "offer_over")


def test_whoever_waits_sees_their_place():
    event = make_event(capacity=0)
    make_registration(event, state=RegistrationState.WAITLISTED)
    second = make_registration(event, state=RegistrationState.WAITLISTED)

    assert Program().get(url(second)).json()["position"] == 2


def test_details_can_be_put_right():
    registration = make_registration(make_event())
    changes = {"last_name": "Kowalska", "phone": "600100200", "sms_reminders": True, "language": "en"}

    response = Program().patch(url(registration), changes)

    assert response.status_code == 200, response.text
    said = response.json()
    assert (said["first_name"], said["last_name"], said["phone"]) == ("Anna", "Kowalska", "+48600100200")
    assert (said["language"], said["sms_reminders"]) == ("en", True)
    registration.refresh_from_db()
    assert registration.participant.search_text == f"anna kowalska {registration.reference.lower()}"
    assert [change.notify for change in registration.changes.all()] == [False]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"state": "confirmed"}, "state"),
        ({"sms_reminders": True}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"first_name": ""}, "first_name"),
        ({"email": "new@example.org", "first_name": "Ewa"}, "email"),
    ],
)
def test_wrong_details_are_named_and_nothing_changes(wrong, field):
    registration = make_registration(make_event())

    response = Program().patch(url(registration), wrong)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert not RegistrationChange.objects.exists()


def test_a_registration_that_has_ended_keeps_its_details():
    registration = make_registration(make_event(), state=RegistrationState.CANCELLED_BY_PARTICIPANT)

    response = Program().patch(url(registration), {"first_name": "Ewa"})

    assert (response.status_code, response.json()["code"]) == (409, "not_active")


def test_a_mistyped_address_gets_a_link_of_its_own():
    registration = make_registration(make_event(), state=RegistrationState.HELD)

    response = Program().patch(url(registration), {"email": "right@example.org"})

    assert (response.status_code, response.json()["state"]) == (202, "held")
    assert Program().get(url(registration)).status_code == 404
    assert Registration.objects.get().participant.email == "right@example.org"


def test_a_confirmed_address_stays():
    registration = make_registration(make_event())

    response = Program().patch(url(registration), {"email": "right@example.org"})

    assert (response.status_code, response.json()["code"]) == (409, "not_active")


def test_a_new_date_is_answered_once_over_the_api():
    registration = make_registration(make_event())
    before = Program().post(url(registration, "coming/"))
    Registration.objects.update(attendance_intent="asked")

    looked = [Program().get(url(registration, "coming/")).status_code, Registration.objects.get().attendance_intent]
    answers = [Program().post(url(registration, "coming/")) for _ in range(2)]

    assert (before.status_code, before.json()["code"]) == (409, "nothing_asked")
    assert looked == [405, "asked"]
    assert [(answer.status_code, answer.json()["attendance_intent"]) for answer in answers] == [(200, "coming")] * 2
    assert list(RegistrationChange.objects.values_list("cause", "notify")) == [("said_coming", False)]


def test_the_link_to_join_opens_shortly_before(_now):
    event = make_event(mode=EventMode.ONLINE, starts_at=NOW + timedelta(hours=1))
    Event.objects.update(join_url="https://meet.example.org/secret")
    inside, waiting = make_registration(event), make_registration(event, state=RegistrationState.WAITLISTED)

    early = Program().get(url(inside)).json()
    _now.shift(timedelta(minutes=30))
    open_now = Program().get(url(inside)).json()
    others = Program().get(url(waiting)).json()

    assert (early["join_url"], early["join_opens_at"]) == (None, "2027-01-12T10:30:00+01:00")
    assert open_now["join_url"] == "https://meet.example.org/secret"
    assert (others["join_url"], others["join_opens_at"]) == (None, None)
