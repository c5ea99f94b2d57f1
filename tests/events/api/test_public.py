"""What strangers read over the API."""

import csv
import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actions.search_texts import keep_search_words
from events.enums import AgeRule, EventStatus, Visibility
from events.models import District, Organization
from tests.make import Program, make_event, make_notice, make_process, make_session, make_topic, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

EVENT_KEYS = {
    "slug", "uid", "kind", "title", "summary", "description", "status", "mode", "starts_at", "ends_at", "time_zone",
    "sessions", "venue", "accessibility", "unit", "process", "stage", "topics", "registration", "links",
}  # fmt: skip
REGISTRATION_KEYS = {
    "state", "opens_at", "closes_at", "capacity", "seats_free", "waitlist_length", "categories", "sessions",
    "questions", "notice", "no_show_rule",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def program():
    return Program()


def test_one_event_says_everything_that_is_public(program):
    make_notice()
    venue = make_venue("ratusz")
    event = make_event("debata", venue=venue, capacity=50, categories=[("business", 16)])
    event.topics.add(make_topic("zielen"))
    event.process = make_process("lublin")
    event.join_url = "https://meet.example.org/secret"
    event.save()

    response = program.get("/api/v1/events/debata/")

    assert response.status_code == 200
    said = response.json()
    assert set(said) >= EVENT_KEYS
    assert set(said["registration"]) == REGISTRATION_KEYS
    assert said["title"] == event.title
    assert (said["kind"], said["unit"], said["process"], said["topics"]) == (
        "workshop",
        "strategia",
        "lublin",
        ["zielen"],
    )
    assert said["venue"]["slug"] == "ratusz"
    assert said["accessibility"]["step_free"] == "yes"
    assert said["accessibility"]["induction_loop"] == "unknown"
    assert said["starts_at"] == "2027-01-26T10:00:00+01:00"
    assert [session["id"] for session in said["sessions"]] == [event.sessions.get().pk]
    assert said["registration"]["notice"] == {"version": 1, "text": {"pl": "Klauzula", "en": "Notice"}}
    (category,) = said["registration"]["categories"]
    assert {"category": "business", "capacity": 16, "taken": 0, "free": 16}.items() <= category.items()
    assert (said["registration"]["state"], said["registration"]["seats_free"]) == ("open", 50)
    assert "secret" not in response.text


def test_the_programme_is_public_and_contacts_never_are(program):
    event = make_event("debata", venue=make_venue("ratusz"))
    event.languages = ["pl", "uk"]
    event.is_streamed = True
    event.age_rule, event.age_limit = AgeRule.GUARDIAN_STATEMENT, 16
    event.save()
    body = Organization.objects.create(slug="fundacja", name="Fundacja (przykład)", contact_email="f@example.org")
    item = event.sessions.get().agenda.create(
        title={"pl": "Otwarcie"}, starts_at=event.starts_at, ends_at=event.ends_at
    )
    hidden = {"email": "secret@example.org", "phone": "+48600100200"}
    for number, (kind, is_public) in enumerate([("speaker", True), ("speaker", False), ("interpreter", True)]):
        name = f"Osoba {number}" if number == 0 else f"Secret {number}"
        role = {"kind": kind, "name": name, "is_public": is_public, "identity": name, "organization": body, **hidden}
        event.roles.create(agenda_item=item, **role)
        event.roles.create(**role)
    question = {"kind": "choice", "text": {"pl": "Która grupa?"}, "purpose": {"pl": "Podział"}, "retention_days": 30}
    asked = event.questions.create(**question, choices=[{"value": "a", "label": {"pl": "Zieleń"}}], is_required=True)
    event.questions.create(**question, is_retired=True)
    file = event.attachments.create(
        title={"pl": "Program"}, file_name="program.pdf", content_type="application/pdf", size=9, added_at=NOW
    )

    response = program.get("/api/v1/events/debata/")

    said = response.json()
    speaker = {"kind": "speaker", "name": "Osoba 0", "organization": "Fundacja (przykład)"}
    assert said["speakers"] == [speaker]
    assert [session["agenda"] for session in said["sessions"]] == [
        [
            {
                "title": {"pl": "Otwarcie"},
                "description": {"pl": ""},
                "starts_at": said["starts_at"],
                "ends_at": said["ends_at"],
                "speakers": [speaker],
            }
        ]
    ]
    assert {name: said[name] for name in ("languages", "streamed", "recorded", "age_rule", "age_limit")} == {
        "languages": ["pl", "uk"],
        "streamed": True,
        "recorded": False,
        "age_rule": "guardian_statement",
        "age_limit": 16,
    }
    assert said["registration"]["questions"] == [
        {
            "id": asked.pk,
            "kind": "choice",
            "text": {"pl": "Która grupa?"},
            "help": {"pl": ""},
            "choices": [{"value": "a", "label": {"pl": "Zieleń"}}],
            "required": True,
            "purpose": {"pl": "Podział"},
            "retention_days": 30,
        }
    ]
    (attachment,) = said["attachments"]
    assert (attachment["id"], attachment["content_type"], attachment["size"]) == (str(file.pk), "application/pdf", 9)
    assert attachment["url"].endswith(f"/attachments/{file.pk}/program.pdf")
    for secret in ("secret", "Secret", "48600100200", "f@example.org"):
        assert secret not in response.text


def test_a_longer_programme_takes_no_more_statements(program):
    event = make_event("debata", venue=make_venue("ratusz"))

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert program.get("/api/v1/events/debata/").status_code == 200
        return len(captured)

    def add(number: int) -> None:
        item = make_session(event, starts_at=NOW + timedelta(days=20 + number)).agenda.create(title={"pl": "Punkt"})
        body = Organization.objects.create(slug=f"body-{number}", name="Fundacja")
        role = {"kind": "speaker", "name": "Ewa", "is_public": True, "identity": f"ewa{number}", "organization": body}
        event.roles.create(**role)
        event.roles.create(**role, agenda_item=item)
        event.questions.create(kind="text", text={"pl": "?"}, purpose={"pl": "!"})
        event.attachments.create(title={"pl": "Plik"}, file_name="a.pdf", size=1, sha256=str(number), added_at=NOW)

    add(1)
    one = statements()
    add(2)
    add(3)

    assert statements() == one


def test_answers_may_be_kept_by_every_cache(program):
    make_event("debata")

    response = program.get("/api/v1/events/debata/")

    assert response["Cache-Control"] == "public, max-age=30"
    assert {name.strip() for name in response["Vary"].split(",")} == {"Accept-Language", "Accept-Encoding"}
    assert not response.cookies
    assert program.get("/api/v1/events/debata/", headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("status", "visibility", "found", "listed"),
    [
        (EventStatus.PUBLISHED, Visibility.PUBLIC, 200, 1),
        (EventStatus.CANCELLED, Visibility.PUBLIC, 200, 1),
        (EventStatus.PUBLISHED, Visibility.UNLISTED, 200, 0),
        (EventStatus.PUBLISHED, Visibility.RESTRICTED, 404, 0),
        (EventStatus.DRAFT, Visibility.PUBLIC, 404, 0),
    ],
)
def test_only_what_was_announced_to_everybody_is_there(program, status, visibility, found, listed):
    make_event("debata", status=status, visibility=visibility)

    assert program.get("/api/v1/events/debata/").status_code == found
    assert program.get("/api/v1/events/").json()["count"] == listed
    assert len(program.get("/api/v1/events.jsonl").getvalue().splitlines()) == listed
    assert len(list(csv.reader(io.StringIO(program.get("/api/v1/events.csv").getvalue().decode())))) == listed + 1


def test_the_list_is_in_pages_by_start(program):
    for day in (3, 1, 2):
        make_event(f"day-{day}", starts_at=NOW + timedelta(days=day))

    first = program.get("/api/v1/events/?page_size=2").json()
    second = program.get(first["next"]).json()

    assert [event["slug"] for event in first["results"]] == ["day-1", "day-2"]
    assert [event["slug"] for event in second["results"]] == ["day-3"]
    assert (first["count"], first["previous"], second["next"]) == (3, None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=workshop", {"early", "late"}),
        ("kind=open_debate", {"other"}),
        ("kind=open_debate&kind=workshop", {"early", "late", "other"}),
        ("starts_after=2027-01-20T00:00:00%2B01:00", {"late"}),
        ("starts_after=2027-01-20", {"late"}),
        ("starts_before=2027-01-20T00:00", {"early", "other"}),
        ("status=cancelled", {"other"}),
        ("open=true", {"early", "late"}),
        ("open=false", {"other"}),
        ("q=ZIELEN", {"late"}),
        ("mode=online", set()),
        ("unit=strategia&q=", {"early", "late", "other"}),
    ],
)
def test_the_list_is_narrowed(program, query, expected):
    make_event("early", starts_at=NOW + timedelta(days=1))
    keep_search_words(make_event("late", title="Zieleń w mieście", starts_at=NOW + timedelta(days=20)))
    make_event("other", kind="open_debate", starts_at=NOW + timedelta(days=2), status=EventStatus.CANCELLED)

    response = program.get(f"/api/v1/events/?{query}")

    assert {event["slug"] for event in response.json()["results"]} == expected


