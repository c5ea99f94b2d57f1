"""Staff pages of an event's agenda and questions: rows without a script, faults at their field, the version kept."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django import forms
from django.test import Client
from django.utils import translation

from events.enums import EventRoleKind, EventStatus, QuestionKind, Role
from events.models import AgendaItem, Event, EventChange, EventRole, Organization, Question
from tests.make import make_event, make_user
from tests.make.events import NOW, make_session
from tests.make.sheets import form_data

pytestmark = pytest.mark.django_db

AGENDA = "/en/manage/events/spotkanie/agenda/"
QUESTIONS = "/en/manage/events/spotkanie/questions/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user("ola@example.org"))
    return client


@pytest.fixture
def event():
    """From 17:00 to 19:00 on the wall of Warsaw."""
    return make_event("spotkanie", starts_at=datetime(2027, 2, 1, 16, tzinfo=UTC))


def forms_of(sheet: Any) -> list[forms.Form]:
    sets = [each for each in vars(sheet).values() if isinstance(each, forms.BaseFormSet)]
    return [sheet.head, *(each.management_form for each in sets), *(form for each in sets for form in each.forms)]


def sent(client: Client, page: str, **changes: Any) -> dict[str, Any]:
    """What the page would send, with some fields changed."""
    return form_data(forms_of(client.get(page).context["sheet"]), **changes)


def rows(prefix: str, *given: dict[str, Any]) -> dict[str, Any]:
    """Rows as somebody types them."""
    typed = {f"{prefix}-{number}-{name}": value for number, row in enumerate(given) for name, value in row.items()}
    return {f"{prefix}-TOTAL_FORMS": len(given), **typed}


def agenda_of(event: Event) -> list[tuple[str, datetime | None, datetime | None]]:
    items = AgendaItem.objects.filter(session__event=event).order_by("session__starts_at", "position")
    return [(item.title["pl"], item.starts_at, item.ends_at) for item in items]


def at(hour: int, minute: int = 0, *, day: int = 1) -> datetime:
    return datetime(2027, 2, day, hour, minute, tzinfo=UTC)


# The agenda


def test_points_and_people_are_saved_in_time_order(client, event):
    day = str(event.sessions.get().pk)
    body = Organization.objects.create(slug="rada", name="Rada Dzielnicy (przykład)")
    data = sent(
        client,
        AGENDA,
        **rows(
            "points",
            {"day": day, "starts": "17:30", "ends": "18:00", "title_pl": "Rozmowa"},
            {"day": day, "title_pl": "Pytania"},
            {"day": day, "starts": "17:00", "title_pl": "Powitanie", "title_en": "Welcome", "description_pl": "Krótko"},
            {"day": day},
        ),
        **rows(
            "people",
            {"name": "Ewa Lis", "kind": "speaker", "where": "0", "is_public": "on", "organization": str(body.pk)},
            {"name": "Jan Kos", "kind": "interpreter", "where": "", "email": "kos@example.org", "phone": "600100200"},
            {"name": "", "kind": "chair", "where": ""},
        ),
    )

    response = client.post(AGENDA, data)

    assert response["Location"] == AGENDA
    assert agenda_of(event) == [
        ("Powitanie", at(16), None),
        ("Rozmowa", at(16, 30), at(17)),
        ("Pytania", None, None),
    ]
    interpreter, speaker = EventRole.objects.order_by("kind")
    assert (speaker.name, speaker.kind) == ("Ewa Lis", EventRoleKind.SPEAKER)
    assert speaker.agenda_item == AgendaItem.objects.get(title__pl="Rozmowa")
    assert (speaker.is_public, speaker.organization) == (True, body)
    assert (interpreter.agenda_item, interpreter.email, interpreter.phone) == (None, "kos@example.org", "600100200")
    assert not interpreter.is_public


def an_agenda(event: Event) -> AgendaItem:
    item = AgendaItem.objects.create(
        session=event.sessions.get(), position=0, title={"pl": "Powitanie"}, starts_at=at(16), ends_at=at(16, 15)
    )
    EventRole.objects.create(
        event=event, agenda_item=item, kind="speaker", name="Ewa Lis", identity="ewa lis", is_public=True
    )
    staff = make_user("obsluga@example.org", role=None)
    EventRole.objects.create(event=event, kind="staff", name="Jan Kos", identity="jan kos", user=staff)
    return item


def test_an_agenda_sent_as_it_is_shown_stays_as_it_is(client, event):
    an_agenda(event)
    before = list(AgendaItem.objects.values()), list(EventRole.objects.order_by("id").values())

    client.post(AGENDA, sent(client, AGENDA))

    assert (list(AgendaItem.objects.values()), list(EventRole.objects.order_by("id").values())) == before
    assert not EventChange.objects.exists()


def test_a_row_that_is_ticked_is_taken_out(client, event):
    an_agenda(event)

    client.post(AGENDA, sent(client, AGENDA, **{"points-0-DELETE": "on", "people-1-DELETE": "on"}))

    assert not AgendaItem.objects.exists()
    assert [role.name for role in EventRole.objects.all()] == ["Jan Kos"]


def test_a_person_of_a_point_that_is_taken_out_needs_another_place(client, event):
    an_agenda(event)

    response = client.post(AGENDA, sent(client, AGENDA, **{"points-0-DELETE": "on"}))

    people = response.context["sheet"].people.forms
    assert [form.errors.get("where") for form in people] == [None, ["This point is taken out. Choose another one."]]
    assert AgendaItem.objects.exists()


@pytest.mark.parametrize("part", ["points", "people"])
def test_one_more_row_keeps_what_was_typed_and_saves_nothing(client, event, part):
    data = sent(client, AGENDA, **{"points-0-title_uk": "Вітання", "points-0-starts": "nonsense"}, add=part)

    response = client.post(AGENDA, data)

    sheet = response.context["sheet"]
    counts = len(sheet.points.forms), len(sheet.people.forms)
    assert counts == ((2, 0) if part == "points" else (1, 1))
    assert sheet.wrong_forms() == []
    page = response.content.decode()
    assert "Вітання" in page
    assert "nonsense" in page
    assert not AgendaItem.objects.exists()


def test_a_new_person_may_be_put_at_a_point_that_is_not_saved_yet(client, event):
    data = sent(client, AGENDA, **{"points-0-title_pl": "Rozmowa"}, add="people")

    page = client.post(AGENDA, data).content.decode()

    assert '<option value="0">point 1: Rozmowa</option>' in page


@pytest.mark.parametrize(
    ("point", "person", "part", "field", "sentence"),
    [
        ({"title_pl": "A", "starts": "20:00"}, {}, "points", "starts", "This point is outside of its session."),
        (
            {"title_pl": "A", "starts": "18:00", "ends": "17:30"},
            {},
            "points",
            "ends",
            "The end has to be after the start.",
        ),
        ({"title_pl": "A", "ends": "17:30"}, {}, "points", "starts", "Say when this point begins, or no time at all."),
        ({"title_en": "A"}, {}, "points", "title", "Write this in Polish."),
        ({"starts": "17:00"}, {}, "points", "title", "Write this in Polish."),
        ({"title_pl": "A"}, {"name": "Ewa", "email": "ewa@"}, "people", "email", "Enter a valid email address."),
        ({"title_pl": "A"}, {"email": "ewa@example.org"}, "people", "name", "This field is required."),
    ],
)
def test_what_is_wrong_stands_at_its_field(client, event, point, person, part, field, sentence):
    data = sent(
        client,
        AGENDA,
        **rows("points", {"day": str(event.sessions.get().pk), **point}),
        **rows("people", {"kind": "speaker", "where": "0", **person}),
    )

    response = client.post(AGENDA, data)

    (form,) = response.context["sheet"].wrong_forms()
    assert form.prefix == f"{part}-0"
    assert form.errors == {field: [sentence]}
    assert not AgendaItem.objects.exists()


@pytest.mark.parametrize("where", ["", "0"])
def test_somebody_named_twice_is_said_at_the_second_row(client, event, where):
    twice = {"kind": "speaker", "where": where, "name": "Ewa Lis"}
    data = sent(
        client,
        AGENDA,
        **rows("points", {"day": str(event.sessions.get().pk), "title_pl": "A"}),
        **rows("people", twice, twice),
    )

    response = client.post(AGENDA, data)

    (form,) = response.context["sheet"].wrong_forms()
    assert (form.prefix, form.errors) == ("people-1", {"name": ["This person is named twice for the same task."]})


def test_whoever_saved_first_is_not_overwritten(client, event):
    data = sent(client, AGENDA, **{"points-0-title_pl": "Powitanie"})
    client.post(AGENDA, data)

    response = client.post(AGENDA, {**data, "points-0-title_pl": "Co innego"})

    assert "Somebody else has changed this in the meantime." in response.content.decode()
    assert [title for title, *_times in agenda_of(event)] == ["Powitanie"]


def test_a_forged_version_fits_no_event(client, event):
    client.post(AGENDA, sent(client, AGENDA, version="", **{"points-0-title_pl": "Powitanie"}))

    assert agenda_of(event) == []


def test_what_is_over_is_not_changed(client, event):
    data = sent(client, AGENDA, **{"points-0-title_pl": "Powitanie"})
    Event.objects.update(status=EventStatus.CANCELLED)

    assert client.post(AGENDA, data).status_code == 200
    assert agenda_of(event) == []


def test_an_event_without_a_date_has_people_only(client, event):
    event.sessions.update(is_cancelled=True)
    assert b"Add a point" not in client.get(AGENDA).content

    client.post(AGENDA, sent(client, AGENDA, **rows("people", {"kind": "staff", "where": "", "name": "Jan Kos"})))

    assert EventRole.objects.get().name == "Jan Kos"


def test_points_belong_to_one_of_several_dates_and_may_be_after_midnight(client, event):
    night = make_session(event, starts_at=at(21, day=3), hours=4, title="Noc")
    week = make_session(event, starts_at=at(8, day=8), hours=50)
    days = [key for key, _label in client.get(AGENDA).context["sheet"].points.forms[0].fields["day"].choices]
    assert days == [str(event.sessions.first().pk), str(night.pk), f"{week.pk}:0", f"{week.pk}:1", f"{week.pk}:2"]

    client.post(
        AGENDA,
        sent(
            client,
            AGENDA,
            **rows(
                "points",
                {"day": days[1], "starts": "00:30", "ends": "01:00", "title_pl": "Po północy"},
                {"day": days[3], "starts": "10:00", "title_pl": "Drugi dzień"},
                {"day": days[1], "starts": "23:00", "title_pl": "Przed północą"},
            ),
        ),
    )

    assert agenda_of(event) == [
        ("Przed północą", at(22, day=3), None),
        ("Po północy", at(23, 30, day=3), at(0, day=4)),
        ("Drugi dzień", at(9, day=9), None),
    ]
    shown = [form["day"].value() for form in client.get(AGENDA).context["sheet"].points.forms]
    assert shown == [days[1], days[1], days[3]]


def test_the_agenda_of_three_takes_as_many_queries_as_that_of_one(client, event, django_assert_num_queries):
    an_agenda(event)
    client.get(AGENDA)
    with django_assert_num_queries(17) as captured:
        client.get(AGENDA)
    for position in (1, 2):
        item = AgendaItem.objects.create(session=event.sessions.get(), position=position, title={"pl": "Punkt"})
        EventRole.objects.create(event=event, agenda_item=item, kind="chair", name="Ola", identity="ola")
    with django_assert_num_queries(len(captured)):
        client.get(AGENDA)


# Questions


def a_question(**given: Any) -> dict[str, Any]:
    return {
        "kind": "text",
        "text_pl": "Co zjesz?",
        "purpose_pl": "Zamawiamy jedzenie.",
        "retention_days": "30",
        **given,
    }


def ask(client: Client, *questions: dict[str, Any], **changes: Any) -> Any:
    return client.post(QUESTIONS, sent(client, QUESTIONS, **rows("questions", *questions), **changes))


def test_questions_are_saved_with_what_they_are_for(client, event):
    choice = a_question(
        kind="choice",
        text_pl="Którą dzielnicę wybierasz?",
        choices_pl="Rury\n\nŚródmieście \n",
        choices_en="Rury\nCity centre",
        is_required="on",
        help_text_pl="Jedną.",
    )
    empty = {"kind": "text", "retention_days": "180"}

    response = ask(client, choice, a_question(), empty)

    assert response["Location"] == QUESTIONS
    first, second = event.questions.all()
    assert (first.kind, first.is_required, first.retention_days) == (QuestionKind.CHOICE, True, 30)
    assert first.choices == [
        {"value": "rury", "label": {"pl": "Rury", "en": "Rury"}},
        {"value": "srodmiescie", "label": {"pl": "Śródmieście", "en": "City centre"}},
    ]
    assert (first.help_text, second.help_text["pl"]) == ({"pl": "Jedną."}, "")
    assert (second.text, second.purpose, second.choices) == (
        {"pl": "Co zjesz?"},
        {"pl": "Zamawiamy jedzenie."},
        [],
    )


def test_questions_sent_as_they_are_shown_stay_as_they_are(client, event):
    ask(client, a_question(kind="multiple", choices_pl="A\nB", choices_uk="А\nБ"), a_question(text_pl="Inne?"))
    before = list(Question.objects.order_by("id").values())

    client.post(QUESTIONS, sent(client, QUESTIONS))

    assert list(Question.objects.order_by("id").values()) == before
    assert EventChange.objects.count() == 1


@pytest.mark.parametrize(
    ("after", "values"),
    [
        ("Rury\nWieniawa", ["rury", "wieniawa"]),
        ("Wieniawa\nRury", ["wieniawa", "rury"]),
        ("Rury i okolice\nWieniawa", ["rury", "wieniawa"]),
        ("Rury\nBronowice\nWieniawa", ["rury", "bronowice", "wieniawa"]),
        ("Rury\nrury", ["rury", "wieniawa"]),
        ("Rury\nRURY\nrury", ["rury", "rury-2", "rury-3"]),
        ("Rury\nWieniawa\n?", ["rury", "wieniawa", "answer"]),
    ],
)
def test_answers_to_choose_from_keep_the_values_that_people_have_chosen(client, event, after, values):
    ask(client, a_question(kind="choice", choices_pl="Rury\nWieniawa"))

    client.post(QUESTIONS, sent(client, QUESTIONS, **{"questions-0-choices_pl": after}))

    assert [choice["value"] for choice in Question.objects.get().choices] == values


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"text_pl": "Podaj numer PESEL"}, "text", "Only an administrator may let a form ask for a PESEL number."),
        ({"purpose_pl": ""}, "purpose", "Write this in Polish."),
        ({"retention_days": "0"}, "retention_days", "Ensure this value is greater than or equal to 1."),
        ({"kind": "choice", "choices_pl": "A\nB", "choices_en": "A"}, "choices", "Write as many lines in each"),
        ({"kind": "choice", "choices_pl": "A"}, "choices", "Name at least two answers to choose from"),
        ({"kind": "text", "choices_pl": "A\nB"}, "choices", "Name at least two answers to choose from"),
    ],
)
def test_what_is_wrong_with_a_question_stands_at_its_field(client, event, given, field, sentence):
    response = ask(client, a_question(), a_question(**given))

    (form,) = response.context["sheet"].wrong_forms()
    assert form.prefix == "questions-1"
    assert list(form.errors) == [field]
    assert form.errors[field][0].startswith(sentence)
    assert not Question.objects.exists()


def test_an_administrator_may_ask_for_a_pesel(event):
    admin = Client()
    admin.force_login(make_user(role=Role.ADMIN))

    ask(admin, a_question(text_pl="Podaj numer PESEL"))

    assert Question.objects.get().asks_pesel


def test_a_question_that_is_ticked_is_taken_out_and_one_more_row_saves_nothing(client, event):
    ask(client, a_question(), a_question(text_pl="Inne?"))

    response = client.post(QUESTIONS, sent(client, QUESTIONS, add="questions", **{"questions-0-DELETE": "on"}))
    assert len(response.context["sheet"].questions.forms) == 3
    assert Question.objects.count() == 2

    client.post(QUESTIONS, sent(client, QUESTIONS, **{"questions-0-DELETE": "on"}))
    assert [question.text["pl"] for question in Question.objects.all()] == ["Inne?"]


def test_questions_of_an_event_that_has_been_changed_are_refused(client, event):
    data = sent(client, QUESTIONS, **rows("questions", a_question()))
    Event.objects.update(version=7)

    response = client.post(QUESTIONS, data)

    assert "Somebody else has changed this in the meantime." in response.content.decode()
    assert not Question.objects.exists()
