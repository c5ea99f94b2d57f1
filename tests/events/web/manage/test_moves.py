"""Staff pages of an event's steps, and the buttons that lead to them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.enums import EventChangeKind, EventStatus, Role
from events.models import AgendaItem, Event, EventChange, EventRole, RoomBooking
from tests.make import make_event, make_notice, make_registration, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

EVENT = "/en/manage/events/meeting/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


def client_of(role=Role.OWNER):
    client = Client()
    client.force_login(make_user(role=role))
    return client


@pytest.fixture
def client():
    return client_of()


def ready(status=EventStatus.DRAFT, **options):
    """An event that lacks nothing."""
    make_notice()
    event = make_event("meeting", status=status, venue=make_venue(), **options)
    Event.objects.filter(pk=event.pk).update(contact_email="kontakt@example.org")
    return event


def status_of(event):
    event.refresh_from_db()
    return event.status


def labels(client, path=EVENT):
    """What the overview offers: the main step, and the others."""
    response = client.get(path)
    steps = response.context["steps"]
    main = str(steps.main.button.label) if steps.main else None
    return main, [str(step.button.label) for step in steps.others]


POSTPONE, CANCEL, COPY = "Postpone without a date", "Cancel the event", "Make a copy"


@pytest.mark.parametrize(
    ("status", "days", "main", "others"),
    [
        (EventStatus.DRAFT, 14, "Publish", ["Send for review"]),
        (EventStatus.IN_REVIEW, 14, "Approve and publish", ["Send back with a word"]),
        (EventStatus.PUBLISHED, 14, None, [POSTPONE, CANCEL]),
        (EventStatus.PUBLISHED, 0, "It took place", [POSTPONE, CANCEL]),
        (EventStatus.PUBLISHED, -3, "It took place", ["Close the event", POSTPONE, CANCEL]),
        (EventStatus.POSTPONED, 14, "Set a new date", [CANCEL]),
        (EventStatus.HELD, -3, "Close the event", []),
        (EventStatus.CLOSED, -3, None, []),
        (EventStatus.CANCELLED, 14, None, []),
    ],
)
def test_the_overview_offers_what_the_state_allows(client, status, days, main, others):
    make_event("meeting", status=status, starts_at=NOW + timedelta(days=days))

    shown_main, shown_others = labels(client)

    assert (shown_main, shown_others[: len(others)]) == (main, others)
    assert COPY in shown_others


def test_the_overview_offers_only_what_one_may_do():
    make_event("meeting", status=EventStatus.IN_REVIEW)

    assert labels(client_of(Role.HEAD)) == ("Approve and publish", ["Send back with a word"])
    assert labels(client_of(Role.AUDITOR)) == (None, [])


def test_what_was_only_planned_is_never_said_to_have_taken_place(client):
    make_event("meeting", starts_at=NOW - timedelta(days=3))
    Event.objects.update(planned_only=True)

    assert labels(client)[0] is None


def test_a_draft_goes_to_review_and_comes_back_with_a_word(client):
    event = ready()

    client.post(f"{EVENT}submit/", {"reason": "Proszę o sprawdzenie", "version": event.version})
    assert status_of(event) == EventStatus.IN_REVIEW
    assert "Waiting for your review" in client.get("/en/manage/").content.decode()

    refused = client.post(f"{EVENT}send-back/", {"reason": " "})
    assert (refused.status_code, status_of(event)) == (200, EventStatus.IN_REVIEW)
    client.post(f"{EVENT}send-back/", {"reason": "Brakuje programu"})

    assert status_of(event) == EventStatus.DRAFT
    page = client.get(EVENT).content.decode()
    assert "Sent back with a word" in page
    assert "Brakuje programu" in page
    assert "Proszę o sprawdzenie" in page


def test_a_review_waits_only_for_those_who_may_answer_it():
    ready(EventStatus.IN_REVIEW)
    make_event("foreign", status=EventStatus.IN_REVIEW, unit=make_unit("inny"))

    waiting = {role: client_of(role).get("/en/manage/").context["reviews"] for role in (Role.HEAD, Role.AUDITOR)}

    assert {role: [event.slug for event in events] for role, events in waiting.items()} == {
        Role.HEAD: ["meeting"],
        Role.AUDITOR: [],
    }


def test_a_head_approves_what_is_in_review():
    event = ready(EventStatus.IN_REVIEW)

    answer = client_of(Role.HEAD).post(f"{EVENT}publish/", {"reason": "", "version": event.version})

    assert (answer.status_code, status_of(event)) == (302, EventStatus.PUBLISHED)


def test_nobody_approves_what_has_changed_since_they_looked(client):
    event = ready(EventStatus.IN_REVIEW)
    Event.objects.update(version=9)

    answer = client.post(f"{EVENT}publish/", {"reason": "", "version": event.version}, follow=True)

    assert "Somebody else has changed this in the meantime." in answer.content.decode()
    assert status_of(event) == EventStatus.IN_REVIEW


def test_the_page_says_who_may_pass_a_gap_over(client):
    make_notice()
    make_event("meeting", status=EventStatus.DRAFT)

    page = client.get(EVENT).content.decode()

    assert "May be passed over with a reason by: Administrator, Owner, Head of unit." in page


def test_conflicts_stand_apart_from_gaps_with_a_link_to_the_other_meeting(client):
    event, other = ready(), make_event("other", title="Inne spotkanie")
    hidden = make_event("hidden", status=EventStatus.DRAFT, unit=make_unit("inny", name="Inny wydział"))
    for each in (event, other, hidden):
        EventRole.objects.create(event=each, kind="speaker", name="Ewa Przykład", identity="ewa@example.org")

    page = client.get(EVENT).content.decode()

    assert "Missing before people may see it" not in page
    assert "Good to know" in page
    assert "Ewa Przykład has another meeting at this time: Trial meeting" in page
    assert 'href="/en/events/other/"' in page
    assert "Ewa Przykład has another meeting at this time: Strategy Department" in page
    assert "events/hidden/" not in page
    assert "Ewa Przykład has another meeting" in client.get(f"{EVENT}publish/").content.decode()


def test_postponing_says_first_who_is_told_and_keeps_the_reason(client):
    event = ready(EventStatus.PUBLISHED)
    make_registration(event)

    page = client.get(f"{EVENT}postpone/").content.decode()
    assert "1 person will be told." in page
    assert status_of(event) == EventStatus.PUBLISHED
    client.post(f"{EVENT}postpone/", {"reason": "Remont sali", "notify": "on", "version": event.version})

    assert status_of(event) == EventStatus.POSTPONED
    change = EventChange.objects.get(kind=EventChangeKind.POSTPONED)
    assert (change.reason, change.notify) == ("Remont sali", True)
    assert "Remont sali" in client.get(EVENT).content.decode()


@pytest.mark.parametrize("page", ["postpone", "hold", "close", "submit", "send-back", "new-date"])
def test_a_step_that_the_state_does_not_have_is_worded_and_changes_nothing(client, page):
    event = make_event("meeting", status=EventStatus.CANCELLED)
    when = NOW + timedelta(days=20)
    dates = session_rows(event, starts_at=when)

    answer = client.post(f"{EVENT}{page}/", {"reason": "x", **dates})

    assert answer.status_code == 200
    assert "The event is in a state in which this cannot be done." in answer.content.decode()
    assert status_of(event) == EventStatus.CANCELLED
    assert not EventChange.objects.exists()


def session_rows(event, *, starts_at, hours=2):
    session = event.sessions.get()
    return {
        "sessions-TOTAL_FORMS": "1",
        "sessions-INITIAL_FORMS": "0",
        "sessions-0-id": session.pk,
        "sessions-0-starts_at": f"{starts_at:%Y-%m-%dT%H:%M}",
        "sessions-0-ends_at": f"{starts_at + timedelta(hours=hours):%Y-%m-%dT%H:%M}",
        "sessions-0-title_pl": "",
        "sessions-0-title_en": "",
        "sessions-0-title_uk": "",
    }


def test_a_new_date_brings_a_postponed_event_back_with_its_agenda(client):
    event = ready(EventStatus.POSTPONED)
    AgendaItem.objects.create(session=event.sessions.get(), title={"pl": "Otwarcie"})

    shown = client.get(f"{EVENT}new-date/").content.decode()
    assert 'value="2027-01-26T10:00"' in shown
    answer = client.post(
        f"{EVENT}new-date/", {**session_rows(event, starts_at=NOW + timedelta(days=30)), "notify": "on"}
    )

    assert (answer.status_code, status_of(event)) == (302, EventStatus.PUBLISHED)
    session = event.sessions.get(is_cancelled=False)
    assert f"{session.starts_at:%Y-%m-%d %H:%M}" == "2027-02-11 08:00"
    assert session.agenda.count() == 1
    assert EventChange.objects.get(kind=EventChangeKind.NEW_DATE).notify


def test_a_new_date_says_first_who_is_told_and_loses_nothing_on_the_way(client):
    event = ready(EventStatus.POSTPONED)
    EventRole.objects.create(
        event=event, kind="interpreter", name="Osoba (przykład)", email="pjm@example.org", identity="pjm@example.org"
    )
    make_registration(event, email="anna@example.org")
    typed = {**session_rows(event, starts_at=NOW + timedelta(days=30)), "notify": "on", "version": event.version}

    page = client.post(f"{EVENT}new-date/", typed)
    assert "Messages by e-mail: 2, by SMS: 0." in page.content.decode()
    assert "Announce the new date" in page.content.decode()
    assert (status_of(event), EventChange.objects.count()) == (EventStatus.POSTPONED, 0)
    carried = dict(page.context["carried"])
    back = client.post(f"{EVENT}new-date/", {**carried, "back": "yes"})
    assert back.context["rows"].forms[0]["starts_at"].value() == typed["sessions-0-starts_at"]
    assert status_of(event) == EventStatus.POSTPONED
    client.post(f"{EVENT}new-date/", {**carried, "confirmed": "yes"})

    assert status_of(event) == EventStatus.PUBLISHED


@pytest.mark.parametrize(("role", "asks"), [(Role.OWNER, True), (Role.EDITOR, False)])
def test_a_new_date_in_a_taken_room_asks_for_a_reason_who_may_decide_it(role, asks):
    event, other, when = ready(EventStatus.POSTPONED), make_event("other"), NOW + timedelta(days=30)
    room = event.venue.rooms.create(name="Sala obrad")
    taken = other.sessions.get()
    RoomBooking.objects.create(session=taken, room=room, begins_at=when, ends_at=when + timedelta(hours=2))
    typed = {**session_rows(event, starts_at=when), "sessions-0-room": room.pk}
    client = client_of(role)

    page = client.post(f"{EVENT}new-date/", typed)
    assert page.context["form"].asks_why_room_is_shared == asks
    assert "Sala obrad" in page.content.decode()
    assert status_of(event) == EventStatus.POSTPONED
    client.post(f"{EVENT}new-date/", {**typed, "room_override_reason": "Za ścianą"})

    assert status_of(event) == (EventStatus.PUBLISHED if asks else EventStatus.POSTPONED)


@pytest.mark.parametrize("version", ["999", "abc"])
def test_what_somebody_else_has_changed_is_not_called_off_unseen(client, version):
    event = ready(EventStatus.PUBLISHED)
    shown = client.get(f"{EVENT}cancel/").context["form"]

    answer = client.post(f"{EVENT}cancel/", {"reason": "Awaria", "version": version})

    assert shown["version"].value() == event.version
    assert answer.status_code == 200
    assert (status_of(event), EventChange.objects.count()) == (EventStatus.PUBLISHED, 0)
    assert client.post(f"{EVENT}cancel/", {"reason": "Awaria", "version": event.version}).status_code == 302


def test_a_new_date_in_the_past_or_without_an_hour_is_refused_at_its_row(client):
    event = ready(EventStatus.POSTPONED)

    past = client.post(f"{EVENT}new-date/", session_rows(event, starts_at=NOW - timedelta(days=3)))
    missing = client.post(f"{EVENT}new-date/", session_rows(event, starts_at=NOW.replace(month=3, day=28, hour=2)))
    empty = client.post(f"{EVENT}new-date/", {**session_rows(event, starts_at=NOW), "sessions-0-ends_at": ""})

    assert "A new date lies ahead." in past.content.decode()
    assert missing.context["rows"].forms[0].errors
    assert "Give the date and the time." in empty.content.decode()
    assert status_of(event) == EventStatus.POSTPONED
    assert not EventChange.objects.exists()


def test_an_event_takes_place_and_is_closed(client):
    event = make_event("meeting", starts_at=NOW - timedelta(days=1))

    client.post(f"{EVENT}hold/", {"version": event.version})
    assert status_of(event) == EventStatus.HELD
    client.post(f"{EVENT}close/")
    assert status_of(event) == EventStatus.CLOSED


def test_what_has_not_begun_did_not_take_place(client):
    event = make_event("meeting")

    page = client.post(f"{EVENT}hold/").content.decode()

    assert "The meeting has not begun yet." in page
    assert status_of(event) == EventStatus.PUBLISHED
