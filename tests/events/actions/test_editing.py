"""Making and changing events: what is filled in, what is refused, what history says."""
# ruff: noqa: DTZ001 - wall-clock times are what is tested

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from events.actions import drafts
from events.actions.copying import copy_event
from events.actions.definitions import (
    CategoryDefinition,
    EventDefinition,
    EventEdit,
    RegistrationDefinition,
    RegistrationEdit,
    ReminderDefinition,
    SessionDefinition,
    definition_of,
    reminder_from_json,
)
from events.actions.editing import create_event, edit_event
from events.enums import (
    EventChangeKind,
    EventMode,
    EventStatus,
    ReminderAudience,
    ReminderChannel,
    Visibility,
    WaitlistPolicy,
)
from events.errors import DomainError, EditConflict, FieldErrors, MoveNotAllowed, OverCapacity
from events.models import CalendarEntry, District, Event, EventChange, EventKind, Room, SeatPool, Session, Stage
from events.queries.search import with_words
from events.signals import sessions_going
from tests.make import (
    make_category,
    make_event,
    make_process,
    make_session,
    make_topic,
    make_unit,
    make_user,
    make_venue,
)
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

WARSAW = ZoneInfo("Europe/Warsaw")
LATER = NOW + timedelta(minutes=5)


def a_session(day: int = 26, *, hour: int = 17, **given: Any) -> SessionDefinition:
    start = datetime(2027, 1, day, hour, 0)
    usual: dict[str, Any] = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
    return SessionDefinition(**{**usual, **given})


def a_definition(**given: Any) -> EventDefinition:
    usual: dict[str, Any] = {
        "unit": make_unit(),
        "kind": EventKind.objects.get(code="open_district_meeting"),
        "title": {"pl": "Otwarte spotkanie", "en": "Open meeting"},
        "sessions": (a_session(),),
    }
    return EventDefinition(**{**usual, **given})


def changes_of(event: Event) -> list[tuple[str, dict[str, object], dict[str, object], bool]]:
    rows = EventChange.objects.filter(event=event).exclude(kind=EventChangeKind.CREATED).order_by("id")
    return [(row.kind, row.before, row.after, row.notify) for row in rows]


# Making


def test_an_event_gets_what_is_usual_for_its_kind():
    event = create_event(a_definition(), by=make_user(), at=NOW)

    event.refresh_from_db()
    assert (event.status, event.visibility, event.mode, event.version) == ("draft", "public", "in_person", 1)
    assert event.slug == "otwarte-spotkanie"
    assert event.starts_at == datetime(2027, 1, 26, 16, 0, tzinfo=UTC)
    assert event.ends_at == datetime(2027, 1, 26, 18, 0, tzinfo=UTC)
    assert event.policy.required
    assert [(pool.session_id, pool.category_id, pool.capacity) for pool in event.pools.all()] == [(None, None, None)]
    assert [str(rule) for rule in event.reminders.all()] == ["email 1 d 17:00:00", "sms 180 min"]
    assert [change.kind for change in event.changes.all()] == ["created"]


@pytest.mark.parametrize(
    ("kind", "visibility", "required", "reminders"),
    [
        ("mobile_point", "public", False, 0),
        ("district_councils_meeting", "restricted", True, 2),
        ("city_councillors_meeting", "restricted", True, 2),
        ("workshop", "public", True, 2),
    ],
)
def test_kinds_differ_in_their_defaults(kind, visibility, required, reminders):
    event = create_event(a_definition(kind=EventKind.objects.get(code=kind)), by=make_user(), at=NOW)

    assert (event.visibility, event.policy.required, event.reminders.count()) == (visibility, required, reminders)


