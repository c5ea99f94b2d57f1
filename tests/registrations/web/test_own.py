"""A person's own door: GET shows, POST acts, and nothing of the key leaks."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from events.actions.history import record
from events.enums import EventChangeKind, EventMode, EventStatus, QuestionKind, Visibility
from events.models import Event
from registrations.enums import Attendance, AttendanceIntent, ChangeCause, RegistrationState
from registrations.models import CalendarFeed, Registration, RegistrationChange
from tests.make.events import NOW, make_event, make_question, make_venue
from tests.make.registrations import make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]

HELD, CONFIRMED = RegistrationState.HELD, RegistrationState.CONFIRMED
WAITLISTED, OFFERED = RegistrationState.WAITLISTED, RegistrationState.OFFERED


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def door(registration: Registration, rest: str = "", language: str = "/en") -> str:
    return f"{language}/r/{registration.manage_token}/{rest}"


@pytest.mark.parametrize("language", ["", "/en", "/uk"])
@pytest.mark.parametrize("state", RegistrationState)
def test_every_state_has_words_in_every_language(client: Client, state: RegistrationState, language: str) -> None:
    event = make_event(venue=make_venue())
    registration = make_registration(event, state=state)

    response = client.get(door(registration, language=language))

    assert response.status_code == 200
    assert ("svg" in response.content.decode().split("<main", 1)[1]) == (state == CONFIRMED)


def test_looking_changes_nothing(client: Client) -> None:
    registration = make_registration(make_event(), state=HELD)

    for rest in ("", "cancel/", "details/"):
        client.get(door(registration, rest))
        client.head(door(registration, rest))
    for rest in ("confirm/", "coming/", "accept/", "decline/", "calendar/", "calendar/revoke/", "calendar/alarm/"):
        assert client.get(door(registration, rest)).status_code == 405

    registration.refresh_from_db()
    assert registration.state == HELD
    assert not CalendarFeed.objects.exists()


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        (HELD, "confirm/", CONFIRMED),
        (OFFERED, "accept/", CONFIRMED),
        (OFFERED, "decline/", RegistrationState.DECLINED),
        (CONFIRMED, "cancel/", RegistrationState.CANCELLED_BY_PARTICIPANT),
        (WAITLISTED, "cancel/", RegistrationState.CANCELLED_BY_PARTICIPANT),
        (HELD, "cancel/", RegistrationState.CANCELLED_BY_PARTICIPANT),
    ],
)
def test_a_button_moves_the_registration_without_a_cookie(
    before: RegistrationState, step: str, after: RegistrationState
) -> None:
    registration = make_registration(make_event(), state=before)
    client = Client(enforce_csrf_checks=True)

    responses = [client.post(door(registration, step), headers={"origin": "null"}) for _twice in range(2)]

    registration.refresh_from_db()
    assert registration.state == after
    assert [response.status_code for response in responses] == [302, 302]
    assert responses[0]["Location"] == door(registration)


def test_cancelling_asks_first(client: Client) -> None:
    registration = make_registration(make_event())

    html = client.get(door(registration, "cancel/")).content.decode()

    assert "Cancel the registration?" in html
    assert f'action="{door(registration, "cancel/")}"' in html
    registration.refresh_from_db()
    assert registration.state == CONFIRMED


def test_who_has_come_or_comes_back_after_the_end_is_not_offered_to_cancel(client: Client) -> None:
    present, late = make_registration(make_event()), make_registration(make_event(starts_at=NOW - timedelta(hours=3)))
    Registration.objects.filter(pk=present.pk).update(attendance=Attendance.PRESENT)

    for registration in (present, late):
        html = client.get(door(registration)).content.decode()
        asked, done = client.get(door(registration, "cancel/")), client.post(door(registration, "cancel/"))

        assert door(registration, "cancel/") not in html
        assert (asked.status_code, done.status_code) == (302, 409)
        assert "you can no longer cancel" in done.content.decode()
        registration.refresh_from_db()
        assert registration.state == CONFIRMED


def test_a_refusal_is_worded_on_the_page(client: Client) -> None:
    event = make_event()
    registration = make_registration(event, state=OFFERED)
    Registration.objects.filter(pk=registration.pk).update(offer_expires_at=NOW - timedelta(minutes=1))

    response = client.post(door(registration, "accept/"))

    assert response.status_code == 409
    assert "The offer has run out." in response.content.decode()


def test_who_waits_sees_the_place_in_the_queue(client: Client) -> None:
    event = make_event(capacity=1)
    make_registration(event)
    make_registration(event, state=WAITLISTED)
    second = make_registration(event, state=WAITLISTED, at=NOW + timedelta(seconds=1))

    assert "You are number 2 in the queue." in client.get(door(second)).content.decode()


def test_the_page_of_a_cancelled_event_says_so_and_asks_for_nothing(client: Client) -> None:
    event = make_event()
    registration = make_registration(event, state=HELD)
    Event.objects.filter(pk=event.pk).update(
        status=EventStatus.CANCELLED, cancellation_reason={"pl": "Awaria", "en": "A burst pipe"}
    )

    html = client.get(door(registration)).content.decode()

    assert "A burst pipe" in html
    assert door(registration, "confirm/") not in html
    assert door(registration, "cancel/") not in html


def test_the_link_to_join_is_for_those_with_a_seat_and_opens_shortly_before(client: Client) -> None:
    event = make_event(mode=EventMode.ONLINE, starts_at=NOW + timedelta(minutes=31))
    Event.objects.filter(pk=event.pk).update(join_url="https://meet.example/secret")
    inside, waiting = make_registration(event), make_registration(event, state=WAITLISTED)

    early = client.get(door(inside)).content.decode()
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        open_now = client.get(door(inside)).content.decode()
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        late = client.get(door(inside)).content.decode()

    assert "https://meet.example/secret" in open_now
    assert "The link opens here on:" in early
    assert "meet.example" not in early
    assert "Take part online" not in late
    assert "meet.example" not in client.get(door(waiting)).content.decode()
    assert "meet.example" not in client.get(f"/events/{event.slug}/").content.decode()


def test_a_new_date_asks_and_a_button_answers_once(client: Client) -> None:
    registration = make_registration(make_event())
    Registration.objects.update(attendance_intent=AttendanceIntent.ASKED)

    asked = client.get(door(registration)).content.decode()
    answers = [client.post(door(registration, "coming/")).status_code for _twice in range(2)]
    answered = client.get(door(registration)).content.decode()

    assert "Do you still come?" in asked
    assert f'action="{door(registration, "coming/")}"' in asked
    assert asked.count(f'href="{door(registration, "cancel/")}"') == 2
    assert answers == [302, 302]
    assert "You said that you are coming on the new date." in answered
    registration.refresh_from_db()
    assert (registration.attendance_intent, registration.changes.count()) == (AttendanceIntent.COMING, 1)


def test_while_there_is_no_date_one_may_leave_and_is_asked_nothing(client: Client) -> None:
    event = make_event(status=EventStatus.POSTPONED, starts_at=NOW - timedelta(days=3))
    registration = make_registration(event)

    html = client.get(door(registration)).content.decode()

    assert "This event is postponed" in html
    assert "<s>" in html
    assert "Do you still come?" not in html
    assert client.post(door(registration, "cancel/")).status_code == 302


def test_a_place_that_was_left_for_being_online_is_struck_out(client: Client) -> None:
    event = make_event(venue=make_venue(), mode=EventMode.ONLINE)
    record(
        event,
        EventChangeKind.MODE_CHANGED,
        by=None,
        at=NOW + timedelta(minutes=1),
        before={"mode": "in_person"},
        after={"mode": "online"},
    )

    html = client.get(door(make_registration(event))).content.decode()

    assert "<s>Town hall (example)<br>Rynek 1, 20-000 Lublin</s>" in html
    assert "Moved online" in html


def test_nothing_keeps_or_passes_on_the_key(client: Client) -> None:
    registration = make_registration(make_event())

    for response in (client.get(door(registration)), client.get("/en/r/unknown/")):
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert not response.cookies


@pytest.mark.parametrize("step", ["", "confirm/", "cancel/", "calendar/"])
def test_an_unknown_key_is_told_what_to_do(client: Client, step: str) -> None:
    registration = make_registration(make_event())
    forged = registration.manage_token[:-1] + ("A" if registration.manage_token[-1] != "A" else "B")

    for token in (forged, "x", "ąę", "AAAA" * 9):
        response = client.post(f"/en/r/{token}/{step}") if step else client.get(f"/en/r/{token}/")
        assert response.status_code == 404
        assert "Send me the links to my registrations" in response.content.decode()

    registration.refresh_from_db()
    assert registration.state == CONFIRMED


def test_the_own_calendar_is_made_and_replaced_by_buttons(client: Client) -> None:
    registration = make_registration(make_event())
    client.post(door(registration, "calendar/"))
    feed = CalendarFeed.objects.get()
    old_path = f"/calendar/my/{feed.token}.ics"

    html = client.get(door(registration)).content.decode()
    for _twice in range(2):
        client.post(door(registration, "calendar/revoke/"), {"generation": "1"})

    assert old_path in html
    feed.refresh_from_db()
    assert feed.generation == 2
    assert client.get(old_path).status_code == 410
    assert client.get(f"/calendar/my/{feed.token}.ics").status_code == 200


def test_needs_and_answers_are_shown_and_changed(client: Client) -> None:
    event = make_event()
    food = make_question(event, QuestionKind.MULTIPLE, choices=["soup", "bread"], text="Jedzenie?")
    people, dog = make_question(event, QuestionKind.NUMBER), make_question(event, QuestionKind.YES_NO)
    old = make_question(event, is_retired=True, text="Dawne?")
    registration = make_registration(event)
    for question, value in ((food, ["soup", "bread"]), (people, 2.5), (dog, False), (old, "Zupa")):
        registration.answers.create(question=question, value=value)
    registration.needs.create(kind="pjm", note="Dwie osoby", state="arranged", created_at=NOW)
    registration.needs.create(kind="wheelchair", created_at=NOW)
    Registration.objects.update(age_statement=True)

    page = client.get(door(registration)).content.decode()
    form = client.get(door(registration, "details/")).content.decode()
    said = {"needs": ["pjm", "large_print"], "needs_note": "Dwie osoby", f"answer_{food.pk}": "bread"}
    response = client.post(door(registration, "details/"), {**said, f"answer_{dog.pk}": "yes"})

    for words in (
        "<strong>Polish Sign Language (PJM)</strong>: Dwie osoby",
        "It is arranged.",
        "Soup, Bread",
        "2.5",
        "No",
        "Dawne?",
        "Zupa",
        "Given",
    ):
        assert words in page
    assert 'value="pjm" id="id_needs_0" checked' in form
    assert 'value="2.5"' in form
    assert form.count("checked") == 5
    assert "Dawne?" not in form
    assert response.status_code == 302
    assert {answer.question_id: answer.value for answer in registration.answers.all()} == {
        food.pk: ["bread"],
        dog.pk: True,
        old.pk: "Zupa",
    }
    assert list(registration.needs.order_by("id").values_list("kind", "note", "state")) == [
        ("pjm", "Dwie osoby", "arranged"),
        ("wheelchair", "", "withdrawn"),
        ("large_print", "Dwie osoby", "requested"),
    ]
    assert list(registration.changes.values_list("cause", "notify")) == [("edited", False)]


def test_a_person_reads_what_became_of_their_needs(client: Client) -> None:
    registration = make_registration(make_event(starts_at=NOW + timedelta(days=2)))
    no = {"reason": "Brak <b>tłumacza</b>.", "alternative": "Napisy na żywo."}
    for kind, state, words in (
        ("pjm", "not_possible", no),
        ("sjm", "requested", {}),
        ("large_print", "arranged", {"reason": "Leży przy wejściu."}),
        ("wheelchair", "withdrawn", {}),
    ):
        late = kind in {"pjm", "sjm"}
        registration.needs.create(kind=kind, state=state, is_late=late, created_at=NOW, **words)

    page = client.get(door(registration)).content.decode()

    for sentence in (
        "Why not: Brak &lt;b&gt;tłumacza&lt;/b&gt;.",
        "What we offer instead: Napisy na żywo.",
        "You have asked for it; nobody has answered yet.",
        "You asked for it after 11 January 2027, so we cannot promise it. We try.",
        "It is arranged.",
        "A word to you: Leży przy wejściu.",
    ):
        assert sentence in page
    # Not of what is answered.
    assert page.count("cannot promise") == 1
    assert "wheelchair" not in page


def test_what_was_asked_for_late_of_a_meeting_without_a_date_names_no_day(client: Client) -> None:
    registration = make_registration(make_event(status=EventStatus.POSTPONED))
    registration.needs.create(kind="pjm", is_late=True, created_at=NOW)

    assert "You asked for it late, so we cannot promise it." in client.get(door(registration)).content.decode()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (14, "Tuesday, 26 January 2027</time> can be promised if you ask until 21 January 2027."),
        (1, "Wednesday, 13 January 2027</time> could be promised until 8 January 2027. Ask all the same"),
    ],
)
def test_the_form_of_needs_says_until_when_sign_language_can_be_promised(client: Client, days: int, words: str) -> None:
    registration = make_registration(make_event(starts_at=NOW + timedelta(days=days)))

    assert words in client.get(door(registration, "details/")).content.decode()


def test_nothing_is_asked_for_when_the_meeting_is_over(client: Client) -> None:
    registration = make_registration(make_event(starts_at=NOW - timedelta(days=1)))

    response = client.post(door(registration, "details/"), {"needs": ["pjm"]})

    assert response.status_code == 409
    assert "nothing can be arranged for it any more" in response.content.decode()


def test_what_does_not_fit_stands_at_its_field_and_changes_nothing(client: Client) -> None:
    event = make_event()
    food = make_question(event, is_required=True)
    registration = make_registration(event)
    registration.answers.create(question=food, value="Zupa")

    missing = client.post(door(registration, "details/"), {"needs": ["pjm"]})
    unsaid = client.post(door(registration, "details/"), {"needs": ["other"], f"answer_{food.pk}": "Chleb"})

    assert (missing.status_code, unsaid.status_code) == (400, 400)
    assert f'id="id_answer_{food.pk}_error"' in missing.content.decode()
    assert 'id="id_needs_note_error"' in unsaid.content.decode()
    assert registration.answers.get().value == "Zupa"
    assert not registration.needs.exists()
    assert not registration.changes.exists()


def test_what_has_ended_has_nothing_to_change(client: Client) -> None:
    registration = make_registration(make_event(), state=RegistrationState.EXPIRED)

    assert client.get(door(registration, "details/")).status_code == 302
    assert client.post(door(registration, "details/"), {"needs": ["pjm"]}).status_code == 409
    assert not registration.needs.exists()
    assert "details/" not in client.get(door(registration)).content.decode()


def test_the_page_costs_the_same_however_much_has_happened(client: Client, django_assert_num_queries) -> None:
    one, three = make_event(), make_event(sessions=3)
    few, many = make_registration(one), make_registration(three)
    for _time in range(3):
        many.changes.create(cause="edited", to_state=CONFIRMED, at=NOW)

    with django_assert_num_queries(9):
        client.get(door(few))
    with django_assert_num_queries(9):
        client.get(door(many))


WORD = "Słowo pracownika"


@pytest.mark.parametrize("rest", ["", "export/", "export.json"])
@pytest.mark.parametrize("cause", ChangeCause)
def test_a_reason_is_shown_only_where_its_form_says_that_the_person_reads_it(
    client: Client, cause: ChangeCause, rest: str
) -> None:
    registration = make_registration(make_event())
    RegistrationChange.objects.create(
        registration=registration, cause=cause, to_state=CONFIRMED, at=NOW, reason=WORD, notify=False
    )

    page = client.get(door(registration, rest))

    written_to_the_person = {
        ChangeCause.REJECTED,
        ChangeCause.CANCELLED,
        ChangeCause.MEMBER_CANCELLED,
        ChangeCause.NO_ANSWER,
    }
    assert page.status_code == 200
    assert (WORD in page.content.decode()) == (cause in written_to_the_person)


def test_the_own_calendar_reminds_when_asked_to(client: Client) -> None:
    registration = make_registration(make_event())
    client.post(door(registration, "calendar/alarm/"), {"alarm": "60"})  # There is no calendar yet.
    client.post(door(registration, "calendar/"))
    feed = CalendarFeed.objects.get()

    seen = []
    for alarm in ("60", "nonsense", "5", "1440", ""):
        answer = client.post(door(registration, "calendar/alarm/"), {"alarm": alarm})
        assert answer.status_code == 302
        feed.refresh_from_db()
        seen.append(feed.alarm_minutes)
        chosen = f'<option value="{feed.alarm_minutes or ""}" selected>'
        assert chosen in client.get(door(registration)).content.decode()

    assert seen == [60, 60, 60, 1440, None]


def test_a_sure_date_can_be_put_into_any_calendar(client: Client) -> None:
    registration = make_registration(make_event("debata", sessions=2))

    html = client.get(door(registration)).content.decode()

    assert f'href="{door(registration, "calendar.ics")}"' in html
    assert html.count("https://calendar.google.com/calendar/render?") == 2
    assert html.count("https://outlook.live.com/calendar/0/deeplink/compose?") == 2
    assert "details=http%3A%2F%2F127.0.0.1%3A8000%2Fen%2Fevents%2Fdebata%2F" in html
    for address in re.findall(r'href="(https://(?:calendar.google|outlook)[^"]+)"', html):
        assert registration.manage_token not in address


@pytest.mark.parametrize(
    ("status", "state"),
    [(EventStatus.POSTPONED, CONFIRMED), (EventStatus.CANCELLED, CONFIRMED), (EventStatus.PUBLISHED, WAITLISTED)],
)
def test_what_is_not_sure_is_not_offered_for_a_calendar(client: Client, status: EventStatus, state) -> None:
    registration = make_registration(make_event(status=status), state=state)

    assert "calendar/render" not in client.get(door(registration)).content.decode()


def test_the_links_of_a_restricted_event_lead_nowhere(client: Client) -> None:
    registration = make_registration(make_event(visibility=Visibility.RESTRICTED))

    assert "details=&amp;" in client.get(door(registration)).content.decode()
