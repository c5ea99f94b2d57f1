"""What the organiser's sheet says besides the first lines: for whom, in which languages, and a room that is shared."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.actions.bookings import book_rooms
from events.enums import AgeRule, Role, Visibility
from events.models import Audience, Event, EventKind, Organization, Room, RoomBooking
from tests.make import make_event, make_kind, make_user, make_venue
from tests.make.events import NOW
from tests.make.sheets import sheet_data

pytestmark = pytest.mark.django_db

NEW = "/en/manage/events/new/"
EDIT = "/en/manage/events/spotkanie/edit/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def staff(role=Role.OWNER):
    client = Client()
    client.force_login(make_user(role=role))
    return client


@pytest.fixture
def client():
    return staff()


def sent(client, address, **changes):
    """What the page would send, with some fields changed."""
    return sheet_data(client.get(address).context["sheet"], **changes)


def a_new_event(client, **changes):
    first = {
        "kind": make_kind("workshop").pk,
        "title_pl": "Zielone podwórka",
        "sessions-0-starts_at": "2027-03-01T17:00",
        "sessions-0-ends_at": "2027-03-01T19:00",
    }
    return sent(client, NEW, **(first | changes))


def everything() -> dict[str, object]:
    audience = Audience.objects.create(slug="rady", name={"pl": "Rady dzielnic"})
    body = Organization.objects.create(slug="rada", name="Rada Dzielnicy (przykład)")
    return {
        "visibility": "restricted",
        "audiences": [audience.pk],
        "organizations": [body.pk],
        "languages": ["pl", "uk"],
        "is_streamed": "on",
        "is_recorded": "on",
        "people_limit": "80",
        "staff_count": "4",
        "age_rule": "guardian_statement",
        "age_limit": "16",
        "join_opens_minutes": "10",
    }


def said_of(event: Event) -> list[object]:
    lists = [each.slug for rows in (event.audiences, event.organizations) for each in rows.all()]
    facts: list[object] = [event.is_streamed, event.is_recorded, event.people_limit, event.staff_count]
    facts += [event.age_rule, event.age_limit, event.join_opens_minutes]
    return [event.visibility, *lists, event.languages, *facts]


ALL_OF_IT = [Visibility.RESTRICTED, "rady", "rada", ["pl", "uk"], True, True, 80, 4]
ALL_OF_IT += [AgeRule.GUARDIAN_STATEMENT, 16, 10]


def test_a_new_event_says_for_whom_it_is_and_in_which_languages(client):
    client.post(NEW, a_new_event(client, **everything()))

    assert said_of(Event.objects.get()) == ALL_OF_IT


def test_an_event_is_changed_in_the_same_words_and_shows_them(client):
    make_event("spotkanie")

    client.post(EDIT, sent(client, EDIT, confirmed="1", **everything()))

    assert said_of(Event.objects.get()) == ALL_OF_IT
    sheet = client.get(EDIT).context["sheet"]
    assert (sheet.has_circle, sheet.has_languages, sheet.has_link_time, sheet.has_room_rules) == (True,) * 4
    client.post(EDIT, sent(client, EDIT, confirmed="1"))
    assert said_of(Event.objects.get()) == ALL_OF_IT


def test_the_simple_sheet_is_folded(client):
    sheet = client.get(NEW).context["sheet"]

    assert (sheet.has_circle, sheet.has_languages, sheet.has_link_time, sheet.has_room_rules) == (False,) * 4
    assert not sheet.asks_why_room_is_shared
    assert "room_override_reason" not in client.get(NEW).content.decode()


def test_an_age_means_nothing_without_its_rule_and_a_rule_needs_its_age(client):
    client.post(NEW, a_new_event(client, age_rule="adults_only", age_limit="16"))
    assert (Event.objects.get().age_rule, Event.objects.get().age_limit) == (AgeRule.ADULTS_ONLY, None)

    response = client.post(NEW, a_new_event(client, age_rule="guardian_statement"))
    assert list(response.context["sheet"].event.errors) == ["age_limit"]
    assert response.context["sheet"].has_circle


def test_a_language_from_elsewhere_is_kept(client):
    event = make_event("spotkanie")
    Event.objects.update(languages=["de", "szl"])

    page = client.get(EDIT)
    client.post(EDIT, sent(client, EDIT, confirmed="1"))

    event.refresh_from_db()
    assert event.languages == ["de", "szl"]
    labels = [str(label) for _code, label in page.context["sheet"].event.fields["languages"].choices]
    assert labels[-2:] == ["German", "szl"]


def test_rules_that_nobody_touches_are_those_of_the_kind(client):
    EventKind.objects.filter(code="workshop").update(
        default_registration={"confirm_email": False, "hold_minutes": 15}, default_languages=["uk"]
    )

    client.post(NEW, a_new_event(client, title_pl="Nietknięte", capacity="10"))
    client.post(NEW, a_new_event(client, title_pl="Zmienione", hold_minutes="30"))
    client.post(NEW, a_new_event(client, title_pl="Własne", usual_policy=None, languages=["pl"]))

    events = {event.title["pl"]: event for event in Event.objects.select_related("policy")}
    rules = {title: (event.policy.confirm_email, event.policy.hold_minutes) for title, event in events.items()}
    assert rules == {"Nietknięte": (False, 15), "Zmienione": (True, 30), "Własne": (True, 60)}
    assert [event.languages for event in events.values()] == [["uk"], ["uk"], ["pl"]]


def test_wheelchairs_and_assistants_are_as_the_organiser_says(client):
    client.post(NEW, a_new_event(client, title_pl="Zwykłe"))
    client.post(NEW, a_new_event(client, title_pl="Własne", wheelchair_places="5", assistants_take_seats="on"))
    client.post(NEW, a_new_event(client, title_pl="Bez granic", wheelchair_places=""))
    event = make_event("spotkanie")
    page = client.get(EDIT).content.decode()
    client.post(EDIT, sent(client, EDIT, wheelchair_places="0", confirmed="1"))

    events = Event.objects.exclude(pk=event.pk).select_related("policy")
    rules = {each.title["pl"]: (each.policy.wheelchair_places, each.policy.assistants_take_seats) for each in events}
    assert rules == {"Zwykłe": (2, False), "Własne": (5, True), "Bez granic": (None, False)}
    assert 'name="wheelchair_places" value="2"' in page
    event.policy.refresh_from_db()
    assert (event.policy.wheelchair_places, event.policy.assistants_take_seats) == (0, False)


def test_groups_applications_and_the_question_are_said_and_shown(client):
    rules = {
        "group_max": "5",
        "approval": "on",
        "approval_holds_seat": "on",
        "ask_days_before": "3",
        "ask_reply_hours": "24",
        "ask_no_answer": "release",
    }
    answer = client.post(NEW, a_new_event(client, slug="spotkanie", **rules))

    page = client.get(EDIT)

    assert answer.status_code == 302
    policy = Event.objects.select_related("policy").get().policy
    assert (policy.group_max, policy.approval, policy.approval_holds_seat) == (5, True, True)
    assert (policy.ask_days_before, policy.ask_reply_hours, policy.ask_no_answer) == (3, 24, "release")
    assert {name: str(page.context["sheet"].event[name].value()) for name in rules} == {
        **rules,
        "approval": "True",
        "approval_holds_seat": "True",
    }
    html = page.content.decode()
    for summary in ("Groups, and who decides about registrations", "Asking whether people still come"):
        assert f"<details open>\n        <summary>{summary}</summary>" in html
    client.post(EDIT, sent(client, EDIT, approval=None, approval_holds_seat=None, group_max="1", ask_days_before=""))
    policy.refresh_from_db()
    assert (policy.group_max, policy.approval, policy.ask_days_before) == (1, False, None)
    html = client.get(EDIT).content.decode()
    assert "<details>\n        <summary>Groups, and who decides about registrations</summary>" in html
    assert "<details>\n        <summary>Asking whether people still come</summary>" in html


@pytest.mark.parametrize(
    ("field", "value"), [("group_max", "0"), ("ask_days_before", "0"), ("ask_reply_hours", ""), ("ask_no_answer", "x")]
)
def test_rules_that_do_not_fit_are_said_at_their_field(client, field, value):
    page = client.post(NEW, a_new_event(client, **{field: value}))

    assert list(page.context["sheet"].event.errors) == [field]
    assert not Event.objects.exists()


# A room that is taken


@pytest.fixture
def room():
    """Taken by another meeting when the sheet wants it."""
    venue = make_venue("ratusz")
    room = Room.objects.create(venue=venue, name="Sala 1")
    other = make_event("inne", venue=venue, starts_at=datetime(2027, 3, 1, 16, 30, tzinfo=UTC))
    other.sessions.update(room=room)
    book_rooms(other, by=None, at=NOW)
    return room


def in_room(client, room, **changes):
    return a_new_event(client, venue=room.venue_id, **{"sessions-0-room": str(room.pk)}, **changes)


def test_a_room_that_is_taken_asks_the_owner_why_it_may_be_shared(client, room):
    response = client.post(NEW, in_room(client, room))

    sheet = response.context["sheet"]
    assert [list(form.errors) for form in sheet.wrong_forms()] == [["room_override_reason"]]
    assert "Why two meetings may share the room" in response.content.decode()
    assert Event.objects.count() == 1

    client.post(NEW, in_room(client, room, room_override_reason="Obie grupy spotykają się razem."))
    assert RoomBooking.objects.filter(is_shared=True, room=room).exists()
    assert Event.objects.count() == 2


def test_an_editor_chooses_another_room(room):
    client = staff(Role.EDITOR)

    response = client.post(NEW, in_room(client, room))

    sheet = response.context["sheet"]
    assert [list(form.errors) for form in sheet.wrong_forms()] == [["__all__"]]
    assert not sheet.asks_why_room_is_shared
    assert Event.objects.count() == 1


def test_a_room_that_turns_out_to_be_taken_is_said_when_an_event_is_changed(client, room):
    make_event("spotkanie", venue=room.venue, starts_at=datetime(2027, 3, 1, 16, tzinfo=UTC))

    response = client.post(EDIT, sent(client, EDIT, confirmed="1", **{"sessions-0-room": str(room.pk)}))

    assert list(response.context["sheet"].event.errors) == ["room_override_reason"]
    assert RoomBooking.objects.count() == 1
