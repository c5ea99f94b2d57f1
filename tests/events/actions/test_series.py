"""Series: made from a rule or a table, changed together, called off together; the clock on the wall rules."""
# ruff: noqa: DTZ001 - wall-clock times are what is tested

import time as clock
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from events.actions.definitions import (
    UNSET,
    CategoryDefinition,
    EventDefinition,
    EventEdit,
    QuestionDefinition,
    RegistrationDefinition,
    RegistrationEdit,
    SessionDefinition,
    definition_of,
)
from events.actions.editing import create_event, create_events, edit_event
from events.actions.publishing import postpone_event, publish_event
from events.actions.series import (
    SeriesRow,
    cancel_series,
    create_series,
    create_series_from_table,
    edit_series,
)
from events.enums import EventMode, EventStatus, SeriesScope
from events.errors import EditConflict, FieldErrors, MoveNotAllowed, OverCapacity, RoomTaken
from events.models import District, Event, EventChange, EventSeries, Room, RoomBooking, SeatPool
from events.recurrence import SeriesRule
from tests.make import make_category, make_event, make_notice, make_user, make_venue
from tests.make.definitions import a_definition, a_question, a_role, a_session, an_item
from tests.make.events import NOW
from tests.snapshots import snapshot

pytestmark = pytest.mark.django_db

WARSAW = ZoneInfo("Europe/Warsaw")
LATER = NOW + timedelta(minutes=5)
WEEKLY = SeriesRule(frequency="weekly", count=3)
THE_LAST_NIGHT = SessionDefinition(datetime(9999, 12, 31, 20, tzinfo=UTC), datetime(9999, 12, 31, 23, 30, tzinfo=UTC))


def a_series(rule: SeriesRule = WEEKLY, **given: Any) -> list[Event]:
    series = create_series(a_definition(**given), name="Cykl (przykład)", rule=rule, by=make_user(), at=NOW)
    return list(series.events.order_by("starts_at"))


def local_times(events: list[Event]) -> list[str]:
    for event in events:
        event.refresh_from_db()
    return [f"{event.starts_at.astimezone(WARSAW):%d.%m %H:%M}" for event in events if event.starts_at]


def points(session: SessionDefinition) -> list[tuple[dict[str, str], datetime | None]]:
    assert session.agenda is not UNSET
    return [(item.title, item.starts_at) for item in session.agenda]


def dates(event: Event, *, hours: int = 0, days: int = 0, **changes: Any) -> tuple[SessionDefinition, ...]:
    """The sessions of an event so much later by the clock on the wall."""
    shift = timedelta(hours=hours, days=days)
    return tuple(
        SessionDefinition(
            **{
                "id": session.pk,
                "starts_at": session.starts_at.astimezone(WARSAW).replace(tzinfo=None) + shift,
                "ends_at": session.ends_at.astimezone(WARSAW).replace(tzinfo=None) + shift,
                "room": session.room,
                **changes,
            }
        )
        for session in event.sessions.order_by("starts_at")
    )


# From a rule


def test_a_rule_makes_an_event_of_its_own_for_every_time():
    item = an_item(starts_at=datetime(2027, 1, 26, 17, 30), ends_at=datetime(2027, 1, 26, 18))
    registration = RegistrationDefinition(closes_at=datetime(2027, 1, 25, 12))
    user = make_user()

    series = create_series(
        a_definition(sessions=(a_session(agenda=(item,)), a_session(27, hour=9)), registration=registration),
        name=" Cykl ",
        rule=WEEKLY,
        by=user,
        at=NOW,
    )

    events = list(series.events.order_by("starts_at"))
    assert (series.name, series.created_by, SeriesRule.from_json(series.rule)) == ("Cykl", user, WEEKLY)
    assert [event.slug for event in events] == [
        "otwarte-spotkanie",
        "otwarte-spotkanie-2027-02-02",
        "otwarte-spotkanie-2027-02-09",
    ]
    assert local_times(events) == ["26.01 17:00", "02.02 17:00", "09.02 17:00"]
    assert [event.ends_at for event in events][1] == datetime(2027, 2, 3, 10, tzinfo=UTC)
    assert [event.policy.closes_at for event in events][2] == datetime(2027, 2, 8, 11, tzinfo=UTC)
    last = definition_of(events[2]).sessions[0]
    assert points(last) == [(item.title, datetime(2027, 2, 9, 16, 30, tzinfo=UTC))]
    assert {event.status for event in events} == {EventStatus.DRAFT}
    assert [change.kind for change in EventChange.objects.all()] == ["created"] * 3