def test_everything_said_is_kept_and_read_back():
    process = make_process()
    stage = Stage.objects.create(
        process=process,
        number=6,
        roman="VI",
        title={"pl": "Konsultacje"},
        period_text="IV kwartał 2021",
        start_year=2021,
        start_quarter=4,
        end_year=2021,
        end_quarter=4,
    )
    venue = make_venue()
    definition = a_definition(
        slug="debata",
        summary={"pl": "Krótko"},
        description={"pl": "Długo"},
        mode=EventMode.HYBRID,
        venue=venue,
        district=District.objects.create(slug="czuby", name="Czuby"),
        join_url="https://example.org/join",
        contact_email="ask@example.org",
        contact_phone="+48 81 000 00 00",
        accessibility={"pjm": "yes"},
        visibility=Visibility.UNLISTED,
        process=process,
        stage=stage,
        topics=(make_topic(),),
        sessions=(
            a_session(26, title={"pl": "Blok A"}, room=Room.objects.create(venue=venue, name="12"), capacity=20),
            a_session(27),
        ),
        registration=RegistrationDefinition(
            required=False,
            opens_at=datetime(2027, 1, 13, 8, 0),
            closes_at=datetime(2027, 1, 25, 8, 0),
            capacity=50,
            categories=(CategoryDefinition(make_category("business"), 16), CategoryDefinition(make_category("ngo"))),
            confirm_email=False,
            hold_minutes=30,
            waitlist=False,
            waitlist_limit=7,
            waitlist_policy=WaitlistPolicy.FIRST_FIT,
            offer_hours=None,
        ),
        reminders=(ReminderDefinition(ReminderChannel.EMAIL, days=7, at=time(9, 30)),),
    )

    event = create_event(definition, by=make_user(), at=NOW)

    read = definition_of(Event.objects.get(pk=event.pk))
    assert read.registration.opens_at == datetime(2027, 1, 13, 7, 0, tzinfo=UTC)
    assert [session.capacity for session in read.sessions] == [20, None]
    assert [session.title for session in read.sessions] == [{"pl": "Blok A"}, None]
    same = {
        name: getattr(read, name) == getattr(definition, name)
        for name in ("slug", "summary", "description", "mode", "venue", "district", "join_url", "contact_email",
                     "contact_phone", "accessibility", "visibility", "process", "stage", "topics", "reminders")
    }  # fmt: skip
    assert all(same.values()), same


def test_a_mode_that_is_not_stated_stays_not_stated():
    event = create_event(a_definition(mode=None), by=None, at=NOW)

    assert (event.mode, definition_of(event).mode) == ("", None)


def test_the_district_is_that_of_the_place_and_goes_with_it():
    old, new = make_venue(), make_venue()
    old.district = District.objects.create(slug="czuby", name="Czuby")
    old.save()
    event = create_event(a_definition(venue=old), by=make_user(), at=NOW)

    moved = edit_event(event, EventEdit(venue=new), by=make_user(), at=LATER)

    assert (event.district, moved.district) == (old.district, None)


