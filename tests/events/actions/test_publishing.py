"""Announcing and calling off."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import translation

from events.actions import history
from events.actions.bookings import book_rooms
from events.actions.definitions import SessionDefinition
from events.actions.publishing import (
    cancel_event,
    close_event,
    hold_event,
    postpone_event,
    publish_event,
    send_back,
    set_new_date,
    submit_for_review,
)
from events.actions.seats import set_capacity
from events.enums import EventChangeKind, EventMode, EventStatus, Role
from events.errors import EditConflict, FieldErrors, MoveNotAllowed, NotBegun, NotOver, NotPublishable, RoomTaken
from events.models import (
    Audience,
    CalendarEntry,
    CalendarVersion,
    Event,
    EventChange,
    Room,
    RoomBooking,
    SeatPool,
    Session,
    Stage,
)
from events.queries.publication import publication_gaps
from events.queries.registration_windows import registration_window
from registrations.enums import RegistrationState
from registrations.errors import RegistrationClosed
from tests.make import (
    make_applicant,
    make_event,
    make_notice,
    make_process,
    make_registration,
    make_user,
    make_venue,
)
from tests.make.events import NOW
from tests.registrations.acts import enter

pytestmark = pytest.mark.django_db

# When an event of the builders begins and ends.
START = NOW + timedelta(days=14)
END = START + timedelta(hours=2)


def a_complete_draft(**given: Any) -> Event:
    make_notice()
    event = make_event(status=EventStatus.DRAFT, venue=make_venue(), **given)
    event.contact_email = "ask@example.org"
    event.save()
    return event


def a_date(starts_at: datetime, **given: Any) -> SessionDefinition:
    return SessionDefinition(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), **given)


def story(event: Event) -> list[tuple[str, str, str, str, bool]]:
    changes = event.changes.order_by("id")
    return [(row.kind, row.before["status"], row.after["status"], row.reason, row.notify) for row in changes]


def everything() -> list[list[tuple[object, ...]]]:
    tables = (Event, Session, SeatPool, RoomBooking, EventChange, CalendarEntry, CalendarVersion)
    return [list(table.objects.order_by("pk").values_list()) for table in tables]


def test_a_complete_draft_is_published():
    event = a_complete_draft()

    publish_event(event, by=make_user(role=Role.EDITOR), at=NOW)

    assert (event.status, event.published_at, event.version) == ("published", NOW, 2)
    change = event.changes.get()
    assert (change.kind, change.reason, change.after, change.notify) == (
        "published",
        "",
        {"status": "published"},
        False,
    )
    assert CalendarEntry.objects.filter(session__event=event).count() == 3
    assert event.sessions.get().sequence == 0


def test_all_gaps_are_named_at_once_and_nothing_moves():
    event = make_event(status=EventStatus.DRAFT)
    event.sessions.all().delete()
    event.kind.notice_days = 14
    event.kind.save()
    Event.objects.filter(pk=event.pk).update(
        title={"pl": " "}, starts_at=NOW + timedelta(days=13), ends_at=NOW + timedelta(days=14)
    )

    with pytest.raises(NotPublishable) as refusal:
        publish_event(event, override_reason="pilne", by=make_user(), at=NOW)

    assert [(gap.code, gap.overridable) for gap in refusal.value.gaps] == [
        ("title", False),
        ("session", False),
        ("information_notice", False),
        ("venue", True),
        ("accessibility", True),
        ("contact", True),
        ("notice_period", True),
    ]
    assert all(gap.message.endswith(".") for gap in refusal.value.gaps)
    assert event.status == "draft"
    event.refresh_from_db()
    assert (event.status, event.published_at, event.changes.count()) == ("draft", None, 0)


@pytest.mark.parametrize(
    ("role", "reason", "published"),
    [(Role.OWNER, "pilne", True), (Role.OWNER, "  ", False), (Role.EDITOR, "pilne", False)],
)
def test_an_owner_with_a_reason_passes_over_what_may_be_passed_over(role, reason, published):
    make_notice()
    event = make_event(status=EventStatus.DRAFT)
    user = make_user(role=role)

    if published:
        publish_event(event, override_reason=reason, by=user, at=NOW)
    else:
        with pytest.raises(NotPublishable):
            publish_event(event, override_reason=reason, by=user, at=NOW)

    event.refresh_from_db()
    assert event.status == ("published" if published else "draft")
    passed_over = {"status": "published", "passed_over": ["venue", "accessibility", "contact"]}
    expected = [("pilne", passed_over)] if published else []
    assert [(change.reason, change.after) for change in event.changes.all()] == expected


def test_nobody_is_asked_for_a_notice_where_nobody_registers():
    event = make_event(status=EventStatus.DRAFT, required=False)

    assert "information_notice" not in [gap.code for gap in publication_gaps(event, at=NOW)]


def test_an_online_event_needs_no_place():
    event = make_event(status=EventStatus.DRAFT, mode=EventMode.ONLINE)

    assert "venue" not in [gap.code for gap in publication_gaps(event, at=NOW)]


def test_the_notice_period_counts_days_of_the_calendar():
    event = a_complete_draft(starts_at=NOW + timedelta(days=14))
    event.kind.notice_days = 14

    assert [gap.code for gap in publication_gaps(event, at=NOW + timedelta(hours=13))] == []
    assert [gap.code for gap in publication_gaps(event, at=NOW + timedelta(hours=15))] == ["notice_period"]


def test_each_gap_says_who_may_pass_it_over():
    event = make_event(status=EventStatus.DRAFT)

    gaps = {gap.code: gap.as_json() for gap in publication_gaps(event, at=NOW)}

    assert gaps["information_notice"]["overridable_by"] == []
    assert gaps["venue"]["overridable_by"] == ["admin", "owner", "head"]
    assert [gap["is_warning"] for gap in gaps.values()] == [False] * 4


def a_stage(days: int | None) -> Stage:
    starts_on = date(2027, 3, 1)
    return Stage.objects.create(
        process=make_process(),
        number=1,
        roman="I",
        title={"pl": "Konsultacje"},
        period_text="I kwartał 2027",
        start_year=2027,
        start_quarter=1,
        end_year=2027,
        end_quarter=1,
        consultation_starts_on=starts_on if days is not None else None,
        consultation_ends_on=starts_on + timedelta(days=days) if days is not None else None,
    )


@pytest.mark.parametrize(("days", "warned"), [(34, True), (35, False), (None, False)])
def test_a_consultation_that_is_too_short_warns_with_the_law_and_stops_nobody(days, warned):
    event = a_complete_draft()
    event.stage = a_stage(days)
    event.save()

    with translation.override("en"):
        gaps = publication_gaps(event, at=NOW)
    publish_event(event, by=make_user(role=Role.EDITOR), at=NOW)

    assert [(gap.code, gap.is_warning, gap.overridable) for gap in gaps] == [
        ("consultation_short", True, True)
    ] * warned
    assert all("takes 34 days" in gap.message and "art. 6 ust. 4–5" in gap.message for gap in gaps)
    assert all(gap.legal_basis.startswith("art. 6") for gap in gaps)
    assert (event.status, event.changes.get().after) == ("published", {"status": "published"})


def test_a_refusal_names_warnings_apart():
    event = make_event(status=EventStatus.DRAFT)
    event.stage = a_stage(10)
    event.save()

    with pytest.raises(NotPublishable) as refusal:
        publish_event(event, by=make_user(), at=NOW)

    details: Any = refusal.value.details
    assert [gap["code"] for gap in details["gaps"]] == ["information_notice", "venue", "accessibility", "contact"]
    assert [gap["code"] for gap in details["warnings"]] == ["consultation_short"]


def test_a_date_in_the_past_is_said_where_no_notice_is_usual():
    event = a_complete_draft(starts_at=NOW - timedelta(days=1))

    with translation.override("en"):
        gaps = [(gap.code, gap.message) for gap in publication_gaps(event, at=NOW)]

    assert gaps == [("notice_period", "The date is in the past.")]


@pytest.mark.parametrize("status", [status for status in EventStatus if status not in {"draft", "in_review"}])
def test_only_drafts_are_published(status):
    event = make_event(status=status)

    with pytest.raises(MoveNotAllowed):
        publish_event(event, by=make_user(), at=NOW)

    assert Event.objects.get().status == status


def test_publishing_takes_as_many_statements_as_it_says(django_assert_num_queries):
    event, user = a_complete_draft(), make_user()

    with django_assert_num_queries(31):
        publish_event(event, by=user, at=NOW)


# Review


def test_an_editor_sends_for_review_what_the_head_approves_with_a_reason(django_assert_num_queries):
    make_notice()
    event = make_event(status=EventStatus.DRAFT)
    editor, head = make_user(role=Role.EDITOR), make_user(role=Role.HEAD)

    with pytest.raises(NotPublishable):
        publish_event(event, override_reason="pilne", by=editor, at=NOW)
    with django_assert_num_queries(7):
        submit_for_review(event, reason=" Miejsce podamy później ", by=editor, at=NOW)
    assert (event.status, event.version) == ("in_review", 2)
    publish_event(event, override_reason="Zgoda", by=head, at=NOW)

    assert story(event) == [
        ("submitted", "draft", "in_review", "Miejsce podamy później", False),
        ("published", "in_review", "published", "Zgoda", False),
    ]
    assert [change.by for change in event.changes.all()] == [editor, head]


def test_what_is_sent_back_is_a_draft_again_with_a_word(django_assert_num_queries):
    event = make_event(status=EventStatus.IN_REVIEW)
    user = make_user(role=Role.HEAD)

    with django_assert_num_queries(7):
        send_back(event, reason=" Brak tłumacza ", by=user, at=NOW)

    assert event.status == "draft"
    assert story(event) == [("sent_back", "in_review", "draft", "Brak tłumacza", False)]


def test_sending_back_needs_a_word():
    event = make_event(status=EventStatus.IN_REVIEW)
    before = everything()

    with pytest.raises(FieldErrors) as refusal:
        send_back(event, reason=" ", by=make_user(role=None), at=NOW)

    assert list(refusal.value.errors) == ["reason"]
    assert everything() == before


# Postponing and a new date


def test_a_postponed_event_keeps_its_dates_and_people_and_is_tentative_in_calendars(django_assert_num_queries):
    event, user = make_event(sessions=2), make_user()
    dates = [session.starts_at for session in event.sessions.all()]

    with django_assert_num_queries(25):
        postpone_event(event, reason=" Remont ", by=user, at=NOW)

    assert (event.status, event.version, event.cancellation_reason) == ("postponed", 2, {})
    assert [session.starts_at for session in event.sessions.all()] == dates
    assert [session.sequence for session in event.sessions.all()] == [1, 1]
    assert story(event) == [("postponed", "published", "postponed", "Remont", True)]
    entries = CalendarEntry.objects.filter(session__event=event, language="pl")
    assert ["STATUS:TENTATIVE" in entry.content for entry in entries] == [True, True]


def test_nobody_signs_up_or_moves_up_while_there_is_no_date():
    event = make_event(capacity=1)
    make_registration(event)
    waiting = make_registration(event, state=RegistrationState.WAITLISTED)
    postpone_event(event, by=make_user(), at=NOW)

    set_capacity(event.pools.get(), 2)
    history.record(event, EventChangeKind.CAPACITY_CHANGED, by=None, at=NOW)
    with pytest.raises(RegistrationClosed):
        enter(event, make_applicant("new@example.org"), at=NOW)

    waiting.refresh_from_db()
    assert waiting.state == "waitlisted"
    assert registration_window(event, at=NOW).state == "closed"


def test_a_new_date_announces_the_event_again_and_people_move_up(django_assert_num_queries):
    event, user = make_event(capacity=1, status=EventStatus.POSTPONED), make_user()
    waiting = make_registration(event, state=RegistrationState.WAITLISTED)
    session = event.sessions.get()
    later = session.starts_at + timedelta(days=30)

    with django_assert_num_queries(57):
        set_new_date(event, [a_date(later, id=session.pk)], by=user, at=NOW)

    assert (event.status, event.version, event.starts_at) == ("published", 2, later)
    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (later, 1)
    assert story(event) == [("new_date", "postponed", "published", "", True)]
    change = event.changes.get()
    assert [dates["starts_at"] for dates in change.before["sessions"]] == ["2027-01-26T09:00:00+00:00"]
    assert [dates["starts_at"] for dates in change.after["sessions"]] == ["2027-02-25T09:00:00+00:00"]
    waiting.refresh_from_db()
    assert waiting.state == "confirmed"
    assert "STATUS:CONFIRMED" in CalendarEntry.objects.filter(session__event=event, language="pl")[0].content


def test_what_a_new_date_leaves_out_is_called_off_in_calendars_by_a_higher_number():
    event = make_event(sessions=2)
    kept, left_out = event.sessions.all()
    postpone_event(event, by=make_user(), at=NOW)
    later = kept.starts_at + timedelta(days=30)

    set_new_date(event, [a_date(later, id=kept.pk), a_date(later + timedelta(days=1))], by=make_user(), at=NOW)

    left_out.refresh_from_db()
    assert (left_out.is_cancelled, left_out.sequence) == (True, 2)
    assert [session.sequence for session in event.sessions.filter(is_cancelled=False)] == [2, 0]


def test_an_offer_is_made_again_for_the_new_date():
    event = make_event(capacity=1, offer_hours=24)
    offered = make_registration(event, state=RegistrationState.OFFERED)
    postpone_event(event, by=make_user(), at=NOW)
    much_later = NOW + timedelta(days=10)

    set_new_date(event, [a_date(END, id=event.sessions.get().pk)], by=make_user(), at=much_later)

    offered.refresh_from_db()
    assert (offered.state, offered.offer_expires_at) == ("offered", much_later + timedelta(hours=24))


def test_a_new_date_in_another_room_is_one_message_and_two_facts():
    venue = make_venue()
    event = make_event(status=EventStatus.POSTPONED, venue=venue)
    room = Room.objects.create(venue=venue, name="Sala 2")
    session = event.sessions.get()
    later = session.starts_at + timedelta(days=30)

    set_new_date(event, [a_date(later, id=session.pk, room=room)], notify=False, by=make_user(), at=NOW)

    assert [(change.kind, change.notify) for change in event.changes.all()] == [
        ("relocated", False),
        ("new_date", False),
    ]


def in_a_room(slug: str, room: Room, **given: Any) -> Event:
    event = make_event(slug, venue=room.venue, **given)
    event.sessions.update(room=room)
    book_rooms(event, by=None, at=NOW)
    return event


@pytest.mark.parametrize("put_off", [postpone_event, partial(cancel_event, reason="Powód")])
def test_what_does_not_take_place_lets_go_of_its_room(put_off):
    event = in_a_room("aula", Room.objects.create(venue=make_venue(), name="Aula"))

    put_off(event, by=make_user(), at=NOW)

    assert not RoomBooking.objects.exists()


def test_a_new_date_holds_its_room_again_or_shares_it_with_a_reason():
    room = Room.objects.create(venue=make_venue(), name="Aula")
    in_a_room("first", room)
    event = make_event(venue=room.venue, status=EventStatus.POSTPONED)
    dates = [a_date(START, id=event.sessions.get().pk, room=room)]
    user = make_user()
    before = everything()

    with pytest.raises(RoomTaken):
        set_new_date(event, dates, by=user, at=NOW)
    assert everything() == before
    set_new_date(event, dates, room_override_reason="Wspólne otwarcie", by=user, at=NOW)

    assert [booking.is_shared for booking in RoomBooking.objects.order_by("session")] == [False, True]
    changes = [(change.kind, change.reason) for change in event.changes.all()]
    assert changes == [("room_shared", "Wspólne otwarcie"), ("relocated", ""), ("new_date", "")]


def test_a_meeting_for_the_same_people_that_evening_is_a_hint_that_stops_nobody():
    audience = Audience.objects.create(slug="residents", name={"pl": "Mieszkańcy"})
    evening = START + timedelta(hours=8)
    event, other = a_complete_draft(starts_at=evening), make_event(starts_at=evening)
    event.audiences.add(audience)
    other.audiences.add(audience)

    publish_event(event, by=make_user(role=Role.EDITOR), at=NOW)

    assert [(gap.code, gap.is_warning) for gap in publication_gaps(event, at=NOW)] == [("audience_conflict", True)]
    assert event.status == "published"


def test_a_new_date_lies_ahead():
    event = make_event(status=EventStatus.POSTPONED)
    before = everything()

    with pytest.raises(FieldErrors) as refusal:
        set_new_date(event, [a_date(NOW - timedelta(days=1))], by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["sessions"]
    assert everything() == before


@pytest.mark.parametrize(
    ("role", "reason", "is_announced"),
    [(Role.HEAD, "pilne", True), (Role.HEAD, "", False), (Role.EDITOR, "pilne", False)],
)
def test_a_new_date_keeps_the_time_of_notice_unless_the_head_says_why_not(role, reason, is_announced):
    event = make_event(status=EventStatus.POSTPONED)
    event.kind.notice_days = 14
    event.kind.save()
    user = make_user(role=role)
    dates = [a_date(NOW + timedelta(days=13), id=event.sessions.get().pk)]
    before = everything()

    if is_announced:
        set_new_date(event, dates, override_reason=reason, by=user, at=NOW)
        assert (event.changes.get().reason, event.changes.get().after["passed_over"]) == ("pilne", ["notice_period"])
    else:
        with pytest.raises(NotPublishable) as refusal:
            set_new_date(event, dates, override_reason=reason, by=user, at=NOW)
        assert [gap.code for gap in refusal.value.gaps] == ["notice_period"]
        assert everything() == before


# Calling off


def test_a_cancelled_event_says_why_and_stays_in_the_calendar():
    event = make_event(sessions=2)

    cancel_event(event, reason=" Choroba prowadzącej ", by=make_user(), at=NOW)

    assert (event.status, event.cancellation_reason, event.version) == ("cancelled", {"pl": "Choroba prowadzącej"}, 2)
    change = event.changes.get()
    assert (change.kind, change.reason, change.notify) == ("cancelled", "Choroba prowadzącej", True)
    assert [session.sequence for session in event.sessions.all()] == [1, 1]
    assert "STATUS:CANCELLED" in CalendarEntry.objects.filter(session__event=event, language="pl")[0].content


def test_a_quiet_cancellation():
    event = make_event()

    cancel_event(event, reason="Pomyłka", notify=False, by=make_user(), at=NOW)

    assert not event.changes.get().notify


def test_a_cancellation_needs_a_reason():
    event = make_event()

    with pytest.raises(FieldErrors) as refusal:
        cancel_event(event, reason=" ", by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["reason"]
    assert Event.objects.get().status == "published"


@pytest.mark.parametrize("status", [status for status in EventStatus if status not in {"published", "postponed"}])
def test_only_announced_events_are_cancelled(status):
    event = make_event(status=status)

    with pytest.raises(MoveNotAllowed):
        cancel_event(event, reason="Powód", by=make_user(), at=NOW)

    assert (Event.objects.get().status, event.changes.count()) == (status, 0)


# Afterwards


def test_an_event_took_place_once_it_has_begun(django_assert_num_queries):
    event, user = make_event(), make_user()

    with pytest.raises(NotBegun):
        hold_event(event, by=user, at=START - timedelta(seconds=1))
    with django_assert_num_queries(18):
        hold_event(event, by=user, at=START)

    assert (event.status, event.version) == ("held", 2)
    assert story(event) == [("held", "published", "held", "", False)]


def test_a_held_event_is_closed(django_assert_num_queries):
    event, user = make_event(status=EventStatus.HELD), make_user()

    with django_assert_num_queries(22):
        close_event(event, by=user, at=NOW)

    assert story(event) == [("closed", "held", "closed", "", False)]


def test_closing_what_is_over_says_that_it_took_place(django_assert_num_queries):
    event, user = make_event(), make_user()

    with pytest.raises(NotOver):
        close_event(event, by=user, at=END - timedelta(seconds=1))
    with django_assert_num_queries(25):
        close_event(event, expected_version=1, by=user, at=END)

    assert (event.status, event.version) == ("closed", 3)
    assert story(event) == [("held", "published", "held", "", False), ("closed", "held", "closed", "", False)]


@pytest.mark.parametrize("act", [hold_event, close_event])
def test_what_was_only_planned_never_took_place(act):
    event = make_event()
    event.planned_only = True
    event.save()
    before = everything()

    with pytest.raises(MoveNotAllowed) as refusal, translation.override("en"):
        act(event, by=make_user(role=None), at=END)

    with translation.override("en"):
        assert refusal.value.message == "This meeting was only planned, so it never took place."
    assert everything() == before


# Refusals of every move


def moves(event: Event, expected_version: int | None = None) -> dict[str, Callable[[], None]]:
    """Every move that exists, with all that it needs, long after the event."""
    facts: Any = {"expected_version": expected_version, "by": make_user(), "at": END}
    later = [a_date(END + timedelta(days=30))]
    return {
        "submit": lambda: submit_for_review(event, **facts),
        "send_back": lambda: send_back(event, reason="Powód", **facts),
        "publish": lambda: publish_event(event, override_reason="Powód", **facts),
        "postpone": lambda: postpone_event(event, **facts),
        "new_date": lambda: set_new_date(event, later, **facts),
        "cancel": lambda: cancel_event(event, reason="Powód", **facts),
        "hold": lambda: hold_event(event, **facts),
        "close": lambda: close_event(event, **facts),
    }


POSSIBLE = {
    "draft": {"submit", "publish"},
    "in_review": {"send_back", "publish"},
    "published": {"postpone", "cancel", "hold", "close"},
    "postponed": {"new_date", "cancel"},
    "held": {"close"},
    "closed": set(),
    "cancelled": set(),
}


@pytest.mark.parametrize("status", EventStatus)
@pytest.mark.parametrize("name", ["submit", "send_back", "publish", "postpone", "new_date", "cancel", "hold", "close"])
def test_a_move_is_possible_from_its_own_states_and_with_the_version_that_was_seen(name, status):
    make_notice()
    event = make_event(status=status, venue=make_venue())
    seen, outdated = moves(event, expected_version=1)[name], moves(event, expected_version=7)[name]
    before = everything()

    with pytest.raises(EditConflict):
        outdated()
    assert everything() == before

    if name in POSSIBLE[status]:
        seen()
        assert Event.objects.get().version > 1
    else:
        with pytest.raises(MoveNotAllowed):
            seen()
        assert everything() == before


@pytest.mark.parametrize("name", ["submit", "publish"])
def test_a_template_stays_a_draft(name):
    make_notice()
    event = make_event(status=EventStatus.DRAFT)
    event.is_template = True
    event.save()
    act = moves(event)[name]
    before = everything()

    with pytest.raises(MoveNotAllowed):
        act()

    assert everything() == before
    assert publication_gaps(event, at=NOW)[0].code == "template"
    assert not publication_gaps(event, at=NOW)[0].overridable


def test_what_was_deleted_meanwhile_does_not_move():
    event, user = make_event(status=EventStatus.DRAFT), make_user()
    Event.objects.all().delete()

    with pytest.raises(MoveNotAllowed):
        submit_for_review(event, by=user, at=NOW)