@pytest.mark.parametrize(
    ("first", "rule", "offsets"),
    [
        # Into summer: 28 March 2027.
        (datetime(2027, 3, 14, 17), WEEKLY, [1, 1, 2]),
        # Out of summer: 31 October 2027.
        (datetime(2027, 10, 17, 17), WEEKLY, [2, 2, 1]),
        (datetime(2027, 10, 30, 2, 30), SeriesRule(frequency="daily", until=date(2027, 11, 1)), [2, 2, 1]),
    ],
)
def test_a_series_keeps_its_hour_over_both_changes_of_the_clock(first, rule, offsets):
    session = SessionDefinition(first, first + timedelta(hours=2))

    events = a_series(rule, sessions=(session,))

    assert {time.split()[1] for time in local_times(events)} == {f"{first:%H:%M}"}
    sessions = [event.sessions.get() for event in events]
    assert [session.starts_at.astimezone(WARSAW).utcoffset() for session in sessions] == [
        timedelta(hours=hours) for hours in offsets
    ]


def test_a_meeting_through_the_night_of_the_change_ends_when_the_clock_says():
    night = SessionDefinition(datetime(2027, 3, 26, 22), datetime(2027, 3, 27, 6))

    events = a_series(SeriesRule(frequency="daily", count=2), sessions=(night,))

    sessions = [event.sessions.get() for event in events]
    assert [session.ends_at - session.starts_at for session in sessions] == [timedelta(hours=8), timedelta(hours=7)]
    assert [f"{session.ends_at.astimezone(WARSAW):%H:%M}" for session in sessions] == ["06:00", "06:00"]


def test_half_past_two_in_the_missing_hour_is_refused_by_its_date_and_nothing_is_made():
    night = SessionDefinition(datetime(2027, 3, 26, 2, 30), datetime(2027, 3, 26, 4))

    with pytest.raises(FieldErrors) as refusal, translation.override("en"):
        a_series(SeriesRule(frequency="daily", count=5), sessions=(night,))

    [[sentence]] = refusal.value.errors.values()
    with translation.override("en"):
        assert str(sentence) == (
            "On March 28, 2027 there is no 02:30: the clock is put forward that night. Choose another hour."
        )
    assert (Event.objects.count(), EventSeries.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "rule", "given", "field"),
    [
        (" ", WEEKLY, {}, "name"),
        ("n" * 201, WEEKLY, {}, "name"),
        ("Cykl", SeriesRule(frequency="weekly"), {}, "rule.count"),
        ("Cykl", SeriesRule(frequency="weekly", until=date(2027, 1, 1)), {}, "rule.until"),
        ("Cykl", SeriesRule(frequency="daily", until=date(2028, 1, 1)), {}, "rule.until"),
        ("Cykl", WEEKLY, {"sessions": ()}, "sessions"),
        ("Cykl", WEEKLY, {"title": {"pl": ""}}, "title"),
        ("Cykl", WEEKLY, {"sessions": (THE_LAST_NIGHT,)}, "sessions.0.starts_at"),
    ],
)
def test_a_series_that_does_not_fit_is_refused_and_leaves_nothing_behind(name, rule, given, field):
    with pytest.raises(FieldErrors) as refusal:
        create_series(a_definition(**given), name=name, rule=rule, by=make_user(), at=NOW)

    assert list(refusal.value.errors) == [field]
    assert (Event.objects.count(), EventSeries.objects.count()) == (0, 0)