def test_a_fault_of_the_database_other_than_a_taken_address_travels_up(monkeypatch):
    def refuse(*_arguments: object, **_options: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(Event.objects, "bulk_create", refuse)

    with pytest.raises(IntegrityError):
        create_event(a_definition(), by=make_user(), at=NOW)


def test_an_address_that_somebody_takes_meanwhile_is_chosen_anew(monkeypatch):
    make_event("otwarte-spotkanie")
    look, looked = drafts._taken, []

    def too_early(wanted: Sequence[drafts.Draft]) -> set[str]:
        looked.append(look(wanted))
        return set() if len(looked) == 1 else looked[-1]

    monkeypatch.setattr(drafts, "_taken", too_early)

    assert create_event(a_definition(), by=make_user(), at=NOW).slug == "otwarte-spotkanie-2027-01-26"
    assert len(looked) == 2


def test_addresses_come_from_the_polish_title_and_are_never_taken_twice():
    definition = a_definition(title={"pl": "Żółta łódź: część 1"})

    slugs = [create_event(definition, by=make_user(), at=NOW).slug for _ in range(4)]

    assert slugs == [
        "zolta-lodz-czesc-1",
        "zolta-lodz-czesc-1-2027-01-26",
        "zolta-lodz-czesc-1-2027-01-26-2",
        "zolta-lodz-czesc-1-2027-01-26-3",
    ]


def test_an_address_of_an_event_without_words_or_dates():
    definition = a_definition(title={"pl": "★"}, sessions=())

    assert [create_event(definition, by=make_user(), at=NOW).slug for _ in range(2)] == [
        "open_district_meeting",
        "open_district_meeting-2",
    ]


def test_an_address_uses_the_local_date():
    starts_at = datetime(2027, 1, 26, 23, 30, tzinfo=UTC)
    session = SessionDefinition(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    definition = a_definition(title={"pl": "New"}, sessions=(session,))

    assert create_event(definition, by=make_user(), at=NOW).slug == "new-2027-01-27"


@pytest.mark.parametrize("slug", ["otwarte-spotkanie", "new", "z odstępem"])
def test_a_taken_or_impossible_address_is_refused(slug):
    create_event(a_definition(), by=make_user(), at=NOW)

    with pytest.raises(FieldErrors) as refusal:
        create_event(a_definition(slug=slug), by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["slug"]
    assert Event.objects.count() == 1


def test_a_refusal_of_the_database_that_is_no_taken_address_is_a_bug_and_travels_up():
    definition = a_definition(unit=make_unit())
    definition.unit.pk = 0

    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: PT012 - the foreign key is checked at the end
        create_event(definition, by=None, at=NOW)
        connection.check_constraints()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": {"pl": "  "}}, "title"),
        ({"title": {"en": "Open meeting"}}, "title"),
        ({"summary": {"de": "Kurz"}}, "summary"),
        ({"join_url": "javascript:alert(1)"}, "join_url"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"contact_phone": "0" * 40}, "contact_phone"),
        ({"accessibility": {"pjm": "perhaps"}}, "accessibility"),
        ({"accessibility": {"helicopter": "yes"}}, "accessibility"),
        ({"mode": "by_mail"}, "mode"),
        ({"reminders": (ReminderDefinition(ReminderChannel.EMAIL, days=1),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.EMAIL),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.EMAIL, days=1, at=time(9), minutes=5),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.SMS, minutes=10**20),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.SMS, minutes=10**6),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.SMS, minutes=5),) * 2}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.SMS, minutes=0),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.EMAIL, days=0, at=time(17)),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.EMAIL, days=0),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.EMAIL, minutes=5, minutes_after=5),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.EMAIL, minutes_after=30 * 24 * 60 + 1),)}, "reminders"),
        ({"reminders": (ReminderDefinition(ReminderChannel.EMAIL, minutes_after=10**20),)}, "reminders"),
        (
            {"reminders": (ReminderDefinition(ReminderChannel.SMS, minutes=5, audience=ReminderAudience.SPEAKERS),)},
            "reminders",
        ),
        (
            {
                "reminders": (
                    ReminderDefinition(ReminderChannel.EMAIL, minutes_after=5, audience=ReminderAudience.WAITLISTED),
                )
            },
            "reminders",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing_behind(given, field):
    with pytest.raises(FieldErrors) as refusal:
        create_event(a_definition(**given), by=make_user(), at=NOW)

    assert list(refusal.value.errors) == [field]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"capacity": -1}, "registration.capacity"),
        ({"capacity": 10**20}, "registration.capacity"),
        ({"hold_minutes": 0}, "registration.hold_minutes"),
        ({"hold_minutes": 10**6}, "registration.hold_minutes"),
        ({"offer_hours": 10**6}, "registration.offer_hours"),
        ({"group_max": 0}, "registration.group_max"),
        ({"group_max": 51}, "registration.group_max"),
        ({"ask_reply_hours": 90 * 24 + 1}, "registration.ask_reply_hours"),
        ({"ask_days_before": 0}, "registration.ask_days_before"),
        ({"ask_days_before": 367}, "registration.ask_days_before"),
        ({"reserved": 51}, "registration.reserved"),
        ({"opens_at": datetime(2027, 3, 28, 2, 30)}, "registration.opens_at"),
        ({"opens_at": datetime(2027, 2, 2), "closes_at": datetime(2027, 2, 1)}, "registration.closes_at"),
    ],
)
def test_rules_that_do_not_fit_are_refused(given, field):
    with pytest.raises(FieldErrors) as refusal:
        create_event(a_definition(registration=RegistrationDefinition(**given)), by=make_user(), at=NOW)

    assert list(refusal.value.errors) == [field]
    assert not Event.objects.exists()


