"""Signing up over the API."""

from datetime import timedelta

import pytest
import time_machine

from events.enums import AgeRule, EventStatus, QuestionKind, Visibility
from events.models import Event
from registrations.models import Consent, IdempotentAnswer, Registration, RegistrationChange
from tests.make import Program, make_event, make_notice, make_question, make_registration, make_session
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

PERSON = {"first_name": "Anna", "last_name": "Nowak", "email": "anna@example.org"}
URL = "/api/v1/events/debata/registrations/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def program():
    return Program()


def test_the_answer_says_until_when_to_confirm_and_opens_no_door(program):
    make_event("debata", confirm_email=True, hold_minutes=60)

    response = program.post(URL, PERSON)

    assert response.status_code == 201
    assert response.json() == {
        "state": "held",
        "message": "We have sent you a message. Open the link in it to confirm your address. "
        "Deadline: Tuesday, 12 January 2027, 11:00.",
        "confirm_by": "2027-01-12T11:00:00+01:00",
    }
    registration = Registration.objects.get()
    for secret in (registration.reference, registration.ticket_code, registration.manage_token):
        assert secret not in response.text


def test_registering_is_eight_statements_however_many_have_come(program, django_assert_num_queries):
    make_notice()
    make_event("debata", capacity=2)

    people = [("anna@example.org", "confirmed"), ("jan@example.org", "confirmed"), ("ewa@example.org", "waitlisted")]
    for email, state in people:
        # Attempts, the look, BEGIN, three rows, the seat, still announced?, COMMIT (in a test a savepoint and its end).
        # The eighth, whether a tick waits, comes after the commit.
        with django_assert_num_queries(7):
            response = program.post(URL, {**PERSON, "email": email})
        assert (response.status_code, response.json()["state"]) == (201, state)


def test_everything_that_was_said_is_kept(program):
    notice = make_notice()
    event = make_event("debata", categories=[("business", 5)], sessions=2)
    session = event.sessions.all()[0]
    said: dict[str, object] = {
        **PERSON,
        "phone": "600 100 200",
        "language": "uk",
        "category": "business",
        "organisation": "Firma",
        "sessions": [session.pk],
        "sms_reminders": True,
        "party": [],
        "answers": {},
        "accommodation": None,
        "consents": {},
    }

    response = program.post(URL, said)

    assert response.status_code == 201, response.text
    registration = Registration.objects.get()
    person = registration.participant
    assert (str(person.phone), person.organisation, person.email) == ("+48600100200", "Firma", "anna@example.org")
    assert (registration.language, str(registration.category), registration.source) == ("uk", "Biznes", "api")
    assert (registration.notice, registration.sms_reminders) == (notice, True)
    assert list(registration.sessions.all()) == [session]


def test_what_is_allowed_is_kept_with_its_words(program):
    make_event("debata")

    response = program.post(URL, {**PERSON, "consents": {"news": True, "photo": False}, "language": "uk"})

    assert response.status_code == 201, response.text
    rows = Consent.objects.values_list("purpose", "email", "text__version", "language", "source")
    assert list(rows) == [("news", "anna@example.org", 1, "uk", "api")]


def test_a_wish_for_sms_may_be_said_among_the_consents_and_needs_a_number(program):
    make_event("debata")
    wish = {**PERSON, "consents": {"sms_reminders": True}}

    refused = program.post(URL, wish)
    program.post(URL, {**wish, "phone": "600 100 200"})

    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["phone"])
    assert Registration.objects.get().sms_reminders
    assert [consent.purpose for consent in Consent.objects.all()] == ["sms_reminders"]


