"""Today, the overview, calling an event off; and the messages of an event."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from events.actions.calendar import refresh_for
from events.enums import EventChangeKind, EventStatus, Role
from events.models import EventChange
from notifications.enums import AttemptResult, Channel, MessageState, Priority
from notifications.models import ChannelState, DeliveryAttempt, Message
from registrations.enums import AttendanceIntent, RegistrationState
from registrations.models import Registration
from tests.make import make_event, make_notice, make_registration, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

EVENT = "/en/manage/events/meeting/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user("ola@example.org"))
    return client


def make_message(event, *, state=MessageState.SENT, number=1, body="Dzień dobry", at=NOW):
    message = Message.objects.create(
        dedupe_key=f"{event.pk}:{number}",
        kind="confirmed",
        channel=Channel.EMAIL,
        priority=Priority.CONFIRMATION,
        event=event,
        language="pl",
        to="anna@example.org",
        subject="Masz miejsce",
        body=body,
        state=state,
        created_at=at,
        due_at=at,
        useful_until=at + timedelta(days=1),
        next_attempt_at=at,
    )
    DeliveryAttempt.objects.create(message=message, at=at, result=AttemptResult.DEFERRED, code="451", detail="Busy")
    return message


def test_today_shows_the_door_drafts_what_comes_and_what_did_not_arrive(client):
    make_event("soon", starts_at=NOW + timedelta(hours=2))
    make_event("later")
    make_event("draft", status=EventStatus.DRAFT)
    make_event("foreign", unit=make_unit("inny"), starts_at=NOW + timedelta(hours=2))
    failing = make_event("failing")
    make_message(failing, state=MessageState.FAILED)
    make_message(failing, state=MessageState.FAILED, number=2, at=NOW - timedelta(days=30))
    make_message(failing, number=3)

    shown = client.get("/en/manage/").context

    assert [event.slug for event in shown["doors"]] == ["soon"]
    assert [event.slug for event in shown["coming"]] == ["soon", "later", "failing"]
    assert [event.slug for event in shown["drafts"]] == ["draft"]
    assert [(trouble.event.slug, trouble.count) for trouble in shown["troubles"]] == [("failing", 2)]
    assert shown["sending"].failed_today == 1
    page = client.get("/en/manage/").content.decode()
    assert "I have seen all of them" in page
    assert "Nothing waits" in page


def test_what_somebody_has_seen_is_off_the_list_of_today(client):
    failing = make_event("failing")
    make_message(failing, state=MessageState.FAILED)

    client.post("/en/manage/events/failing/messages/seen/")

    assert client.get("/en/manage/").context["troubles"] == []


def test_today_says_which_channel_is_out_of_order_to_who_sees_messages(client):
    # By the clock of the database, which no test moves.
    until = NOW + timedelta(days=9000)
    ChannelState.objects.create(channel=Channel.SMS, refilled_at=NOW, open_until=until, last_error="20003")
    ChannelState.objects.create(channel=Channel.EMAIL, refilled_at=NOW, open_until=NOW - timedelta(days=9000))

    assert [state.channel for state in client.get("/en/manage/").context["out_of_order"]] == ["sms"]
    assert "A channel is out of order" in client.get("/en/manage/").content.decode()
    client.force_login(make_user(role=Role.DOOR))
    shown = client.get("/en/manage/").context
    assert (shown["out_of_order"], shown["sending"]) == ([], None)


def test_today_of_the_door_role_has_doors_only(client):
    make_event("soon", starts_at=NOW + timedelta(hours=2))
    client.force_login(make_user(role=Role.DOOR))

    shown = client.get("/en/manage/")

    assert [event.slug for event in shown.context["doors"]] == ["soon"]
    assert (shown.context["coming"], shown.context["drafts"]) == ([], [])
    assert "New event" not in shown.content.decode()


def test_somebody_in_no_unit_is_told_whom_to_ask(client):
    client.force_login(make_user(role=None))

    assert "Your account belongs to no unit yet." in client.get("/en/manage/").content.decode()


def test_the_overview_says_who_still_comes_once_people_were_asked(client):
    event = make_event("meeting")
    silent, coming = make_registration(event), make_registration(event, seats=2)
    before = client.get("/en/manage/events/meeting/").content.decode()
    Registration.objects.filter(pk=silent.pk).update(attendance_intent=AttendanceIntent.ASKED)
    Registration.objects.filter(pk=coming.pk).update(attendance_intent=AttendanceIntent.COMING)

    html = client.get("/en/manage/events/meeting/").content.decode()

    assert "Do they still come?" not in before
    for number, words in ((3, "people asked"), (2, "said yes"), (0, "said no"), (1, "without an answer")):
        assert f'<span class="figure-number">{number}</span> {words}' in html


def test_today_says_when_the_public_calendar_has_grown_too_large(client, monkeypatch):
    event = make_event("meeting")
    refresh_for(event_ids=[event.pk], at=NOW)
    assert "has grown too large" not in client.get("/en/manage/").content.decode()

    monkeypatch.setattr("events.queries.feeds.MOST_OCTETS", 500)
    html = client.get("/en/manage/").content.decode()

    assert "The public calendar has grown too large" in html
    door = Client()
    door.force_login(make_user("door@example.org", role=Role.DOOR))
    assert "has grown too large" not in door.get("/en/manage/").content.decode()


def test_the_overview_counts_and_tells_what_happened(client):
    event = make_event("meeting", capacity=3)
    make_registration(event)
    make_registration(event, state=RegistrationState.HELD)
    make_registration(event, state=RegistrationState.WAITLISTED)
    rows = [
        (
            EventChangeKind.RESCHEDULED,
            {"starts_at": "2027-01-26T09:00:00+00:00", "ends_at": "2027-01-26T11:00:00+00:00"},
            {"starts_at": "2027-01-27T09:00:00+00:00", "ends_at": "2027-01-27T11:00:00+00:00"},
        ),
        (
            EventChangeKind.RESCHEDULED,
            {},
            {"starts_at": "2027-01-27T09:00:00+00:00", "ends_at": "2027-01-27T11:00:00+00:00", "all_day": False},
        ),
        (EventChangeKind.RELOCATED, {"venue": None}, {"venue": "r", "name": {"pl": "Ratusz", "en": "Town hall"}}),
        (EventChangeKind.RELOCATED, {"room": None}, {"room": "Sala 1"}),
        (EventChangeKind.RELOCATED, {}, {"join_url_changed": True}),
        (EventChangeKind.MODE_CHANGED, {"mode": ""}, {"mode": "online"}),
        (EventChangeKind.CAPACITY_CHANGED, {"capacity": 50}, {"capacity": None}),
        (
            EventChangeKind.EDITED,
            {"title": {"pl": "A"}},
            {"title": {"pl": "B"}, "summary": {}, "registration.hold_minutes": 5, "registration.offer_hours": 1},
        ),
    ]
    for kind, before, after in rows:
        EventChange.objects.create(event=event, kind=kind, before=before, after=after, at=NOW)

    response = client.get(EVENT)

    page = response.content.decode()
    assert (response.context["people"].confirmed, response.context["pending"]) == (1, 1)
    for sentence in (
        "Instead of Tuesday, 26 January 2027, 10:00–12:00: Wednesday, 27 January 2027, 10:00–12:00.",
        "New date: Wednesday, 27 January 2027, 10:00–12:00.",
        "Place: not stated → Town hall.",
        "Room: — → Sala 1.",
        "The link for taking part online has changed.",
        "How people take part: not stated → Online.",
        "Seats: 50 → no limit.",
        "Title: “A” → “B”.",
        "Changed: summary, rules of registration.",
    ):
        assert sentence in page


def test_cancelling_says_first_how_many_people_will_be_told(client):
    event = make_event("meeting")
    make_registration(event)
    make_registration(event, state=RegistrationState.WAITLISTED)
    make_registration(event, state=RegistrationState.EXPIRED)

    page = client.get(f"{EVENT}cancel/").content.decode()

    assert "2 people will be told." in page
    event.refresh_from_db()
    assert event.status == EventStatus.PUBLISHED


def test_cancelling_needs_a_reason_and_is_kept_in_the_history(client):
    event = make_event("meeting")

    refused = client.post(f"{EVENT}cancel/", {"reason": " ", "notify": "on"})
    event.refresh_from_db()
    assert (refused.status_code, event.status) == (200, EventStatus.PUBLISHED)
    client.post(f"{EVENT}cancel/", {"reason": "Awaria ogrzewania"})

    event.refresh_from_db()
    change = EventChange.objects.get()
    assert (event.status, change.reason, change.notify) == (EventStatus.CANCELLED, "Awaria ogrzewania", False)
    assert "Awaria ogrzewania" in client.get(EVENT).content.decode()


def test_cancelling_twice_is_worded(client):
    make_event("meeting", status=EventStatus.CANCELLED)

    response = client.post(f"{EVENT}cancel/", {"reason": "x", "notify": "on"})

    assert "The event is in a state in which this cannot be done." in response.content.decode()


def test_the_message_log_hides_personal_links_and_tells_every_try(client):
    event = make_event("meeting")
    make_message(event, body="Twoje zgłoszenie: {{manage_link:7}}")
    make_message(event, number=2, state=MessageState.FAILED)
    make_message(make_event("other"))

    page = client.get(f"{EVENT}messages/").content.decode()

    assert "manage_link" not in page
    assert "[personal link]" in page
    for shown in ("anna@example.org", "Busy", "451", "You have a seat"):
        assert shown in page
    assert client.get(f"{EVENT}messages/").context["page"].paginator.count == 2
    assert client.get(f"{EVENT}messages/?state=failed").context["page"].paginator.count == 1


def test_today_and_messages_ask_the_same_number_of_queries_for_one_and_for_three(client):
    make_notice()
    event = make_event("meeting", starts_at=NOW)
    make_message(event, state=MessageState.FAILED)

    def counts():
        found = []
        for page in ("/en/manage/", f"{EVENT}messages/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        return found

    counts()
    before = counts()
    for number in (2, 3):
        make_message(event, number=number, state=MessageState.FAILED)
        make_message(make_event(starts_at=NOW), number=number, state=MessageState.FAILED)

    assert counts() == before


def test_changing_an_event_says_how_many_people_would_be_told(client):
    event = make_event("meeting")
    nobody = client.get(f"{EVENT}edit/").content.decode()
    make_registration(event)
    make_registration(event, state=RegistrationState.WAITLISTED)
    make_registration(event, state=RegistrationState.EXPIRED)

    page = client.get(f"{EVENT}edit/").content.decode()

    assert "nobody would get a message" in nobody
    assert "2 people would get the message." in page


def test_a_draft_has_nobody_to_tell(client):
    make_event("meeting", status=EventStatus.DRAFT)

    assert "would get" not in client.get(f"{EVENT}edit/").content.decode()