def test_a_reminder_on_the_day_comes_before_one_of_the_starts():
    on_the_day = (ReminderDefinition(ReminderChannel.EMAIL, days=0, at=time(16, 59)),)
    event = create_event(a_definition(reminders=on_the_day), by=make_user(), at=NOW)
    all_day = make_event(starts_at=datetime(2027, 2, 1, 23, tzinfo=UTC))
    undated = create_event(a_definition(sessions=(), reminders=on_the_day), by=make_user(), at=NOW)

    with pytest.raises(FieldErrors) as refusal:
        edit_event(all_day, EventEdit(reminders=on_the_day), by=make_user(), at=LATER)

    with translation.override("en"):
        assert refusal.value.errors == {"reminders": ["A reminder has to come before the start."]}
    assert (event.reminders.count(), undated.reminders.count()) == (1, 1)


def test_a_category_is_named_once():
    twice = (CategoryDefinition(make_category("ngo"), 5),) * 2

    with pytest.raises(FieldErrors) as refusal:
        create_event(a_definition(registration=RegistrationDefinition(categories=twice)), by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["registration.categories"]


def test_a_stage_brings_its_process_and_fits_to_no_other():
    def a_stage() -> Stage:
        numbers = {"start_year": 2027, "start_quarter": 1, "end_year": 2027, "end_quarter": 2}
        process = make_process()
        return Stage.objects.create(process=process, number=1, roman="I", title={"pl": "I"}, period_text="", **numbers)

    stage = a_stage()

    event = create_event(a_definition(stage=stage), by=make_user(), at=NOW)

    assert event.process == stage.process
    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(stage=a_stage()), by=make_user(), at=LATER)
    assert list(refusal.value.errors) == ["stage"]


# Changing


def test_an_edit_that_says_nothing_changes_nothing_but_the_version():
    event = make_event()

    edited = edit_event(event, EventEdit(registration=RegistrationEdit()), by=make_user(), at=LATER)

    assert (edited.version, changes_of(event)) == (2, [])


def test_two_people_who_edit_at_once_notice_each_other():
    event = make_event(title="Przed")
    edit_event(event, EventEdit(title={"pl": "Moje"}), expected_version=1, by=make_user(), at=LATER)

    with pytest.raises(EditConflict):
        edit_event(event, EventEdit(title={"pl": "Twoje"}), expected_version=1, by=make_user(), at=LATER)

    event.refresh_from_db()
    assert (event.title, event.version) == ({"pl": "Moje"}, 2)


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.CLOSED])
def test_what_is_over_is_not_changed(status):
    event = make_event(status=status)

    with pytest.raises(MoveNotAllowed):
        edit_event(event, EventEdit(title={"pl": "Po wszystkim"}), by=make_user(), at=LATER)

    assert Event.objects.get().version == 1


def test_another_time_is_a_change_that_people_are_told_of_and_calendars_notice():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    moved = SessionDefinition(
        id=first.pk, starts_at=first.starts_at + timedelta(hours=1), ends_at=first.ends_at + timedelta(hours=1)
    )
    same = SessionDefinition(id=second.pk, starts_at=second.starts_at, ends_at=second.ends_at)

    edited = edit_event(event, EventEdit(sessions=(moved, same)), by=make_user(), at=LATER)

    before = {"starts_at": "2027-01-26T09:00:00+00:00", "ends_at": "2027-01-26T11:00:00+00:00", "all_day": False}
    after = {"starts_at": "2027-01-26T10:00:00+00:00", "ends_at": "2027-01-26T12:00:00+00:00", "all_day": False}
    assert changes_of(event) == [("rescheduled", before, after, True)]
    assert EventChange.objects.get().session == first
    assert [session.sequence for session in event.sessions.all()] == [1, 0]
    assert edited.starts_at == first.starts_at + timedelta(hours=1)