@pytest.mark.parametrize(("capacity", "state"), [(1, "confirmed"), (0, "waitlisted")])
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_the_state_is_worded_in_the_askers_language_and_kept_as_theirs(capacity, state, language):
    make_event("debata", capacity=capacity)

    response = Program(language=language).post(URL, PERSON)

    assert response.json()["state"] == state
    assert response["Content-Language"] == language
    assert Registration.objects.get().language == language


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"nickname": "Ania"}, "nickname"),
        ({"party": [{"first_name": "Jan", "last_name": "Nowak"}]}, "party"),
        ({"answers": {"0": "yes"}}, "answers.0"),
        ({"answers": ["yes"]}, "answers"),
        ({"accommodation": [{"kind": "champagne"}]}, "accommodation.0.kind"),
        ({"accommodation": [{"kind": "pjm"}, {"kind": "pjm"}]}, "accommodation.1.kind"),
        ({"accommodation": [{"kind": "other"}]}, "accommodation.0.note"),
        ({"accommodation": [{"kind": "pjm", "note": "x" * 501}]}, "accommodation.0.note"),
        ({"accommodation": [{"kind": "pjm", "diagnosis": "…"}]}, "accommodation.0.diagnosis"),
        ({"accommodation": [{"kind": "pjm"}] * 11}, "accommodation"),
        ({"age_statement": True}, "age_statement"),
        ({"age_statement": 17}, "age_statement"),
        ({"consents": {"photos": True}}, "consents.photos"),
        ({"consents": {"photos": False}}, "consents.photos"),
        ({"consents": {"news": "perhaps"}}, "consents.news"),
        ({"consents": ["news"]}, "consents"),
        ({"email": "not an address"}, "email"),
        ({"email": None}, "email"),
        ({"first_name": "  "}, "first_name"),
        ({"first_name": "x" * 101}, "first_name"),
        ({"phone": "call me"}, "phone"),
        ({"sms_reminders": True}, "phone"),
        ({"language": "de"}, "language"),
        ({"category": "business"}, "category"),
        ({"sessions": [10**30]}, "sessions.0"),
        ({"sessions": [1_000_000]}, "sessions"),
        ({"sessions": "all"}, "sessions"),
    ],
)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_what_cannot_be_read_is_named_and_nothing_is_kept(wrong, field, language):
    make_event("debata")

    response = Program(language=language).post(URL, {**PERSON, **wrong})

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert list(response.json()["errors"]) == [field]
    assert not Registration.objects.exists()


def test_answers_needs_and_the_statement_of_age_are_kept(program):
    event = make_event("debata")
    Event.objects.update(age_rule=AgeRule.GUARDIAN_STATEMENT, age_limit=16)
    food = make_question(event, QuestionKind.MULTIPLE, choices=["soup", "bread"], is_required=True)
    people = make_question(event, QuestionKind.NUMBER)
    left_out = make_question(event)
    said = {
        **PERSON,
        "answers": {str(food.pk): ["bread"], str(people.pk): 3, str(left_out.pk): None},
        "accommodation": [{"kind": "pjm"}, {"kind": "other", "note": " Cichy pokój "}],
        "age_statement": True,
    }

    response = program.post(URL, said)

    assert response.status_code == 201, response.text
    registration = Registration.objects.get()
    assert dict(registration.answers.values_list("question", "value")) == {food.pk: ["bread"], people.pk: 3}
    assert list(registration.needs.values_list("kind", "note")) == [("pjm", ""), ("other", "Cichy pokój")]
    assert registration.age_statement is True


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_what_is_required_is_named_where_it_is_missing(language):
    event = make_event("debata")
    Event.objects.update(age_rule=AgeRule.ADULTS_ONLY)
    question = make_question(event, is_required=True)

    response = Program(language=language).post(URL, PERSON)

    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["age_statement", f"answers.{question.pk}"]
    assert not Registration.objects.exists()


def test_a_category_has_to_be_named_where_the_event_lists_some(program):
    make_event("debata", categories=[("business", 5)])

    response = program.post(URL, PERSON)

    assert (response.status_code, list(response.json()["errors"])) == (400, ["category"])


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"opens_at": NOW + timedelta(days=1)}, "not_open_yet"),
        ({"closes_at": NOW - timedelta(days=1)}, "closed"),
        ({"required": False}, "closed"),
        ({"status": EventStatus.CANCELLED}, "event_cancelled"),
        ({"capacity": 0, "waitlist": False}, "event_full"),
    ],
)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_refusals_of_the_domain_are_409_with_a_code(event, code, language):
    make_event("debata", **event)

    response = Program(language=language).post(URL, PERSON)

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert not Registration.objects.exists()


@pytest.mark.parametrize("event", [{"visibility": Visibility.RESTRICTED}, {"status": EventStatus.DRAFT}])
def test_an_event_that_a_stranger_may_not_see_is_404(program, event):
    make_event("debata", **event)

    assert program.post(URL, PERSON).status_code == 404