def test_the_latest_comes_first_when_asked_for(program):
    make_event("early", starts_at=NOW + timedelta(days=1))
    make_event("late", starts_at=NOW + timedelta(days=2))

    response = program.get("/api/v1/events/?ordering=-starts_at")

    assert [event["slug"] for event in response.json()["results"]] == ["late", "early"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=nothing", "kind"),
        ("stage=x", "stage"),
        ("mode=by_boat", "mode"),
        ("status=draft", "status.0"),
        ("starts_after=soon", "starts_after"),
        ("open=perhaps", "open"),
        ("ordering=title", "ordering"),
    ],
)
@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_filter_that_means_nothing_is_refused_at_its_name(query, field, language):
    response = Program(language=language).get(f"/api/v1/events/?{query}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert list(response.json()["errors"]) == [field]


def test_an_unknown_filter_is_named_beside_those_that_there_are():
    sentences = Program(language="en").get("/api/v1/events/?colour=red").json()["errors"]["colour"]

    assert sentences[0].startswith("There is no filter “colour”. There are: kind, topic,")


def test_more_filter_values_than_anybody_means_are_refused(program):
    query = "&".join(f"kind=k{number}" for number in range(21))

    response = program.get(f"/api/v1/events/?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "too_many_filter_values")


@pytest.mark.parametrize("page", ["100000000000000000000", "0", "-1", "x", "2"])
def test_a_page_that_does_not_exist_is_404(program, page):
    make_event()

    response = program.get(f"/api/v1/events/?page={page}")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "address", ["events/", "events.csv", "events.jsonl", "processes/", "topics/", "venues/", "kinds/"]
)
def test_three_rows_take_no_more_statements_than_one(program, address):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = program.get(f"/api/v1/{address}")
            if response.streaming:
                response.getvalue()
        assert response.status_code == 200
        return len(captured)

    def add(number: int) -> None:
        event = make_event(f"e{number}", venue=make_venue(f"v{number}"), categories=[("business", 3)], sessions=2)
        event.topics.add(make_topic(f"t{number}"))
        make_process(f"p{number}")

    add(1)
    statements()
    one = statements()
    add(2)
    add(3)

    assert statements() == one


def test_a_table_cannot_carry_a_formula(program):
    event = make_event("debata", title='=HYPERLINK("https://example.org")')
    event.summary = {"pl": "-1, zapraszamy"}
    event.save()

    header, row = list(csv.reader(io.StringIO(program.get("/api/v1/events.csv").getvalue().decode("utf-8-sig"))))
    line = dict(zip(header, row, strict=True))

    assert line["title_pl"] == '\'=HYPERLINK("https://example.org")'
    assert line["summary_pl"] == "'-1, zapraszamy"
    assert (line["capacity"], line["seats_taken"], line["seats_free"]) == ("50", "0", "50")


def test_no_limit_is_an_empty_cell_and_null_never_0(program):
    make_event("debata", capacity=None)

    header, row = list(csv.reader(io.StringIO(program.get("/api/v1/events.csv").getvalue().decode("utf-8-sig"))))
    (line,) = (json.loads(line) for line in program.get("/api/v1/events.jsonl").getvalue().splitlines())

    assert dict(zip(header, row, strict=True))["capacity"] == ""
    assert (line["registration"]["capacity"], line["registration"]["seats_free"]) == (None, None)


def test_where_nobody_registers_nobody_is_counted(program):
    make_event("debata", required=False, capacity=None)

    header, row = list(csv.reader(io.StringIO(program.get("/api/v1/events.csv").getvalue().decode("utf-8-sig"))))
    line = dict(zip(header, row, strict=True))

    assert [line[name] for name in ("capacity", "seats_taken", "seats_free", "waiting")] == [""] * 4


def test_the_lines_are_the_same_objects_as_in_the_list(program):
    make_event("debata", venue=make_venue())

    (line,) = (json.loads(line) for line in program.get("/api/v1/events.jsonl").getvalue().splitlines())

    assert [line] == program.get("/api/v1/events/").json()["results"]


def test_sessions_show_their_own_seats_and_days_without_hours(program):
    event = make_event("debata", sessions=1)
    extra = make_session(event, starts_at=NOW + timedelta(days=30), title="Warsztat", capacity=12, all_day=True)

    said = program.get("/api/v1/events/debata/").json()

    assert said["registration"]["sessions"] == [{"session": extra.pk, "capacity": 12, "taken": 0, "free": 12}]
    assert [(session["title"], session["all_day"]) for session in said["sessions"]] == [
        (None, False),
        ({"pl": "Warsztat"}, True),
    ]


def test_districts_come_by_name(program):
    District.objects.create(slug="wieniawa", name="Wieniawa")
    District.objects.create(slug="bronowice", name="Bronowice")

    said = program.get("/api/v1/districts/").json()

    assert said["results"] == [
        {"slug": "bronowice", "name": "Bronowice"},
        {"slug": "wieniawa", "name": "Wieniawa"},
    ]