def test_a_draft_may_be_moved_about_without_anybody_being_told():
    event = make_event(status=EventStatus.DRAFT)
    session = event.sessions.get()

    edit_event(event, EventEdit(sessions=(a_session(20, id=session.pk),)), notify=True, by=make_user(), at=LATER)

    assert [(change[0], change[3]) for change in changes_of(event)] == [("rescheduled", False)]
    session.refresh_from_db()
    assert (session.sequence, session.starts_at) == (0, datetime(2027, 1, 20, 16, tzinfo=UTC))


def test_another_place_and_another_way_are_told_and_raise_the_number_once():
    old, new = make_venue("stary"), make_venue("nowy")
    event = make_event(venue=old)
    event.sessions.update(room=Room.objects.create(venue=old, name="1"))
    edit = EventEdit(venue=new, mode=EventMode.HYBRID, join_url="https://example.org/x", title={"pl": "Inaczej"})

    edit_event(event, edit, by=make_user(), at=LATER)

    place = {"name": {"pl": "Ratusz (przykład)", "en": "Town hall (example)"}, "address": "Rynek 1, 20-000 Lublin"}
    assert changes_of(event) == [
        ("mode_changed", {"mode": "in_person"}, {"mode": "hybrid"}, True),
        ("relocated", {"venue": "stary", **place}, {"venue": "nowy", **place}, True),
        ("relocated", {}, {"join_url_changed": True}, True),
        (
            "edited",
            {"title": {"pl": "Spotkanie próbne", "en": "Trial meeting", "uk": "Пробна зустріч"}},
            {"title": {"pl": "Inaczej"}},
            False,
        ),
    ]
    session = event.sessions.get()
    assert (session.sequence, session.room) == (1, None)


def test_losing_the_place_is_a_move_too():
    event = make_event(venue=make_venue("stary"))

    edit_event(event, EventEdit(venue=None), by=make_user(), at=LATER)

    assert changes_of(event)[0][2] == {"venue": None}


@pytest.mark.parametrize("notify", [True, False])
def test_the_organiser_says_who_is_told(notify):
    event = make_event()
    edit = EventEdit(mode=EventMode.ONLINE, summary={"pl": "Skrót"})

    edit_event(event, edit, notify=notify, by=make_user(), at=LATER)

    assert [(change[0], change[3]) for change in changes_of(event)] == [("mode_changed", notify), ("edited", notify)]


def test_a_held_event_is_corrected_quietly():
    event = make_event(status=EventStatus.HELD)

    edit_event(event, EventEdit(mode=EventMode.ONLINE), by=make_user(), at=LATER)

    assert [(change[0], change[3]) for change in changes_of(event)] == [("mode_changed", False)]


def test_a_change_that_calendars_show_is_in_their_entries_at_once():
    event = make_event()

    edit_event(event, EventEdit(title={"pl": "Nowy tytuł"}), by=make_user(), at=LATER)

    assert "Nowy tytuł" in CalendarEntry.objects.get(session__event=event, language="pl").content


def test_rules_are_changed_one_by_one():
    event = make_event(capacity=50, hold_minutes=60)
    edit = RegistrationEdit(hold_minutes=30, closes_at=datetime(2027, 1, 20, 12, 0), capacity=60)

    edit_event(event, EventEdit(registration=edit), by=make_user(), at=LATER)

    assert changes_of(event) == [
        ("capacity_changed", {"capacity": 50}, {"capacity": 60}, False),
        (
            "edited",
            {"registration.closes_at": None, "registration.hold_minutes": 60},
            {"registration.closes_at": "2027-01-20T11:00:00+00:00", "registration.hold_minutes": 30},
            False,
        ),
    ]
    assert event.pools.get().capacity == 60


