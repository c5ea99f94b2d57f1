"""What is planned from change rows and reminder rules: for whom, once, and the same however often it runs."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.errors import DeadlockDetected

from events.actions.publishing import cancel_event
from events.enums import EventChangeKind, EventRoleKind, EventStatus, Role
from events.models import AgendaItem, Event, EventChange, ReminderRule, Session
from events.signals import telling_previewed
from notifications.actions.planning import events, plan_changes, plan_reminders
from notifications.actions.planning.events import plan_event_changes
from notifications.enums import MessageState, Priority, StateReason
from notifications.models import Message, ReminderRun
from registrations.actions.moves import cancel_registration
from registrations.enums import ChangeCause, NeedKind, NeedState, RegistrationState
from registrations.models import AccommodationRequest, Registration, RegistrationChange
from tests.make import make_event, make_registration, make_session, make_unit, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_role

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR = timedelta(hours=1)
# When a session was to be before it was moved.
FORMER = {"starts_at": "2027-01-20T08:00:00+00:00", "ends_at": "2027-01-20T09:00:00+00:00", "all_day": False}


def planned() -> list[tuple[str, str, str]]:
    """(kind, channel, state) of everything there is."""
    return sorted(Message.objects.values_list("kind", "channel", "state"))


def record(
    registration: Registration, cause: ChangeCause, *, before: str = "", notify: bool = True
) -> RegistrationChange:
    return RegistrationChange.objects.create(
        registration=registration, cause=cause, from_state=before, to_state=registration.state, at=NOW, notify=notify
    )


def change(event: Event, kind: EventChangeKind, *, at: datetime = NOW, notify: bool = True, **more: Any) -> EventChange:
    return EventChange.objects.create(event=event, kind=kind, at=at, notify=notify, **more)


def remind(event: Event, **rule: Any) -> ReminderRule:
    return ReminderRule.objects.create(event=event, **{"channel": "email", **rule})


def start_of(event: Event) -> datetime:
    assert event.starts_at is not None
    return event.starts_at


def make_attended(event: Event, *sessions: Session, **more: Any) -> Registration:
    registration = make_registration(event, **more)
    registration.sessions.set(sessions)
    return registration


# Registrations


@pytest.mark.parametrize(
    ("cause", "state", "kind"),
    [
        (ChangeCause.SIGNED_UP, S.HELD, "hold_to_confirm"),
        (ChangeCause.ADDRESS_CORRECTED, S.HELD, "hold_to_confirm"),
        (ChangeCause.LINK_REQUESTED, S.HELD, "hold_to_confirm"),
        (ChangeCause.ASKED_AGAIN, S.HELD, "hold_to_confirm"),
        (ChangeCause.SIGNED_UP, S.CONFIRMED, "confirmed"),
        (ChangeCause.ADDRESS_CONFIRMED, S.CONFIRMED, "confirmed"),
        (ChangeCause.OFFER_ACCEPTED, S.CONFIRMED, "confirmed"),
        (ChangeCause.SIGNED_UP, S.WAITLISTED, "waitlisted"),
        (ChangeCause.ADDRESS_CONFIRMED, S.WAITLISTED, "waitlisted"),
        (ChangeCause.PROMOTED, S.OFFERED, "offered"),
        (ChangeCause.PROMOTED, S.CONFIRMED, "promoted"),
        (ChangeCause.OFFER_LAPSED, S.EXPIRED, "offer_lapsed"),
        (ChangeCause.CANCELLED, S.CANCELLED_BY_PARTICIPANT, "own_cancellation"),
        (ChangeCause.CANCELLED, S.CANCELLED_BY_ORGANIZER, "own_cancellation"),
        (ChangeCause.ASKED_AGAIN, S.CONFIRMED, "already_registered"),
        (ChangeCause.LINK_REQUESTED, S.WAITLISTED, "link_again"),
        (ChangeCause.LINK_REVOKED, S.CANCELLED_BY_PARTICIPANT, "link_replaced"),
        (ChangeCause.ADDRESS_CORRECTED, S.OFFERED, "link_again"),
        (ChangeCause.OVERVIEW_REQUESTED, S.CONFIRMED, "my_registrations"),
        (ChangeCause.NEED_ANSWERED, S.CONFIRMED, "need_answered"),
        (ChangeCause.NEED_ANSWERED, S.WAITLISTED, "need_answered"),
        # Nobody has shown that the address is theirs.
        (ChangeCause.NEED_ANSWERED, S.HELD, None),
        (ChangeCause.NEED_ANSWERED, S.AWAITING_APPROVAL, None),
        (ChangeCause.NEED_ANSWERED, S.CANCELLED_BY_PARTICIPANT, None),
        (ChangeCause.SIGNED_UP, S.AWAITING_APPROVAL, "application_received"),
        (ChangeCause.ADDRESS_CORRECTED, S.AWAITING_APPROVAL, "application_received"),
        (ChangeCause.APPROVED, S.CONFIRMED, "application_accepted"),
        (ChangeCause.APPROVED, S.HELD, "application_to_confirm"),
        (ChangeCause.APPROVED, S.WAITLISTED, "application_waitlisted"),
        (ChangeCause.REJECTED, S.REJECTED, "application_rejected"),
        (ChangeCause.FORCED_IN, S.CONFIRMED, "forced_in"),
        (ChangeCause.ASKED_STILL_COMING, S.CONFIRMED, "still_coming"),
        (ChangeCause.NO_ANSWER, S.CANCELLED_BY_ORGANIZER, "seat_released"),
        (ChangeCause.MEMBER_CANCELLED, S.WAITLISTED, "member_cancelled"),
        (ChangeCause.MEMBER_SUBSTITUTED, S.OFFERED, "registration_taken_over"),
        (ChangeCause.ADDRESS_CONFIRMED, S.AWAITING_APPROVAL, None),
        (ChangeCause.MEMBER_ADDED, S.CONFIRMED, None),
        (ChangeCause.HOLD_EXPIRED, S.EXPIRED, None),
        (ChangeCause.OFFER_DECLINED, S.DECLINED, None),
        (ChangeCause.EDITED, S.CONFIRMED, None),
    ],
)
def test_every_change_has_its_message_or_none(cause: ChangeCause, state: RegistrationState, kind: str | None):
    registration = make_registration(make_event(), state=state)
    record(registration, cause)

    assert plan_changes(at=NOW) == (1 if kind else 0)

    assert planned() == ([(kind, "email", "planned")] if kind else [])
    assert not RegistrationChange.objects.filter(planned_at=None).exists()


def test_who_applies_is_told_of_needs_once_the_address_is_theirs():
    registration = make_registration(make_event(), state=S.AWAITING_APPROVAL)
    Registration.objects.update(address_confirmed_at=NOW)
    record(registration, ChangeCause.NEED_ANSWERED)

    assert plan_changes(at=NOW) == 1


def test_answers_to_several_needs_wait_for_each_other_and_are_told_once():
    event = make_event()
    registration, other = make_registration(event), make_registration(event)
    for answered in (registration, registration, other):
        record(answered, ChangeCause.NEED_ANSWERED)
    record(registration, ChangeCause.LINK_REQUESTED)
    plan_changes(at=NOW)
    last = record(registration, ChangeCause.NEED_ANSWERED)

    plan_changes(at=NOW)

    assert planned() == [
        ("link_again", "email", "planned"),
        ("need_answered", "email", "cancelled"),
        ("need_answered", "email", "cancelled"),
        ("need_answered", "email", "planned"),
        ("need_answered", "email", "planned"),
    ]
    message = Message.objects.get(registration=registration, kind="need_answered", state="planned")
    assert message.registration_change == last
    assert (message.due_at, message.next_attempt_at) == (NOW + timedelta(minutes=10), NOW + timedelta(minutes=10))
    assert set(Message.objects.filter(state="cancelled").values_list("state_reason", flat=True)) == {
        StateReason.SUPERSEDED
    }


def test_an_answer_that_has_left_is_not_taken_back():
    registration = make_registration(make_event())
    record(registration, ChangeCause.NEED_ANSWERED)
    plan_changes(at=NOW)
    Message.objects.update(state=MessageState.SENT)
    record(registration, ChangeCause.NEED_ANSWERED)

    plan_changes(at=NOW)

    assert planned() == [("need_answered", "email", "planned"), ("need_answered", "email", "sent")]


def test_planning_twice_plans_once():
    registration = make_registration(make_event())
    row = record(registration, ChangeCause.SIGNED_UP)
    plan_changes(at=NOW)

    assert plan_changes(at=NOW) == 0
    # As after a restore of a backup in which the row was not planned yet.
    RegistrationChange.objects.update(planned_at=None)
    plan_changes(at=NOW)

    (message,) = Message.objects.all()
    assert message.dedupe_key == f"confirmed:{registration.pk}:{row.pk}:email"
    assert (message.priority, message.language, message.registration_change) == (Priority.CONFIRMATION, "pl", row)


def test_who_need_not_be_told_is_not_told():
    record(make_registration(make_event()), ChangeCause.SIGNED_UP, notify=False)

    assert plan_changes(at=NOW) == 0


def test_who_gave_no_mail_address_is_told_by_sms_and_who_gave_nothing_not_at_all():
    event = make_event()
    for phone in ("+48501502503", ""):
        registration = make_registration(event, phone=phone)
        registration.participant.email = ""
        registration.participant.save()
        record(registration, ChangeCause.SIGNED_UP)
    erased = make_registration(event)
    erased.participant.delete()
    record(erased, ChangeCause.SIGNED_UP)

    plan_changes(at=NOW)

    assert planned() == [("confirmed", "sms", "planned")]


def test_a_message_is_of_use_as_long_as_what_it_speaks_of():
    held = make_registration(make_event(), state=S.HELD)
    offered = make_registration(make_event(), state=S.OFFERED)
    confirmed = make_registration(make_event())
    record(held, ChangeCause.SIGNED_UP)
    record(offered, ChangeCause.PROMOTED)
    record(confirmed, ChangeCause.SIGNED_UP)

    plan_changes(at=NOW)

    assert dict(Message.objects.values_list("kind", "useful_until")) == {
        "hold_to_confirm": held.hold_expires_at,
        "offered": offered.offer_expires_at,
        "confirmed": confirmed.event.ends_at,
    }


def test_five_hundred_changes_cost_a_handful_of_statements():
    event = make_event(capacity=None)
    registration = make_registration(event)
    for _ in range(100):
        record(registration, ChangeCause.LINK_REQUESTED)

    with CaptureQueriesContext(connection) as statements:
        assert plan_changes(at=NOW) == 100

    assert len(statements) <= 18


# Events


def test_a_cancellation_goes_to_every_active_registration_on_every_channel():
    event = make_event()
    for state in S:
        make_registration(event, state=state, phone="+48501502503")
    make_registration(event)
    make_registration(make_event())

    cancel_event(event, reason="Awaria", by=make_user(), at=NOW)
    plan_changes(at=NOW)

    active = {S.AWAITING_APPROVAL, S.HELD, S.CONFIRMED, S.WAITLISTED, S.OFFERED}
    told = Message.objects.filter(kind="event_cancelled")
    assert set(told.values_list("registration__state", flat=True)) == active
    assert told.filter(channel="email").count() == 6
    assert told.filter(channel="sms").count() == 5
    assert set(told.values_list("priority", flat=True)) == {Priority.CANCELLATION}


def test_a_cancellation_takes_everything_back_that_is_not_true_any_more():
    event = make_event()
    remind(event, minutes_before=180)
    registration = make_registration(event)
    record(registration, ChangeCause.SIGNED_UP)
    change(event, EventChangeKind.RESCHEDULED, before={"x": 1})
    own = make_registration(event)
    cancel_registration(own, by=None, at=NOW)
    plan_changes(at=NOW)
    plan_reminders(at=start_of(event) - 3 * HOUR)

    cancel_event(event, reason="Awaria", by=make_user(), at=NOW)
    plan_changes(at=NOW)

    assert planned() == [
        ("confirmed", "email", "cancelled"),
        ("event_cancelled", "email", "planned"),
        ("event_changed", "email", "cancelled"),
        ("own_cancellation", "email", "planned"),
        ("reminder", "email", "cancelled"),
    ]


def test_nobody_is_told_of_a_silent_cancellation():
    event = make_event()
    make_registration(event)

    cancel_event(event, reason="Awaria", notify=False, by=make_user(), at=NOW)

    assert plan_changes(at=NOW) == 0
    assert planned() == []


def test_several_changes_at_once_are_told_once():
    event = make_event()
    make_registration(event)
    change(event, EventChangeKind.RESCHEDULED)
    last = change(event, EventChangeKind.RELOCATED)
    change(event, EventChangeKind.CAPACITY_CHANGED)

    assert plan_changes(at=NOW) == 1

    (message,) = Message.objects.all()
    assert (message.kind, message.event_change) == ("event_changed", last)


def test_a_change_that_follows_takes_the_place_of_one_that_is_not_sent_yet():
    event = make_event()
    make_registration(event)
    change(event, EventChangeKind.RESCHEDULED)
    plan_changes(at=NOW)
    last = change(event, EventChangeKind.RESCHEDULED)
    plan_changes(at=NOW)

    assert planned() == [("event_changed", "email", "cancelled"), ("event_changed", "email", "planned")]
    assert Message.objects.get(state="planned").event_change == last
    assert Message.objects.get(state="cancelled").state_reason == "superseded"


def test_more_seats_are_no_news():
    event = make_event()
    make_registration(event)
    change(event, EventChangeKind.CAPACITY_CHANGED)

    assert plan_changes(at=NOW) == 0
    assert not EventChange.objects.filter(planned_at=None).exists()


def test_who_registered_after_the_change_knows_it():
    event = make_event()
    make_registration(event, at=NOW + HOUR)
    change(event, EventChangeKind.RESCHEDULED)

    plan_changes(at=NOW + 2 * HOUR)

    assert planned() == []


def test_a_change_of_one_session_is_news_for_who_comes_to_it():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    all_days = make_registration(event)
    make_attended(event, first)
    second_day = make_attended(event, second)
    change(event, EventChangeKind.RESCHEDULED, session=second, before=FORMER)

    plan_changes(at=NOW)

    assert set(Message.objects.values_list("registration", flat=True)) == {all_days.pk, second_day.pk}


def test_a_new_session_is_news_for_everybody():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    make_attended(event, first)
    change(event, EventChangeKind.RESCHEDULED, session=second)

    assert plan_changes(at=NOW) == 1


def test_a_change_of_what_is_over_is_written_down_as_missed():
    event = make_event(starts_at=NOW - 5 * HOUR)
    make_registration(event, at=NOW - 30 * HOUR)
    change(event, EventChangeKind.RELOCATED, at=NOW - HOUR)

    plan_changes(at=NOW)

    assert planned() == [("event_changed", "email", "missed")]


def told(kind: str) -> list[tuple[int | None, str, str]]:
    """To which registrations, on which channel, and the state."""
    rows = Message.objects.filter(kind=kind).order_by("registration", "channel")
    return list(rows.values_list("registration", "channel", "state"))


def move(event: Event, status: EventStatus, kind: EventChangeKind, **more: Any) -> EventChange:
    Event.objects.filter(pk=event.pk).update(status=status)
    return change(event, kind, **more)


def test_a_postponement_goes_out_on_every_channel_and_takes_back_reminders_and_changes():
    event = make_event()
    remind(event, minutes_before=180)
    registration = make_registration(event, phone="+48501502503")
    record(registration, ChangeCause.SIGNED_UP)
    change(event, EventChangeKind.RESCHEDULED)
    plan_changes(at=NOW)
    plan_reminders(at=start_of(event) - 3 * HOUR)

    last = move(event, EventStatus.POSTPONED, EventChangeKind.POSTPONED)
    plan_changes(at=NOW)

    assert planned() == [
        ("confirmed", "email", "planned"),
        ("event_changed", "email", "cancelled"),
        ("event_postponed", "email", "planned"),
        ("event_postponed", "sms", "planned"),
        ("reminder", "email", "cancelled"),
    ]
    message = Message.objects.filter(kind="event_postponed").first()
    assert message is not None
    assert (message.event_change, message.priority, message.useful_until) == (
        last,
        Priority.CANCELLATION,
        event.ends_at,
    )


def test_that_a_meeting_is_postponed_is_of_use_after_its_old_date():
    event = make_event(starts_at=NOW - 5 * HOUR)
    make_registration(event, at=NOW - 30 * HOUR)
    move(event, EventStatus.POSTPONED, EventChangeKind.POSTPONED)

    plan_changes(at=NOW)

    assert Message.objects.get().useful_until == NOW + 24 * HOUR
    assert planned() == [("event_postponed", "email", "planned")]


def test_what_changes_while_there_is_no_date_waits_for_the_date():
    event = make_event(status=EventStatus.POSTPONED)
    make_registration(event)
    change(event, EventChangeKind.RELOCATED, before={"venue": None})

    assert plan_changes(at=NOW) == 0
    assert planned() == []


def test_a_new_date_takes_the_place_of_the_postponement_and_of_what_came_before():
    event = make_event(status=EventStatus.POSTPONED)
    registration = make_registration(event)
    make_registration(event, at=NOW + HOUR)
    change(event, EventChangeKind.POSTPONED)
    plan_changes(at=NOW)
    change(event, EventChangeKind.RELOCATED, before={"venue": None})
    last = move(event, EventStatus.PUBLISHED, EventChangeKind.NEW_DATE)

    assert plan_changes(at=NOW) == 1

    assert planned() == [("event_postponed", "email", "cancelled"), ("new_date", "email", "planned")]
    assert told("new_date") == [(registration.pk, "email", "planned")]
    assert Message.objects.get(kind="new_date").event_change == last


def test_who_is_offered_a_seat_on_the_new_date_is_told_once():
    event = make_event(status=EventStatus.POSTPONED)
    make_registration(event)
    offered = make_registration(event, state=S.OFFERED)
    record(offered, ChangeCause.PROMOTED)
    move(event, EventStatus.PUBLISHED, EventChangeKind.NEW_DATE)

    plan_changes(at=NOW)

    assert planned() == [("new_date", "email", "planned"), ("offered", "email", "planned")]
    assert told("offered") == [(offered.pk, "email", "planned")]


def test_postponed_and_announced_again_in_one_go_is_told_as_a_new_date():
    event = make_event()
    make_registration(event)
    change(event, EventChangeKind.POSTPONED)
    change(event, EventChangeKind.NEW_DATE)
    change(event, EventChangeKind.RESCHEDULED)

    plan_changes(at=NOW)

    assert planned() == [("event_changed", "email", "planned"), ("new_date", "email", "planned")]


@pytest.mark.parametrize(
    ("mode", "before", "kind"),
    [
        ("online", "in_person", "moved_online"),
        ("online", "hybrid", "moved_online"),
        ("online", "", "event_changed"),
        ("hybrid", "in_person", "event_changed"),
    ],
)
def test_a_meeting_that_leaves_its_place_for_being_online_says_so(mode: str, before: str, kind: str):
    event = make_event()
    make_registration(event)
    Event.objects.update(mode=mode)
    change(event, EventChangeKind.RELOCATED, before={"venue": "x"})
    change(event, EventChangeKind.MODE_CHANGED, before={"mode": before})

    plan_changes(at=NOW)

    assert planned() == [(kind, "email", "planned")]


def test_that_nobody_is_to_go_there_is_not_lost_when_more_changes():
    event = make_event()
    make_registration(event)
    Event.objects.update(mode="online")
    change(event, EventChangeKind.MODE_CHANGED, before={"mode": "in_person"})
    plan_changes(at=NOW)
    change(event, EventChangeKind.RESCHEDULED)
    plan_changes(at=NOW)

    assert planned() == [("moved_online", "email", "cancelled"), ("moved_online", "email", "planned")]


def test_a_meeting_that_comes_back_to_its_place_takes_the_news_back():
    event = make_event()
    make_registration(event)
    Event.objects.update(mode="online")
    change(event, EventChangeKind.MODE_CHANGED, before={"mode": "in_person"})
    plan_changes(at=NOW)
    Event.objects.update(mode="in_person")
    change(event, EventChangeKind.MODE_CHANGED, before={"mode": "online"})
    plan_changes(at=NOW)

    assert planned() == [("event_changed", "email", "planned"), ("moved_online", "email", "cancelled")]


# Accessibility


def need(registration: Registration, kind: NeedKind, state: NeedState = NeedState.REQUESTED) -> None:
    AccommodationRequest.objects.create(
        registration=registration, kind=kind, state=state, reason="Brak", alternative="Napisy", created_at=NOW
    )


def lose(event: Event, *features: str) -> EventChange:
    return change(event, EventChangeKind.FEATURE_LOST, before={"features": list(features)})


def test_a_lost_feature_is_told_to_who_asked_for_it_and_to_nobody_else():
    event = make_event()
    wants, other, taken_back, refused, gone = (make_registration(event) for _ in range(5))
    make_registration(event)
    need(wants, NeedKind.PJM, NeedState.ARRANGED)
    need(other, NeedKind.INDUCTION_LOOP)
    need(taken_back, NeedKind.PJM, NeedState.WITHDRAWN)
    need(refused, NeedKind.PJM, NeedState.NOT_POSSIBLE)
    need(gone, NeedKind.PJM)
    cancel_registration(gone, by=None, at=NOW)
    lose(event, "pjm", "captions")

    plan_changes(at=NOW)

    assert told("feature_lost") == [(wants.pk, "email", "planned")]


def test_what_nobody_can_ask_for_is_told_to_no_participant():
    event = make_event()
    need(make_registration(event), NeedKind.OTHER)
    lose(event, "captions")

    assert plan_changes(at=NOW) == 0


def test_the_coordinator_is_alerted_of_a_lost_feature_and_else_the_owners():
    event = make_event()
    owners = [make_user(), make_user()]
    make_user(role=Role.EDITOR)
    stranger = make_user(unit=make_unit("zieleni"), role=Role.ACCESSIBILITY)
    lost = lose(event, "captions")
    plan_changes(at=NOW)
    to_owners = set(Message.objects.values_list("staff", flat=True))
    coordinator = make_user(role=Role.ACCESSIBILITY)
    left = make_user(role=Role.ACCESSIBILITY)
    left.is_active = False
    left.save()
    lose(event, "captions")
    plan_changes(at=NOW)

    assert to_owners == {owner.pk for owner in owners}
    (alert,) = Message.objects.exclude(event_change=lost)
    assert (alert.kind, alert.staff, alert.language, alert.registration) == (
        "accessibility_alert",
        coordinator,
        "pl",
        None,
    )
    assert not Message.objects.filter(staff=stranger).exists()
    # Whoever has no newer one keeps the older.
    assert Message.objects.filter(event_change=lost, state="planned").count() == 2


def test_the_coordinator_is_alerted_once_of_wheelchairs_and_the_latest_alert_says_all():
    event = make_event()
    coordinator = make_user(role=Role.ACCESSIBILITY)
    make_user()
    make_registration(event)
    for needed in (3, 4):
        change(event, EventChangeKind.NEED_ALERT, after={"wheelchairs_needed": needed, "wheelchair_places": 2})
        plan_changes(at=NOW)

    assert planned() == [("wheelchair_alert", "email", "cancelled"), ("wheelchair_alert", "email", "planned")]
    assert set(Message.objects.values_list("staff", flat=True)) == {coordinator.pk}


def test_wheelchairs_at_a_cancelled_meeting_are_no_news():
    event = make_event(status=EventStatus.CANCELLED)
    make_user()
    change(event, EventChangeKind.NEED_ALERT, after={"wheelchairs_needed": 3, "wheelchair_places": 2})

    assert plan_changes(at=NOW) == 0


def test_a_second_loss_is_told_together_with_the_first():
    event = make_event(status=EventStatus.POSTPONED)
    owner = make_user()
    registration = make_registration(event)
    need(registration, NeedKind.PJM)
    for _twice in range(2):
        lose(event, "pjm")
        plan_changes(at=NOW)

    assert planned() == [
        ("accessibility_alert", "email", "cancelled"),
        ("accessibility_alert", "email", "planned"),
        ("feature_lost", "email", "cancelled"),
        ("feature_lost", "email", "planned"),
    ]
    assert set(Message.objects.values_list("staff", flat=True)) == {None, owner.pk}


def test_what_a_cancelled_meeting_lacks_is_no_news():
    event = make_event(status=EventStatus.CANCELLED)
    make_user()
    need(make_registration(event), NeedKind.PJM)
    lose(event, "pjm")

    assert plan_changes(at=NOW) == 0


# People who work there


@pytest.mark.parametrize(
    ("status", "what", "kind"),
    [
        (EventStatus.CANCELLED, EventChangeKind.CANCELLED, "supplier_cancelled"),
        (EventStatus.POSTPONED, EventChangeKind.POSTPONED, "supplier_postponed"),
        (EventStatus.PUBLISHED, EventChangeKind.NEW_DATE, "supplier_changed"),
        (EventStatus.PUBLISHED, EventChangeKind.RESCHEDULED, "supplier_changed"),
        (EventStatus.PUBLISHED, EventChangeKind.RELOCATED, "supplier_changed"),
        (EventStatus.PUBLISHED, EventChangeKind.MODE_CHANGED, "supplier_changed"),
        (EventStatus.PUBLISHED, EventChangeKind.EDITED, None),
    ],
)
def test_who_works_at_an_event_is_told_of_its_moves(status: EventStatus, what: EventChangeKind, kind: str | None):
    event = make_event()
    roles = [make_role(event, task, email=f"{task.value}@example.org") for task in EventRoleKind]
    make_role(event, EventRoleKind.STAFF, email="", name="Bez adresu")
    make_role(make_event())
    move(event, status, what)

    plan_changes(at=NOW)

    assert set(Message.objects.values_list("role", "kind", "language")) == (
        {(role.pk, kind, "pl") for role in roles} if kind else set()
    )
    assert not Message.objects.exclude(registration=None).exists()


def test_one_address_gets_one_message_and_an_agenda_has_only_its_own_sessions_people():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    items = [AgendaItem.objects.create(session=session, title={"pl": "Punkt"}) for session in (first, second)]
    whole = make_role(event, EventRoleKind.CHAIR, email="Jan@example.org")
    make_role(event, email="jan@example.org", agenda_item=items[1])
    make_role(event, email="ewa@example.org", agenda_item=items[0])
    speaker = make_role(event, email="ola@example.org", agenda_item=items[1])
    change(event, EventChangeKind.RESCHEDULED, session=second, before=FORMER)

    plan_changes(at=NOW)

    assert set(Message.objects.values_list("role", flat=True)) == {whole.pk, speaker.pk}


def test_a_newer_change_takes_the_place_of_an_older_one_and_a_cancellation_of_both():
    event = make_event()
    make_role(event)
    for _twice in range(2):
        change(event, EventChangeKind.RELOCATED)
        plan_changes(at=NOW)
    before = planned()
    move(event, EventStatus.CANCELLED, EventChangeKind.CANCELLED)
    plan_changes(at=NOW)

    assert before == [("supplier_changed", "email", "cancelled"), ("supplier_changed", "email", "planned")]
    assert planned() == [
        ("supplier_cancelled", "email", "planned"),
        ("supplier_changed", "email", "cancelled"),
        ("supplier_changed", "email", "cancelled"),
    ]


def test_a_move_of_many_people_costs_a_handful_of_statements():
    event = make_event(capacity=None)
    for number in range(30):
        make_registration(event)
        make_role(event, email=f"r{number}@example.org")
    change(event, EventChangeKind.POSTPONED)

    with CaptureQueriesContext(connection) as statements:
        assert plan_changes(at=NOW) == 60

    assert len(statements) <= 22


# What would be told


def preview(*changes: EventChange) -> dict[str, int]:
    """What is answered, in a transaction that is undone."""
    with transaction.atomic():
        ((_receiver, counts),) = telling_previewed.send(sender=EventChange, change_ids=[row.pk for row in changes])
        transaction.set_rollback(True)
    return dict(cast("Mapping[str, int]", counts))


def test_a_preview_counts_exactly_what_will_be_sent_and_leaves_nothing_behind():
    event = make_event()
    make_user(role=Role.ACCESSIBILITY)
    deaf = make_registration(event, phone="+48501502503")
    need(deaf, NeedKind.PJM)
    make_registration(event)
    make_registration(event, state=S.EXPIRED)
    make_role(event)
    record(deaf, ChangeCause.SIGNED_UP)
    other = change(make_event(), EventChangeKind.RELOCATED)
    make_registration(other.event)
    rows = [change(event, EventChangeKind.RESCHEDULED), lose(event, "pjm"), change(event, EventChangeKind.EDITED)]
    silent = change(event, EventChangeKind.RELOCATED, notify=False)

    answer = preview(*rows, silent)

    assert (Message.objects.count(), EventChange.objects.exclude(planned_at=None).count()) == (0, 0)
    plan_changes(at=NOW)
    # Two participants, who works there, who needs an interpreter, the coordinator.
    sent = Message.objects.filter(event=event, registration_change=None, channel="email")
    assert answer == {"email": sent.count()} == {"email": 5}


def test_a_preview_counts_the_channels_and_not_what_comes_too_late():
    event = make_event()
    make_registration(event, phone="+48501502503")
    make_registration(event)
    over = make_event(starts_at=NOW - 5 * HOUR)
    make_registration(over, at=NOW - 30 * HOUR)

    assert preview(change(event, EventChangeKind.CANCELLED)) == {"email": 2, "sms": 1}
    assert preview(change(over, EventChangeKind.CANCELLED)) == {}
    assert preview() == {}


# Reminders


def test_a_reminder_goes_to_who_had_a_seat_when_it_was_due():
    event = make_event()
    remind(event, minutes_before=180)
    due = start_of(event) - 3 * HOUR
    on_time = make_registration(event, at=due)
    make_registration(event, at=due + timedelta(seconds=1))
    for state in set(S) - {S.CONFIRMED}:
        make_registration(event, state=state)

    assert plan_reminders(at=due - timedelta(seconds=1)) == 0
    assert plan_reminders(at=due + timedelta(minutes=1)) == 1

    (message,) = Message.objects.all()
    assert (message.registration, message.kind, message.due_at) == (on_time, "reminder", due)
    assert message.session_starts_at == start_of(event)
    run = ReminderRun.objects.get()
    assert (run.due_at, run.messages) == (due, 1)


def test_a_reminder_is_planned_once_however_often_one_looks():
    event = make_event()
    remind(event, minutes_before=180)
    make_registration(event)
    due = start_of(event) - 3 * HOUR

    assert [plan_reminders(at=due + timedelta(minutes=minute)) for minute in range(4)] == [1, 0, 0, 0]


def test_rules_that_an_edit_writes_anew_remind_nobody_twice():
    event = make_event()
    rule = remind(event, days_before=1, at_time=time(17))
    make_registration(event)
    moment = start_of(event) - 12 * HOUR
    plan_reminders(at=moment)
    rule.delete()
    remind(event, days_before=1, at_time=time(17))

    plan_reminders(at=moment)

    assert Message.objects.count() == 1


def test_a_moved_session_is_reminded_of_anew():
    event = make_event()
    remind(event, minutes_before=180)
    make_registration(event)
    plan_reminders(at=start_of(event) - 3 * HOUR)
    later = start_of(event) + timedelta(days=7)
    Session.objects.update(starts_at=later, ends_at=later + HOUR)

    assert plan_reminders(at=later - 3 * HOUR) == 1

    assert set(Message.objects.values_list("session_starts_at", flat=True)) == {start_of(event), later}


@pytest.mark.parametrize(
    "columns",
    [
        {"status": EventStatus.CANCELLED},
        {"status": EventStatus.DRAFT},
        {"status": EventStatus.POSTPONED},
        {"planned_only": True},
    ],
)
def test_what_does_not_take_place_is_not_reminded_of(columns: dict[str, Any]):
    event = make_event()
    remind(event, minutes_before=180)
    make_registration(event)
    Event.objects.update(**columns)

    assert plan_reminders(at=start_of(event) - 3 * HOUR) == 0
    assert not ReminderRun.objects.exists()


def test_a_session_that_was_called_off_is_not_reminded_of():
    event = make_event()
    remind(event, minutes_before=180)
    make_registration(event)
    Session.objects.update(is_cancelled=True)

    assert plan_reminders(at=start_of(event) - 3 * HOUR) == 0


def test_a_reminder_past_its_grace_is_written_down_and_not_sent():
    event = make_event()
    remind(event, minutes_before=24 * 60)
    make_registration(event)

    assert plan_reminders(at=start_of(event) - 10 * HOUR) == 1

    assert planned() == [("reminder", "email", "missed")]
    assert Message.objects.get().state_reason == "too_late"


def test_after_a_pause_only_the_latest_of_several_reminders_is_sent():
    event = make_event()
    remind(event, minutes_before=24 * 60)
    remind(event, minutes_before=20 * 60)
    make_registration(event)

    assert plan_reminders(at=start_of(event) - 19 * HOUR) == 1

    assert sorted(Message.objects.values_list("state", "state_reason")) == [
        (MessageState.MISSED, "other_reminder"),
        (MessageState.PLANNED, ""),
    ]


def test_a_pause_of_48_hours_sends_no_stale_reminder():
    event = make_event()
    remind(event, minutes_before=24 * 60)
    make_registration(event)

    plan_reminders(at=start_of(event) + 24 * HOUR)

    assert planned() == [("reminder", "email", "missed")]


def test_an_sms_goes_to_who_gave_a_number_and_wants_it():
    event = make_event()
    remind(event, channel="sms", minutes_before=180)
    wants = make_registration(event, phone="+48501502503", sms_reminders=True)
    make_registration(event, phone="+48501502504")
    make_registration(event, sms_reminders=True)

    plan_reminders(at=start_of(event) - 3 * HOUR)

    assert list(Message.objects.values_list("registration", "channel")) == [(wants.pk, "sms")]


def test_an_sms_that_would_ring_at_night_comes_in_the_evening_before(settings: Any):
    settings.QUIET_HOURS = (time(22), time(7))
    event = make_event(starts_at=datetime(2027, 1, 26, 7, tzinfo=UTC))
    remind(event, channel="sms", minutes_before=180)
    remind(event, minutes_before=180)
    make_registration(event, phone="+48501502503", sms_reminders=True)

    assert plan_reminders(at=datetime(2027, 1, 25, 20, tzinfo=UTC)) == 1

    assert planned() == [("reminder", "sms", "planned")]


def test_three_days_are_reminded_of_three_times_and_one_day_with_two_sessions_once():
    event = make_event(sessions=3)
    first = event.sessions.first()
    assert first is not None
    afternoon = make_session(event, starts_at=first.starts_at + 4 * HOUR)
    remind(event, days_before=1, at_time=time(17))
    everything = make_registration(event)
    only_afternoon = make_attended(event, afternoon)

    for day in range(5):
        plan_reminders(at=first.starts_at - timedelta(hours=16) + timedelta(days=day))

    by_person = [
        list(r.messages.order_by("due_at").values_list("session", flat=True)) for r in (everything, only_afternoon)
    ]
    assert by_person == [[session.pk for session in event.sessions.exclude(pk=afternoon.pk)], [afternoon.pk]]


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_one_reminder_a_day_for_all_that_one_has_chosen(channel: str):
    event = make_event()
    first = event.sessions.get()
    noon, evening = (make_session(event, starts_at=first.starts_at + hours * HOUR, hours=1) for hours in (3, 6))
    next_day = make_session(event, starts_at=first.starts_at + 24 * HOUR)
    remind(event, channel=channel, days_before=1, at_time=time(17))
    chosen = {"phone": "+48501502503", "sms_reminders": True}
    two_of_three = make_attended(event, noon, evening, **chosen)
    over_two_days = make_attended(event, first, evening, next_day, **chosen)

    for day in range(4):
        plan_reminders(at=first.starts_at - timedelta(hours=16) + timedelta(days=day))

    by_person = [list(r.messages.order_by("due_at").values_list("session")) for r in (two_of_three, over_two_days)]
    assert by_person == [[(noon.pk,)], [(first.pk,), (next_day.pk,)]]
    assert set(Message.objects.values_list("channel", flat=True)) == {channel}


def test_of_two_sessions_that_begin_at_once_only_one_reminds():
    event = make_event()
    first = event.sessions.get()
    beside = make_session(event, starts_at=first.starts_at)
    remind(event, days_before=1, at_time=time(17))
    both = make_registration(event)
    only_beside = make_attended(event, beside)

    assert plan_reminders(at=first.starts_at - timedelta(hours=16)) == 2
    assert dict(Message.objects.values_list("registration", "session")) == {
        both.pk: first.pk,
        only_beside.pk: beside.pk,
    }


@pytest.mark.parametrize(
    ("starts_at", "due_at"),
    [
        (datetime(2027, 3, 28, 8, tzinfo=UTC), datetime(2027, 3, 27, 16, tzinfo=UTC)),
        (datetime(2027, 10, 31, 11, tzinfo=UTC), datetime(2027, 10, 30, 15, tzinfo=UTC)),
    ],
)
def test_the_day_before_at_five_is_five_oclock_on_both_changes_of_the_clock(starts_at: datetime, due_at: datetime):
    event = make_event(starts_at=starts_at)
    remind(event, days_before=1, at_time=time(17))
    make_registration(event)

    assert plan_reminders(at=due_at - timedelta(seconds=1)) == 0
    assert plan_reminders(at=due_at) == 1


def test_many_reminders_cost_few_statements():
    event = make_event(capacity=None)
    remind(event, minutes_before=180)
    for _ in range(100):
        make_registration(event)

    with CaptureQueriesContext(connection) as statements:
        assert plan_reminders(at=start_of(event) - 3 * HOUR) == 100

    assert len(statements) <= 8


def test_planning_that_was_broken_off_by_a_deadlock_is_done_again(monkeypatch: pytest.MonkeyPatch):
    event = make_event()
    make_registration(event)
    change(event, EventChangeKind.RELOCATED)
    plan = events._plan_edits
    tries = []

    def plan_edits(*given: Any, **more: Any) -> int:
        tries.append(plan(*given, **more))
        if len(tries) == 1:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return tries[-1]

    monkeypatch.setattr(events, "_plan_edits", plan_edits)

    assert plan_changes(at=NOW) == 1

    assert tries == [1, 1]
    assert planned() == [("event_changed", "email", "planned")]


@pytest.mark.django_db(transaction=True)
def test_a_later_change_waits_for_whoever_plans_an_earlier_one():
    event = make_event()
    make_registration(event)
    first, second = (change(event, kind) for kind in (EventChangeKind.RELOCATED, EventChangeKind.RESCHEDULED))
    planned: list[int | None] = []

    def work() -> None:
        try:
            planned.append(plan_event_changes(at=NOW))
        finally:
            connection.close()

    other = threading.Thread(target=work)
    with transaction.atomic():
        EventChange.objects.select_for_update().get(pk=first.pk)
        other.start()
        other.join(timeout=0.5)
        assert EventChange.objects.get(pk=second.pk).planned_at is None
        EventChange.objects.filter(pk=first.pk).update(planned_at=NOW)
    other.join(timeout=10)

    assert planned == [1]
    assert EventChange.objects.get(pk=second.pk).planned_at == NOW


@pytest.mark.django_db(transaction=True)
def test_eight_ticks_at_once_plan_everything_once():
    event = make_event(capacity=None)
    remind(event, minutes_before=180)
    for _ in range(20):
        record(make_registration(event), ChangeCause.SIGNED_UP)
    change(event, EventChangeKind.RELOCATED)
    moment = start_of(event) - 3 * HOUR
    start = threading.Barrier(8)
    failures: list[Exception] = []

    def work() -> None:
        start.wait()
        try:
            plan_changes(at=moment)
            plan_reminders(at=moment)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    counts = [Message.objects.filter(kind=kind).count() for kind in ("confirmed", "event_changed", "reminder")]
    assert counts == [20, 20, 20]
    assert ReminderRun.objects.get().messages == 20