# Many at once


def rich_definition(number: int, **given: Any) -> EventDefinition:
    room = given.pop("room", None)
    start = datetime(2027, 2, 1, 17) + timedelta(days=number)
    session = SessionDefinition(
        start, start + timedelta(hours=2), room=room, capacity=20, agenda=(an_item(roles=(a_role("Prelegentka"),)),)
    )
    return a_definition(
        sessions=(session,),
        roles=(a_role(),),
        questions=(a_question(),),
        registration=RegistrationDefinition(capacity=50, categories=(CategoryDefinition(make_category("ngo"), 5),)),
        **given,
    )


@pytest.mark.parametrize("how_many", [3, 30])
def test_many_events_take_as_many_statements_as_few(how_many, django_assert_num_queries):
    venue = make_venue()
    room = Room.objects.create(venue=venue, name="Sala 1")
    definitions = [rich_definition(number, venue=venue, room=room) for number in range(how_many)]
    user = make_user()

    with django_assert_num_queries(27):
        events = create_events(definitions, by=user, at=NOW)

    assert [len(definition_of(event).roles) for event in events[:3]] == [1] * 3
    assert (RoomBooking.objects.count(), EventChange.objects.count()) == (how_many, how_many)
    assert Event.objects.exclude(search_words=None).count() == how_many


def test_a_series_of_a_hundred_is_made_within_three_seconds():
    definition = rich_definition(0)
    user = make_user()
    began = clock.perf_counter()

    create_series(definition, name="Cykl", rule=SeriesRule(frequency="daily", count=100), by=user, at=NOW)

    assert clock.perf_counter() - began < 3
    assert Event.objects.count() == 100


def test_one_that_does_not_fit_refuses_all():
    with pytest.raises(FieldErrors):
        create_events([a_definition(), a_definition(title={"pl": ""})], by=make_user(), at=NOW)

    assert not Event.objects.exists()


# From a table


def a_row(number: int, day: int, **given: Any) -> SeriesRow:
    start = datetime(2027, 2, day, 17)
    return SeriesRow(**{"row_number": number, "starts_at": start, "ends_at": start + timedelta(hours=2), **given})


def test_a_table_makes_a_draft_of_every_row(django_assert_num_queries):
    districts = [District.objects.create(slug=f"d{number}", name=f"Dzielnica {number:02}") for number in range(13)]
    venues = [make_venue() for _district in districts]
    rooms = [Room.objects.create(venue=venue, name="Sala") for venue in venues]
    rows = [
        a_row(number + 2, number + 1, venue=venue, room=room, district=district, title=f"Spotkanie: {district.name}")
        for number, (venue, room, district) in enumerate(zip(venues, rooms, districts, strict=True))
    ]
    user = make_user()
    definition = a_definition(sessions=())

    with django_assert_num_queries(27):
        series = create_series_from_table(definition, name="Dzielnice", rows=rows, by=user, at=NOW)

    events = list(series.events.order_by("starts_at"))
    assert len(events) == 13
    assert [(event.venue, event.district, event.title) for event in events] == [
        (row.venue, row.district, {"pl": row.title}) for row in rows
    ]
    assert [event.sessions.get().room for event in events] == rooms
    assert local_times(events)[:2] == ["01.02 17:00", "02.02 17:00"]