def test_fewer_seats_than_are_taken_are_refused_and_nothing_else_is_saved_either():
    event = make_event(capacity=50)
    event.pools.update(taken=20)
    edit = EventEdit(title={"pl": "Mniej"}, registration=RegistrationEdit(capacity=19))

    with pytest.raises(OverCapacity):
        edit_event(event, edit, by=make_user(), at=LATER)

    event.refresh_from_db()
    assert (event.title["pl"], event.version, event.pools.get().capacity) == ("Spotkanie próbne", 1, 50)


def test_categories_come_and_go_and_change_their_seats():
    event = make_event(categories=[("business", 16), ("ngo", 5), ("media", None)])
    wanted = (
        CategoryDefinition(make_category("business"), 20),
        CategoryDefinition(make_category("media")),
        CategoryDefinition(make_category("resident"), 9),
    )

    edit_event(event, EventEdit(registration=RegistrationEdit(categories=wanted)), by=make_user(), at=LATER)

    pools = event.pools.exclude(category=None).order_by("id").values_list("category__code", "capacity")
    assert list(pools) == [("business", 20), ("media", None), ("resident", 9)]
    before, after = ({"capacity": seats, "category": "business"} for seats in (16, 20))
    codes = "registration.categories"
    assert changes_of(event) == [
        ("capacity_changed", before, after, False),
        ("edited", {codes: ["business", "ngo", "media"]}, {codes: ["business", "media", "resident"]}, False),
    ]


@pytest.mark.parametrize("counter", ["taken", "waiting"])
def test_a_category_with_people_in_it_stays(counter):
    event = make_event(categories=[("business", 16)])
    SeatPool.objects.filter(event=event, category__code="business").update(**{counter: 1})

    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(registration=RegistrationEdit(categories=())), by=make_user(), at=LATER)

    assert list(refusal.value.errors) == ["registration.categories"]
    assert event.pools.count() == 2


def test_topics_and_reminders_are_given_whole():
    event = make_event()
    topic = make_topic("zielen")
    rules = (
        ReminderDefinition(ReminderChannel.SMS, minutes=60),
        ReminderDefinition(ReminderChannel.EMAIL, days=2, at=time(8, 5)),
        ReminderDefinition(ReminderChannel.EMAIL, days=2, at=time(8, 5), audience=ReminderAudience.SPEAKERS),
        ReminderDefinition(ReminderChannel.SMS, minutes_after=0),
    )

    edit_event(event, EventEdit(topics=(topic,), reminders=rules), by=make_user(), at=LATER)
    edit_event(event, EventEdit(topics=(topic,), reminders=rules), by=make_user(), at=LATER)

    sms = {"channel": "sms", "before": {"minutes": 60}}
    email = {"channel": "email", "before": {"days": 2, "at": "08:05"}}
    speakers, after = {**email, "audience": "speakers"}, {"channel": "sms", "after": {"minutes": 0}}
    assert changes_of(event) == [
        (
            "edited",
            {"reminders": [], "topics": []},
            {"reminders": [sms, email, speakers, after], "topics": ["zielen"]},
            False,
        )
    ]
    assert definition_of(event).reminders == rules
    assert tuple(reminder_from_json(said) for said in (sms, email, speakers, after)) == rules
    assert Event.objects.filter(with_words("green city")).exists()


# Sessions


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts_at": datetime(2027, 3, 28, 2, 30)}, "starts_at"),
        ({"ends_at": datetime(2027, 1, 26, 17, 0)}, "ends_at"),
        ({"starts_at": datetime(9999, 12, 31), "ends_at": datetime(9999, 12, 31)}, "starts_at"),
        ({"title": {"en": "Block"}}, "title"),
        ({"capacity": -1}, "capacity"),
    ],
)
def test_a_session_that_does_not_fit_is_named(given, field):
    with pytest.raises(FieldErrors) as refusal:
        create_event(a_definition(sessions=(a_session(25), a_session(26, **given))), by=make_user(), at=NOW)

    assert list(refusal.value.errors) == [f"sessions.1.{field}"]
    assert not Event.objects.exists()