def test_a_second_try_is_answered_as_a_strangers(program):
    make_event("debata", confirm_email=True)
    first = program.post(URL, PERSON)

    second = program.post(URL, {**PERSON, "email": "ANNA@example.org"})

    assert (second.status_code, second.json()) == (201, first.json())
    assert Registration.objects.count() == 1


def test_the_same_key_and_body_act_once_and_are_answered_alike(program):
    event = make_event("debata", confirm_email=True)
    headers = {"Idempotency-Key": "5f0c-77"}

    first = program.post(URL, PERSON, headers=headers)
    second = program.post(URL, dict(reversed(PERSON.items())), headers=headers)

    assert (second.status_code, second.json()) == (201, first.json())
    assert RegistrationChange.objects.count() == 1
    assert event.pools.get().taken == 1


def test_the_same_key_with_another_body_is_refused(program):
    make_event("debata")
    headers = {"Idempotency-Key": "5f0c-77"}
    program.post(URL, PERSON, headers=headers)

    response = program.post(URL, {**PERSON, "email": "jan@example.org"}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert Registration.objects.count() == 1


def test_a_key_belongs_to_its_event(program):
    make_event("debata")
    make_event("inna")
    headers = {"Idempotency-Key": "5f0c-77"}
    program.post(URL, PERSON, headers=headers)

    program.post("/api/v1/events/inna/registrations/", PERSON, headers=headers)

    assert Registration.objects.count() == 2


def test_a_refusal_uses_no_key_up(program):
    event = make_event("debata", capacity=0, waitlist=False)
    headers = {"Idempotency-Key": "5f0c-77"}
    assert program.post(URL, PERSON, headers=headers).status_code == 409
    event.pools.update(capacity=1)

    response = program.post(URL, PERSON, headers=headers)

    assert (response.status_code, response.json()["state"]) == (201, "confirmed")


def test_a_key_is_kept_for_a_day_without_anybodys_data(program, _now):
    make_event("debata")
    headers = {"Idempotency-Key": "5f0c-77"}
    program.post(URL, PERSON, headers=headers)
    kept = IdempotentAnswer.objects.get()

    assert set(kept.answer) == {"state", "message"}
    assert "anna" not in f"{kept.answer}{kept.key_hash}{kept.body_hash}"

    _now.shift(timedelta(days=1, seconds=1))
    program.post(URL, {**PERSON, "email": "jan@example.org"}, headers=headers)

    assert Registration.objects.count() == 2
    assert [row.pk for row in IdempotentAnswer.objects.all()] != [kept.pk]


def test_a_key_that_nobody_would_make_is_refused(program):
    make_event("debata")

    response = program.post(URL, PERSON, headers={"Idempotency-Key": "k" * 256})

    assert (response.status_code, list(response.json()["errors"])) == (400, ["Idempotency-Key"])


def test_too_many_attempts_from_one_address_have_to_wait(program, settings):
    settings.REGISTRATION_RATE = (2, 60)
    make_event("debata")
    for number in range(2):
        assert program.post(URL, {**PERSON, "email": f"a{number}@example.org"}).status_code == 201

    response = program.post(URL, PERSON)

    assert (response.status_code, response.json()["code"]) == (429, "rate_limited")
    assert 0 < int(response["Retry-After"]) <= 60
    assert Program().post(URL, PERSON).status_code == 201


def test_nobody_is_asked_who_they_are(program):
    event = make_event("debata")
    make_registration(event)

    response = program.post(URL, PERSON, headers={"Authorization": "Token wrong"})

    assert response.status_code == 201
    assert not response.cookies
    assert Event.objects.get().pools.get().taken == 2


def test_sessions_at_the_same_time_are_refused_by_their_names(program):
    event = make_event("debata")
    first = event.sessions.get()
    second = make_session(event, starts_at=first.starts_at + timedelta(hours=1), title="Woda")

    response = program.post(URL, {**PERSON, "sessions": [first.pk, second.pk]})

    problem = response.json()
    assert (response.status_code, problem["code"], problem["sessions"]) == (
        409,
        "sessions_overlap",
        [[first.pk, second.pk]],
    )
    assert "“Tuesday, 26 January 2027, 10:00–12:00”" in problem["detail"].replace("Wtorek", "Tuesday")
    assert "“Woda – " in problem["detail"]