def test_a_row_says_only_what_differs():
    venue, elsewhere = make_venue(), make_venue()
    elsewhere.district = District.objects.create(slug="czuby", name="Czuby")
    elsewhere.save()
    room = Room.objects.create(venue=venue, name="Sala 1")
    item = an_item(starts_at=datetime(2027, 1, 26, 18))
    registration = RegistrationDefinition(opens_at=datetime(2027, 1, 20, 8))
    definition = a_definition(
        venue=venue,
        district=District.objects.create(slug="rury", name="Rury"),
        sessions=(a_session(room=room, capacity=9, agenda=(item,)),),
        registration=registration,
    )

    series = create_series_from_table(
        definition, name="Cykl", rows=[a_row(2, 1), a_row(3, 2, venue=elsewhere)], by=make_user(), at=NOW
    )

    here, there = (definition_of(event) for event in series.events.order_by("starts_at"))
    assert [(one.venue, one.sessions[0].room, one.sessions[0].capacity) for one in (here, there)] == [
        (venue, room, 9),
        (elsewhere, None, 9),
    ]
    assert [one.district and one.district.slug for one in (here, there)] == ["rury", "czuby"]
    assert [one.title for one in (here, there)] == [{"pl": "Otwarte spotkanie", "en": "Open meeting"}] * 2
    assert here.registration.opens_at == datetime(2027, 1, 26, 7, tzinfo=UTC)
    assert points(there.sessions[0]) == [(item.title, datetime(2027, 2, 2, 17, tzinfo=UTC))]