def test_a_room_of_another_place_is_refused():
    room = Room.objects.create(venue=make_venue(), name="1")

    with pytest.raises(FieldErrors) as refusal:
        create_event(a_definition(venue=make_venue(), sessions=(a_session(room=room),)), by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["sessions.0.room"]


def test_whole_days_run_from_midnight_to_midnight():
    day: Any = {"all_day": True}
    sessions = (
        a_session(25, **day),
        SessionDefinition(datetime(2027, 3, 27), datetime(2027, 3, 29), **day),
        SessionDefinition(datetime(2027, 3, 28), datetime(2027, 3, 28), **day),
    )

    event = create_event(a_definition(sessions=sessions), by=make_user(), at=NOW)

    spans = [(s.starts_at.astimezone(WARSAW), s.ends_at.astimezone(WARSAW)) for s in event.sessions.all()]
    assert spans == [
        (datetime(2027, 1, 25, tzinfo=WARSAW), datetime(2027, 1, 26, tzinfo=WARSAW)),
        (datetime(2027, 3, 27, tzinfo=WARSAW), datetime(2027, 3, 29, tzinfo=WARSAW)),
        (datetime(2027, 3, 28, tzinfo=WARSAW), datetime(2027, 3, 29, tzinfo=WARSAW)),
    ]


def test_a_session_changes_its_name_its_room_and_its_seats():
    venue = make_venue()
    event = make_event(venue=venue)
    session = event.sessions.get()
    room = Room.objects.create(venue=venue, name="Sala 3")
    wanted = SessionDefinition(session.starts_at, session.ends_at, False, {"pl": "Blok B"}, room, 12, session.pk)

    edit_event(event, EventEdit(sessions=(wanted,)), by=make_user(), at=LATER)
    edit_event(event, EventEdit(sessions=(wanted,)), by=make_user(), at=LATER)

    assert changes_of(event) == [
        ("relocated", {"room": None}, {"room": "Sala 3"}, True),
        ("edited", {"title": {}}, {"title": {"pl": "Blok B"}}, False),
        ("capacity_changed", {"capacity": None}, {"capacity": 12}, False),
    ]
    assert {change.session for change in event.changes.all()} == {session}
    session.refresh_from_db()
    assert session.sequence == 0


def test_the_seats_of_a_session_change():
    event = make_event()
    session = make_session(event, starts_at=NOW + timedelta(days=20), capacity=10)
    keep = [session_as_said(session) for session in event.sessions.all()]
    keep[1] = SessionDefinition(session.starts_at, session.ends_at, capacity=15, id=session.pk)

    edit_event(event, EventEdit(sessions=tuple(keep)), by=make_user(), at=LATER)

    assert changes_of(event) == [("capacity_changed", {"capacity": 10}, {"capacity": 15}, False)]
    assert event.pools.get(session=session).capacity == 15


def test_a_new_date_brings_its_own_seats():
    event = make_event()
    wanted = (session_as_said(event.sessions.get()), a_session(28, capacity=7))

    edit_event(event, EventEdit(sessions=wanted), by=make_user(), at=LATER)

    assert list(event.pools.exclude(session=None).values_list("capacity", flat=True)) == [7]


def test_a_group_of_participants_only_gets_more_seats():
    event = make_event(categories=(("ngo", 5),))
    wanted = RegistrationEdit(categories=(CategoryDefinition(make_category("ngo"), 6),))

    edit_event(event, EventEdit(registration=wanted), by=make_user(), at=LATER)

    assert [change[0] for change in changes_of(event)] == ["capacity_changed"]


def session_as_said(session: Session) -> SessionDefinition:
    return SessionDefinition(session.starts_at, session.ends_at, id=session.pk)


def test_seats_per_session_come_before_the_first_registration():
    event = make_event()
    event.pools.update(taken=1)
    session = event.sessions.get()
    wanted = SessionDefinition(session.starts_at, session.ends_at, capacity=12, id=session.pk)

    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(sessions=(wanted,)), by=make_user(), at=LATER)

    assert list(refusal.value.errors) == ["sessions.0.capacity"]


