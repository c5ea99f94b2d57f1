"""Who comes, for organisers over the API."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import AccessKind, Role
from events.models import AccessLog
from registrations.actions.attendance import add_headcount, check_in
from registrations.actions.moves import cancel_registration
from registrations.enums import CheckInSource, RegistrationState
from registrations.models import Registration
from tests.make import Program, make_event, make_member, make_question, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/registrations/"
KEYS = {
    "reference", "state", "position", "first_name", "last_name", "email", "phone", "category", "organisation",
    "language", "seats", "sessions", "source", "attendance", "created_at", "history",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor():
    return Program(make_user(role=Role.EDITOR))


def test_a_registration_says_everything_the_contract_names(editor):
    event = make_event("debata", categories=[("business", 5)])
    registration = make_registration(event, phone="+48600100200", category="business")

    (said,) = editor.get(URL).json()["results"]

    assert set(said) >= KEYS
    assert (said["reference"], said["state"], said["position"]) == (registration.reference, "confirmed", None)
    assert (said["first_name"], said["phone"], said["category"]) == ("Anna", "+48600100200", "business")
    assert not {"ticket_code", "manage_token"} & set(said)
    assert registration.manage_token not in editor.get(URL).text


def test_organisers_see_answers_and_never_needs(editor):
    event = make_event("debata")
    food, people = make_question(event), make_question(event)
    registration = make_registration(event)
    registration.answers.create(question=people, value=3)
    registration.answers.create(question=food, value="Zupa")
    registration.needs.create(kind="wheelchair", note="Szerokie drzwi", created_at=NOW)

    (listed,) = editor.get(URL).json()["results"]
    alone = editor.get(f"{URL}{registration.reference}/")

    assert listed["answers"] == alone.json()["answers"] == {str(food.pk): "Zupa", str(people.pk): 3}
    assert list(listed["answers"]) == [str(food.pk), str(people.pk)]
    for page in (editor.get(URL), alone):
        assert not any(word in page.text for word in ("wheelchair", "Szerokie", "accommodation", "needs"))


def test_people_are_found_without_diacritics_and_by_state(editor):
    event = make_event("debata", capacity=1)
    make_registration(event)
    make_registration(event, last_name="zolw", state=RegistrationState.WAITLISTED)
    fox = make_registration(event, last_name="lis", state=RegistrationState.WAITLISTED)
    cancel_registration(fox, by=None, at=NOW)

    found = {
        query: [row["last_name"] for row in editor.get(f"{URL}?{query}").json()["results"]]
        for query in ("q=ŻÓŁW", "state=waitlisted", "state=cancelled_by_participant", "q=anna+nowak")
    }

    assert found == {
        "q=ŻÓŁW": ["zolw"],
        "state=waitlisted": ["zolw"],
        "state=cancelled_by_participant": ["lis"],
        "q=anna+nowak": ["Nowak"],
    }
    assert editor.get(f"{URL}?state=waitlisted").json()["results"][0]["position"] == 1
    assert list(editor.get(f"{URL}?state=lost").json()["errors"]) == ["state"]


def test_the_list_takes_every_filter_and_no_other(editor):
    event = make_event("debata", categories=[("business", 5), ("ngo", 5)], sessions=2)
    first, second = event.sessions.all()
    make_registration(event, last_name="lis", category="business", sessions=[first])
    make_registration(event, last_name="wilk", category="ngo", sessions=[second])

    def found(query: str) -> list[str]:
        return [row["last_name"] for row in editor.get(f"{URL}?{query}").json()["results"]]

    assert found(f"category=ngo&session={second.pk}&source=web&attendance=not_recorded") == ["wilk"]
    assert found("attendance=present") == []
    assert list(editor.get(f"{URL}?source=pigeon&attendance=x&session=y").json()["errors"]) == [
        "source", "session", "attendance",
    ]  # fmt: skip
    assert list(editor.get(f"{URL}?colour=red").json()["errors"]) == ["colour"]


def test_a_party_is_listed_with_its_codes_and_in_the_history(editor):
    registration = make_registration(make_event("debata"), seats=2)
    member = make_member(registration, first_name="Jan")
    registration.changes.create(cause="member_added", to_state="confirmed", member=member, at=NOW)

    said = editor.get(f"{URL}{registration.reference}/").json()

    assert said["party"] == [
        {
            "id": member.pk,
            "first_name": "Jan",
            "last_name": "Nowak",
            "email": "",
            "ticket_code": member.ticket_code,
            "state": "coming",
            "attendance": "not_recorded",
        }
    ]
    assert [(line["cause"], line["member"]) for line in said["history"]] == [("member_added", member.pk)]


def test_every_look_at_people_is_in_the_access_log(editor):
    event = make_event("debata")
    assert editor.get(URL).status_code == 200
    registration = make_registration(event, seats=2)
    make_member(registration)
    make_registration(event)

    editor.get(URL)
    editor.get(f"{URL}{registration.reference.lower()}/")

    rows = AccessLog.objects.order_by("id").values_list("kind", "event", "about", "people")
    assert list(rows) == [
        (AccessKind.REGISTRATIONS, event.pk, "", 2),
        (AccessKind.REGISTRATION, event.pk, registration.reference, 2),
    ]


def test_calling_off_twice_is_calling_off_once_and_the_history_says_who(editor):
    registration = make_registration(make_event("debata"))

    answers = [editor.post(f"{URL}{registration.reference}/cancel/", {"reason": "Dubel"}) for _ in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "cancelled_by_organizer")] * 2
    (happening,) = editor.get(f"{URL}{registration.reference}/").json()["history"]
    assert (happening["cause"], happening["reason"]) == ("cancelled", "Dubel")
    assert happening["by"].endswith("@example.org")


def test_a_registration_of_another_event_is_not_here(editor):
    make_event("debata")
    foreign = make_registration(make_event("inna"))

    assert editor.get(f"{URL}{foreign.reference}/").status_code == 404
    assert editor.post(f"{URL}{foreign.reference}/cancel/").status_code == 404
    assert Registration.objects.get().state == "confirmed"


def test_three_rows_take_no_more_statements_than_one(editor):
    event = make_event("debata", capacity=1, sessions=2)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(URL).status_code == 200
        return len(captured)

    def add() -> None:
        registration = make_registration(event, state=RegistrationState.WAITLISTED)
        registration.sessions.add(event.sessions.all()[0])
        registration.changes.create(cause="signed_up", to_state="waitlisted", at=NOW, by=make_user())

    add()
    one = statements()
    add()
    add()

    assert statements() == one


def test_figures_equal_their_lists_and_heads_are_counted_apart(editor):
    event = make_event("debata", categories=[("business", 5)])
    user = make_user()
    came = make_registration(event, category="business")
    make_registration(event)
    cancel_registration(make_registration(event), by=None, at=NOW)
    check_in(event, reference=came.reference, nonce="1", source=CheckInSource.LIST, by=user, at=NOW)

    before = editor.get("/api/v1/manage/events/debata/report/").json()
    add_headcount(event, delta=7, nonce="2", by=user, at=NOW)
    after = editor.get("/api/v1/manage/events/debata/report/").json()

    assert (before["registered"], before["confirmed"], before["cancelled"], before["present"]) == (3, 2, 1, 1)
    assert before["confirmed"] == editor.get(f"{URL}?state=confirmed").json()["count"]
    assert before["by_category"]["business"]["present"] == 1
    assert set(before["by_session"]) == {str(event.sessions.get().pk)}
    assert (before["headcount"], after["headcount"], after["present"]) == (None, 7, 1)