def test_a_bad_row_refuses_the_table_and_all_faults_are_named_at_once():
    foreign = Room.objects.create(venue=make_venue(), name="Obca")
    rows = [
        a_row(2, 1),
        a_row(3, 2, ends_at=datetime(2027, 2, 2, 16), venue=make_venue(), room=foreign),
        a_row(7, 3, starts_at=datetime(2027, 3, 28, 2, 30), ends_at=datetime(2027, 3, 28, 4)),
    ]

    with pytest.raises(FieldErrors) as refusal:
        create_series_from_table(a_definition(sessions=()), name="Cykl", rows=rows, by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["rows.3.ends_at", "rows.7.starts_at"]
    assert (Event.objects.count(), EventSeries.objects.count()) == (0, 0)


def test_a_row_at_the_end_of_all_years_is_refused_by_its_number():
    late = a_row(2, 1, starts_at=datetime(9999, 12, 31, 23, 30), ends_at=datetime(9999, 12, 31, 23, 50))

    with pytest.raises(FieldErrors) as refusal:
        create_series_from_table(a_definition(), name="Cykl", rows=[late], by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["rows.2.starts_at"]


@pytest.mark.parametrize(
    ("given", "rows", "field"),
    [
        ({"sessions": ()}, 0, "rows"),
        ({"sessions": ()}, 201, "rows"),
        ({"sessions": (a_session(1), a_session(2))}, 1, "sessions"),
        ({"summary": {"de": "Kurz"}}, 2, "summary"),
        ({"title": {"pl": "  "}}, 1, "rows.0.title"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(given, rows, field):
    table = [a_row(number, 1) for number in range(rows)]

    with pytest.raises(FieldErrors) as refusal:
        create_series_from_table(a_definition(**given), name="Cykl", rows=table, by=make_user(), at=NOW)

    assert list(refusal.value.errors) == [field]
    assert not EventSeries.objects.exists()


# Changing


@pytest.mark.parametrize(
    ("scope", "times"),
    [
        (SeriesScope.THIS, ["26.01 17:00", "02.02 18:00", "09.02 17:00"]),
        (SeriesScope.FOLLOWING, ["26.01 17:00", "02.02 18:00", "09.02 18:00"]),
        (SeriesScope.ALL, ["26.01 18:00", "02.02 18:00", "09.02 18:00"]),
    ],
)
def test_an_edit_is_for_this_for_the_following_or_for_all(scope, times):
    events = a_series()
    edit = EventEdit(sessions=dates(events[1], hours=1))

    outcome = edit_series(events[1], edit, scope=scope, by=make_user(), at=LATER)

    assert local_times(events) == times
    assert outcome.changed[0] == events[1]
    assert (len(outcome.changed), outcome.left_alone) == (sum("18:00" in time for time in times), [])


def test_times_travel_by_the_clock_on_the_wall_over_its_change():
    start = datetime(2027, 3, 23, 17)
    events = a_series(sessions=(SessionDefinition(start, start + timedelta(hours=2)),))

    edit_series(
        events[0], EventEdit(sessions=dates(events[0], hours=1, days=1)), scope=SeriesScope.ALL, by=None, at=NOW
    )

    assert local_times(events) == ["24.03 18:00", "31.03 18:00", "07.04 18:00"]


def test_a_move_into_the_missing_hour_moves_nothing():
    start = datetime(2027, 3, 21, 17)
    events = a_series(sessions=(SessionDefinition(start, start + timedelta(hours=2)),))
    wanted = SessionDefinition(datetime(2027, 3, 21, 2, 30), datetime(2027, 3, 21, 4), id=events[0].sessions.get().pk)
    before = snapshot()

    with translation.override("en"), pytest.raises(FieldErrors) as refusal:
        edit_series(events[0], EventEdit(sessions=(wanted,)), scope=SeriesScope.ALL, by=None, at=LATER)

    # The form shows the first one and is about all: which one does not fit is said beside the field.
    [(field, [sentence])] = refusal.value.errors.items()
    assert (field, str(sentence)[:15]) == ("sessions.0.starts_at", "March 28, 2027:")
    assert snapshot() == before


@pytest.mark.parametrize(("has_date", "which"), [(True, "2 lutego 2027"), (False, "Otwarte spotkanie")])
def test_a_refusal_says_of_which_event_of_the_series_it_is(has_date, which):
    events = a_series()
    SeatPool.objects.filter(event=events[1]).update(taken=5)
    if not has_date:
        edit_event(events[1], EventEdit(sessions=()), by=None, at=NOW)
    edit = EventEdit(registration=RegistrationEdit(capacity=4))
    before = snapshot()

    with translation.override("pl"), pytest.raises(OverCapacity) as refusal:
        edit_series(events[0], edit, scope=SeriesScope.ALL, by=None, at=LATER)

    assert refusal.value.message.startswith(f"{which}: ")
    assert refusal.value.details == {"taken": 5, "capacity": 4}
    assert snapshot() == before


def test_a_choice_against_the_number_of_seats_holds_for_the_whole_series():
    events = a_series()
    SeatPool.objects.filter(event=events[1], session=None, category=None).update(taken=5)
    edit = EventEdit(registration=RegistrationEdit(capacity=4), allow_overbooking=True)

    edit_series(events[0], edit, scope=SeriesScope.ALL, by=None, at=LATER)

    pools = SeatPool.objects.filter(event__in=events, session=None, category=None).order_by("event__starts_at")
    assert [(pool.capacity, pool.overbooked) for pool in pools] == [(4, 0), (4, 1), (4, 0)]


def test_only_what_changed_is_carried_over():
    venue = make_venue()
    events = a_series(summary={"pl": "Wspólne", "en": ""})
    edit_event(events[1], EventEdit(title={"pl": "Własny"}, venue=venue), by=None, at=NOW)
    everything = EventEdit(
        title={"pl": "Otwarte spotkanie", "en": "Open meeting", "uk": ""},
        summary={"pl": "Wspólne"},
        description={"pl": "Nowy opis"},
        venue=None,
        mode=EventMode.HYBRID,
        sessions=dates(events[0]),
        questions=(),
        registration=RegistrationEdit(capacity=30, waitlist=True, closes_at=datetime(2027, 1, 26, 12)),
    )

    edit_series(events[0], everything, scope=SeriesScope.ALL, by=None, at=LATER)

    own = definition_of(Event.objects.get(pk=events[1].pk))
    assert (own.title, own.venue, own.description, own.mode) == ({"pl": "Własny"}, venue, {"pl": "Nowy opis"}, "hybrid")
    assert own.registration.capacity == 30
    assert own.registration.closes_at == datetime(2027, 2, 2, 11, tzinfo=UTC)
    assert local_times(events) == ["26.01 17:00", "02.02 17:00", "09.02 17:00"]


def test_what_somebody_else_has_changed_meanwhile_is_not_carried_over():
    events = a_series()
    as_it_was_read = Event.objects.get(pk=events[0].pk)
    edit = EventEdit(title={"pl": "Tylko ten"}, registration=RegistrationEdit(capacity=7))
    edit_event(events[0], edit, by=None, at=NOW)

    edit_series(as_it_was_read, EventEdit(contact_phone="221"), scope=SeriesScope.ALL, by=None, at=LATER)

    other = definition_of(Event.objects.get(pk=events[1].pk))
    assert (other.title["pl"], other.contact_phone, other.registration.capacity) == ("Otwarte spotkanie", "221", None)


def test_an_edit_that_says_nothing_touches_no_other_event():
    events = a_series()

    outcome = edit_series(events[0], EventEdit(), scope=SeriesScope.ALL, by=None, at=LATER)

    assert (outcome.changed, outcome.left_alone) == ([events[0]], [])
    assert Event.objects.get(pk=events[1].pk).version == 1


def test_the_time_of_registration_is_taken_away_from_all():
    window = RegistrationDefinition(opens_at=datetime(2027, 1, 20, 8), closes_at=datetime(2027, 1, 25, 8))
    events = a_series(registration=window)
    edit = EventEdit(registration=RegistrationEdit(opens_at=None), sessions=())

    edit_series(events[0], edit, scope=SeriesScope.ALL, by=None, at=LATER)

    policies = [Event.objects.get(pk=event.pk).policy for event in events]
    assert [policy.opens_at for policy in policies] == [None] * 3
    assert [event.sessions.count() for event in events] == [0, 0, 0]


def test_registration_of_a_series_without_dates_closes_at_one_time():
    events = a_series()
    edit_series(events[0], EventEdit(sessions=()), scope=SeriesScope.ALL, by=None, at=LATER)
    edit = EventEdit(registration=RegistrationEdit(closes_at=datetime(2027, 1, 25, 8)))

    edit_series(events[0], edit, scope=SeriesScope.ALL, by=None, at=LATER)

    policies = [Event.objects.get(pk=event.pk).policy for event in events]
    assert {policy.closes_at for policy in policies} == {datetime(2027, 1, 25, 7, tzinfo=UTC)}


def test_dates_are_added_taken_out_and_renamed_in_all():
    first, second = a_session(26, capacity=5), a_session(27, hour=9)
    events = a_series(sessions=(first, second))
    edit_event(events[2], EventEdit(sessions=(*dates(events[2]), a_session(28, hour=9))), by=None, at=NOW)
    kept = dates(events[0])[0]
    title = {"pl": "Część druga"}
    day = datetime(2027, 1, 26)
    new = a_session(26, hour=20, title=title, agenda=(an_item(starts_at=datetime(2027, 1, 26, 21)),))
    changed = SessionDefinition(day, day, all_day=True, title={"pl": "Dzień"}, capacity=7, id=kept.id)

    edit_series(events[0], EventEdit(sessions=(changed, new)), scope=SeriesScope.ALL, by=None, at=LATER)

    own = definition_of(Event.objects.get(pk=events[1].pk)).sessions
    assert [(one.title, one.all_day, one.capacity) for one in own] == [({"pl": "Dzień"}, True, 7), (title, False, None)]
    assert own[1].starts_at == datetime(2027, 2, 2, 19, tzinfo=UTC)
    assert points(own[1]) == [({"pl": "Otwarcie"}, datetime(2027, 2, 2, 20, tzinfo=UTC))]
    assert [event.sessions.count() for event in events] == [2, 2, 3]


def test_a_date_is_given_to_events_that_have_none():
    events = a_series()
    edit_series(events[0], EventEdit(sessions=()), scope=SeriesScope.ALL, by=None, at=LATER)

    edit_series(events[0], EventEdit(sessions=(a_session(29),)), scope=SeriesScope.ALL, by=None, at=LATER)

    assert local_times(events) == ["29.01 17:00"] * 3


def test_an_agenda_goes_along_and_a_room_only_where_its_place_is():
    here, there = make_venue(), make_venue()
    old, new = (Room.objects.create(venue=here, name=name) for name in ("Sala 1", "Sala 2"))
    other = Room.objects.create(venue=there, name="Aula")
    events = a_series(venue=here, sessions=(a_session(room=old, agenda=(an_item("Stare"),)),))
    edit_event(events[1], EventEdit(venue=there, sessions=dates(events[1], room=other)), by=None, at=NOW)
    [session] = dates(events[0], hours=1, room=new, agenda=(an_item("Nowe", starts_at=datetime(2027, 1, 26, 18, 30)),))

    edit_series(events[0], EventEdit(sessions=(session,)), scope=SeriesScope.ALL, by=None, at=LATER)

    sessions = [definition_of(Event.objects.get(pk=event.pk)).sessions[0] for event in events]
    assert [one.room for one in sessions] == [new, None, new]
    assert points(sessions[2]) == [({"pl": "Nowe"}, datetime(2027, 2, 9, 17, 30, tzinfo=UTC))]


def test_a_new_place_leaves_the_old_rooms_of_all():
    old, new = make_venue(), make_venue()
    room = Room.objects.create(venue=old, name="Sala 1")
    events = a_series(venue=old, sessions=(a_session(room=room),))

    edit_series(events[0], EventEdit(venue=new), scope=SeriesScope.ALL, by=None, at=LATER)

    assert {event.sessions.get().room for event in events} == {None}
    assert not RoomBooking.objects.exists()


def test_a_series_moves_through_its_own_rooms():
    venue = make_venue()
    room = Room.objects.create(venue=venue, name="Sala 1")
    events = a_series(SeriesRule(frequency="daily", count=3), venue=venue, sessions=(a_session(room=room),))

    edit_series(events[0], EventEdit(sessions=dates(events[0], days=1)), scope=SeriesScope.ALL, by=None, at=LATER)

    assert local_times(events) == ["27.01 17:00", "28.01 17:00", "29.01 17:00"]
    assert RoomBooking.objects.count() == 3


def test_a_taken_room_stops_the_whole_series():
    venue = make_venue()
    room = Room.objects.create(venue=venue, name="Sala 1")
    create_event(a_definition(venue=venue, sessions=(a_session(27, room=room),)), by=None, at=NOW)

    with pytest.raises(RoomTaken):
        a_series(SeriesRule(frequency="daily", count=3), venue=venue, sessions=(a_session(26, room=room),))

    assert (Event.objects.count(), EventSeries.objects.count()) == (1, 0)


def test_questions_are_the_same_where_their_words_are():
    events = a_series(questions=(a_question("Skąd?"), a_question("Ile?"), a_question("Po co?")))
    own = [*definition_of(events[1]).questions, a_question("Własne?")]
    edit_event(events[1], EventEdit(questions=tuple(own)), by=None, at=NOW)
    where, how_many, _why = definition_of(events[0]).questions
    wanted: tuple[QuestionDefinition, ...] = (
        where,
        a_question("Ile osób?", id=how_many.id, is_required=True),
        a_question("Nowe?"),
    )

    edit_series(events[0], EventEdit(questions=wanted), scope=SeriesScope.ALL, by=None, at=LATER)

    read = definition_of(Event.objects.get(pk=events[1].pk)).questions
    assert [(one.text["pl"], one.is_required) for one in read] == [
        ("Skąd?", False),
        ("Ile osób?", True),
        ("Własne?", False),
        ("Nowe?", False),
    ]
    assert [one.id for one in read][:2] == [own[0].id, own[1].id]


def test_what_is_over_or_called_off_is_left_alone_and_named():
    events = a_series(SeriesRule(frequency="weekly", count=6))
    states = [EventStatus.PUBLISHED, EventStatus.HELD, EventStatus.CANCELLED, EventStatus.POSTPONED, EventStatus.DRAFT]
    for event, status in zip(events, states, strict=False):
        Event.objects.filter(pk=event.pk).update(status=status, published_at=NOW)
    second_week = datetime(2027, 2, 1, tzinfo=UTC)

    outcome = edit_series(
        events[5], EventEdit(description={"pl": "Nowy"}), scope=SeriesScope.ALL, by=None, at=second_week
    )

    assert [event.pk for event in outcome.left_alone] == [event.pk for event in events[:3]]
    assert [event.pk for event in outcome.changed] == [events[5].pk, events[3].pk, events[4].pk]


def test_events_without_a_date_belong_to_all_and_to_nothing_that_follows():
    events = a_series()
    edit_event(events[2], EventEdit(sessions=()), by=None, at=NOW)
    edit = EventEdit(description={"pl": "Nowy"})

    following = edit_series(events[0], edit, scope=SeriesScope.FOLLOWING, by=None, at=LATER)
    everything = edit_series(events[1], EventEdit(description={"pl": "X"}), scope=SeriesScope.ALL, by=None, at=LATER)

    assert [event.pk for event in following.changed] == [events[0].pk, events[1].pk]
    assert [event.pk for event in everything.changed] == [events[1].pk, events[0].pk, events[2].pk]


def test_somebody_else_was_quicker_and_nothing_changes():
    events = a_series()
    edit_event(events[0], EventEdit(description={"pl": "X"}), by=None, at=NOW)
    before = snapshot()

    with pytest.raises(EditConflict):
        edit_series(
            events[0], EventEdit(summary={"pl": "Y"}), scope=SeriesScope.ALL, expected_version=1, by=None, at=LATER
        )

    assert snapshot() == before


@pytest.mark.parametrize("scope", [SeriesScope.FOLLOWING, SeriesScope.ALL])
def test_an_event_of_its_own_has_no_others(scope):
    event = make_event()

    with pytest.raises(FieldErrors) as refusal:
        edit_series(event, EventEdit(), scope=scope, by=None, at=LATER)

    assert list(refusal.value.errors) == ["scope"]


def test_each_event_of_an_edit_takes_as_many_statements(django_assert_num_queries):
    few, many = a_series(), a_series(SeriesRule(frequency="weekly", count=5), title={"pl": "Inny cykl"})
    edit = EventEdit(description={"pl": "Nowy"})

    with django_assert_num_queries(79):
        edit_series(few[0], edit, scope=SeriesScope.ALL, by=None, at=LATER)
    with django_assert_num_queries(117):
        edit_series(many[0], edit, scope=SeriesScope.ALL, by=None, at=LATER)


# Calling off


def announced_series() -> list[Event]:
    make_notice()
    user = make_user()
    events = a_series(venue=make_venue(), contact_email="ask@example.org")
    for event in events:
        publish_event(event, override_reason="Próba", by=user, at=NOW)
    return events


def test_an_announced_series_is_called_off_from_one_event_on(django_assert_num_queries):
    events = announced_series()
    user = make_user()

    with django_assert_num_queries(35):
        outcome = cancel_series(
            events[1], scope=SeriesScope.FOLLOWING, reason="Remont", notify=False, by=user, at=LATER
        )

    assert [Event.objects.get(pk=event.pk).status for event in events] == ["published", "cancelled", "cancelled"]
    assert [event.pk for event in outcome.changed] == [events[1].pk, events[2].pk]
    changes = EventChange.objects.filter(kind="cancelled")
    assert [(change.reason, change.notify, change.by) for change in changes] == [("Remont", False, user)] * 2


def test_drafts_and_what_is_over_are_not_called_off():
    events = announced_series()
    Event.objects.filter(pk=events[0].pk).update(status=EventStatus.DRAFT)
    postpone_event(events[2], by=make_user(), at=NOW)
    user = make_user()

    outcome = cancel_series(events[1], scope=SeriesScope.ALL, reason="Remont", by=user, at=LATER)

    assert [event.pk for event in outcome.changed] == [events[1].pk, events[2].pk]
    assert [event.pk for event in outcome.left_alone] == [events[0].pk]


def test_only_what_is_announced_is_called_off():
    events = a_series()
    user = make_user()
    before = snapshot()

    with pytest.raises(MoveNotAllowed):
        cancel_series(events[0], scope=SeriesScope.ALL, reason="Remont", by=user, at=LATER)

    assert snapshot() == before