def test_one_more_date_is_news():
    event = make_event()
    session = event.sessions.get()

    edited = edit_event(event, EventEdit(sessions=(session_as_said(session), a_session(28))), by=make_user(), at=LATER)

    after = {"starts_at": "2027-01-28T16:00:00+00:00", "ends_at": "2027-01-28T18:00:00+00:00", "all_day": False}
    assert changes_of(event) == [("rescheduled", {}, after, True)]
    assert [item.sequence for item in event.sessions.all()] == [0, 0]
    assert edited.ends_at == datetime(2027, 1, 28, 18, tzinfo=UTC)


def test_a_date_taken_out_of_an_announced_event_stays_in_calendars_as_cancelled():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    SeatPool.objects.create(event=event, session=second, capacity=5)

    edited = edit_event(event, EventEdit(sessions=(session_as_said(first),)), by=make_user(), at=LATER)

    second.refresh_from_db()
    assert (second.is_cancelled, second.sequence, event.pools.count()) == (True, 1, 1)
    assert edited.ends_at == first.ends_at
    assert EventChange.objects.get().session == second
    assert [(change[0], change[2], change[3]) for change in changes_of(event)] == [("rescheduled", {}, True)]


def test_a_date_taken_out_of_a_draft_is_gone():
    event = make_event(status=EventStatus.DRAFT, sessions=2)

    edited = edit_event(event, EventEdit(sessions=()), by=make_user(), at=LATER)

    assert (event.sessions.count(), edited.starts_at, edited.ends_at) == (0, None, None)
    assert [change.session for change in event.changes.all()] == [None, None]


def test_an_announced_event_keeps_a_date():
    event = make_event()

    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(sessions=()), by=make_user(), at=LATER)

    assert list(refusal.value.errors) == ["sessions"]


def test_a_date_that_people_have_seats_in_stays():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    SeatPool.objects.create(event=event, session=second, capacity=5, taken=1)

    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(sessions=(session_as_said(first),)), by=make_user(), at=LATER)

    assert list(refusal.value.errors) == ["sessions"]
    assert not event.sessions.filter(is_cancelled=True).exists()


def test_a_date_that_somebody_above_needs_stays():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    asked: list[frozenset[int]] = []

    def refuse(session_ids: frozenset[int], **_: object) -> None:
        asked.append(session_ids)
        raise DomainError

    sessions_going.connect(refuse)
    try:
        with pytest.raises(DomainError):
            edit_event(event, EventEdit(sessions=(session_as_said(first),)), by=make_user(), at=LATER)
    finally:
        sessions_going.disconnect(refuse)

    assert asked == [frozenset({second.pk})]
    assert not event.sessions.filter(is_cancelled=True).exists()


@pytest.mark.parametrize("twice", [True, False])
def test_a_date_of_another_event_or_named_twice_is_refused(twice):
    event, other = make_event(), make_event()
    wanted = session_as_said((event if twice else other).sessions.get())

    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(sessions=(wanted,) * (1 + twice)), by=make_user(), at=LATER)

    assert list(refusal.value.errors) == ["sessions"]


# Copying


def test_a_copy_is_a_draft_with_everything_but_the_address_and_the_window():
    definition = a_definition(
        registration=RegistrationDefinition(capacity=7, opens_at=datetime(2027, 1, 13, 8)), topics=(make_topic(),)
    )
    event = create_event(definition, by=make_user(), at=NOW)

    copy = copy_event(event, by=make_user(), at=LATER)

    assert (copy.pk != event.pk, copy.uid != event.uid, copy.status) == (True, True, "draft")
    assert copy.slug == "otwarte-spotkanie-2027-01-26"
    assert (copy.policy.opens_at, copy.pools.get().capacity, copy.topics.count()) == (None, 7, 1)
    assert [session.starts_at for session in copy.sessions.all()] == [datetime(2027, 1, 26, 16, tzinfo=UTC)]
