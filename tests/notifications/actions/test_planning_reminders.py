"""Reminders for people who wait, who work there and who come along, and thanks after the end."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from events.enums import EventRoleKind, EventStatus, ReminderAudience
from events.models import AgendaItem, Event, ReminderRule, Session
from notifications.actions.planning import plan_reminders
from notifications.models import Message, ReminderRun
from notifications.tasks import work_through
from registrations.enums import Attendance, MemberState, RegistrationState
from registrations.models import PartyMember, Registration
from tests.make import make_event, make_member, make_registration, make_session
from tests.notifications.make_messages import make_role

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def remind(event: Event, audience: str = "confirmed", **rule: Any) -> ReminderRule:
    return ReminderRule.objects.create(event=event, **{"channel": "email", "audience": audience, **rule})


def thank(event: Event, minutes: int = 60, **rule: Any) -> ReminderRule:
    return remind(event, minutes_after=minutes, **rule)


def start_of(event: Event) -> datetime:
    assert event.starts_at is not None
    return event.starts_at


def end_of(event: Event) -> datetime:
    assert event.ends_at is not None
    return event.ends_at


def attend(registration: Registration | PartyMember, attendance: Attendance) -> None:
    type(registration).objects.filter(pk=registration.pk).update(attendance=attendance)


def told(kind: str) -> list[str]:
    """Whom messages of a kind are planned for, by name."""
    people = []
    for message in Message.objects.filter(kind=kind).select_related("member", "registration__participant", "role"):
        if message.role is not None:
            people.append(message.role.email)
        elif message.member is not None:
            people.append(message.member.email)
        elif message.registration is not None:
            people.append(message.registration.participant.email)
    return sorted(people)


# People who wait


def test_a_rule_for_the_reserve_list_reminds_who_waits_and_nobody_else():
    event = make_event()
    remind(event, ReminderAudience.WAITLISTED, minutes_before=180)
    due = start_of(event) - 3 * HOUR
    make_registration(event, email="waits@example.org", state=S.WAITLISTED, at=due)
    make_registration(event, state=S.WAITLISTED, at=due + timedelta(seconds=1))
    for state in set(S) - {S.WAITLISTED}:
        make_registration(event, state=state)

    assert plan_reminders(at=due) == 1

    assert told("reminder_waitlisted") == ["waits@example.org"]
    assert Message.objects.count() == 1


def test_who_has_got_a_seat_in_the_meantime_is_not_told_that_they_wait():
    event = make_event()
    remind(event, ReminderAudience.WAITLISTED, minutes_before=180)
    registration = make_registration(event, state=S.WAITLISTED)
    due = start_of(event) - 3 * HOUR
    plan_reminders(at=due)
    Registration.objects.filter(pk=registration.pk).update(
        state=S.CONFIRMED, holds_seat=True, waiting_pool=None, confirmed_at=due
    )

    work_through(clock=lambda: due)

    assert list(Message.objects.values_list("kind", "state")) == [("reminder_waitlisted", "cancelled")]


def test_who_waits_and_who_has_a_seat_are_reminded_apart_also_by_sms():
    event = make_event()
    for audience in (ReminderAudience.CONFIRMED, ReminderAudience.WAITLISTED):
        remind(event, audience, channel="sms", minutes_before=180)
    for state in (S.CONFIRMED, S.WAITLISTED):
        make_registration(event, state=state, phone="+48501502503", sms_reminders=True)
        make_registration(event, state=state, phone="+48501502503")

    plan_reminders(at=start_of(event) - 3 * HOUR)

    assert sorted(Message.objects.values_list("kind", "channel", "state")) == [
        ("reminder", "sms", "planned"),
        ("reminder_waitlisted", "sms", "planned"),
    ]


# People who work there


def test_who_works_there_is_reminded_once_at_each_address():
    event = make_event()
    remind(event, ReminderAudience.SPEAKERS, days_before=1, at_time=time(17))
    chair = make_role(event, EventRoleKind.CHAIR, email="Jan@example.org")
    item = AgendaItem.objects.create(session=event.sessions.get(), title={"pl": "Punkt"})
    make_role(event, email="jan@example.org", agenda_item=item)
    make_role(event, EventRoleKind.STAFF, email="", name="Bez adresu")
    make_role(make_event(), email="inny@example.org")
    make_registration(event)

    for _twice in range(2):
        plan_reminders(at=start_of(event) - 15 * HOUR)

    (message,) = Message.objects.all()
    assert (message.role, message.kind, message.language) == (chair, "reminder_speaker", "pl")
    assert (message.session, message.session_starts_at) == (event.sessions.get(), start_of(event))
    assert ReminderRun.objects.get().messages == 1


def test_who_works_at_two_sessions_of_a_day_is_reminded_of_the_first():
    event = make_event()
    morning = event.sessions.get()
    evening = make_session(event, starts_at=morning.starts_at + 5 * HOUR)
    next_day = make_session(event, starts_at=morning.starts_at + DAY)
    points = {
        session.pk: AgendaItem.objects.create(session=session, title={"pl": "Punkt"})
        for session in (morning, evening, next_day)
    }
    for session in (morning, evening):
        make_role(event, email="both@example.org", agenda_item=points[session.pk])
    make_role(event, email="evening@example.org", agenda_item=points[evening.pk])
    make_role(event, EventRoleKind.CHAIR, email="chair@example.org")
    remind(event, ReminderAudience.SPEAKERS, minutes_before=60)

    for hours in range(-1, 26):
        plan_reminders(at=morning.starts_at + hours * HOUR)

    found = Message.objects.values_list("role__email", "session")
    assert sorted(found) == sorted(
        [
            ("both@example.org", morning.pk),
            ("chair@example.org", morning.pk),
            ("chair@example.org", next_day.pk),
            ("evening@example.org", evening.pk),
        ]
    )


def test_a_speaker_is_not_reminded_of_a_time_that_has_changed():
    event = make_event()
    make_role(event)
    remind(event, ReminderAudience.SPEAKERS, minutes_before=60)
    plan_reminders(at=start_of(event) - HOUR)
    Session.objects.update(starts_at=start_of(event) + DAY, ends_at=end_of(event) + DAY)

    work_through(clock=lambda: start_of(event) - HOUR)

    assert list(Message.objects.values_list("state", "state_reason")) == [("cancelled", "moved")]


# People who come along


def test_who_comes_along_is_reminded_once_at_each_address_and_not_beside_their_own_registration():
    event = make_event()
    registration = make_registration(event, email="ann@example.org")
    for address in ("Ann@example.org", "jan@example.org", "jan@example.org", ""):
        make_member(registration, email=address)
    gone = make_member(registration, email="gone@example.org")
    PartyMember.objects.filter(pk=gone.pk).update(state=MemberState.CANCELLED, ended_at=gone.created_at)
    other = make_registration(event, email="ola@example.org")
    make_member(other, email="JAN@example.org")
    due = start_of(event) - 3 * HOUR
    late = make_member(other, email="late@example.org")
    PartyMember.objects.filter(pk=late.pk).update(created_at=due + timedelta(seconds=1))
    make_member(make_registration(event, state=S.WAITLISTED), email="waits@example.org")
    remind(event, minutes_before=180)

    assert plan_reminders(at=due) == 3

    assert told("reminder") == ["ann@example.org", "jan@example.org", "ola@example.org"]


def test_an_sms_rule_is_for_who_registered_alone():
    event = make_event()
    make_member(make_registration(event, phone="+48501502503", sms_reminders=True), email="jan@example.org")
    remind(event, channel="sms", minutes_before=180)

    assert plan_reminders(at=start_of(event) - 3 * HOUR) == 1


# After the end


def test_thanks_go_to_everybody_with_a_seat_where_nobody_wrote_down_who_came():
    event = make_event()
    thank(event)
    make_member(make_registration(event, email="ann@example.org"), email="jan@example.org")
    make_registration(event, email="late@example.org", at=end_of(event) + 2 * HOUR)
    make_registration(event, state=S.WAITLISTED)
    due = end_of(event) + HOUR

    assert plan_reminders(at=due - timedelta(seconds=1)) == 0
    assert [plan_reminders(at=due), plan_reminders(at=due)] == [2, 0]

    assert told("after_event") == ["ann@example.org", "jan@example.org"]
    assert set(Message.objects.values_list("due_at", "useful_until")) == {(due, due + 3 * DAY)}


@pytest.mark.parametrize("recorded", ["registration", "member"])
def test_thanks_go_only_to_who_came_where_that_is_written_down(recorded: str):
    event = make_event()
    thank(event)
    came, stayed = make_registration(event, email="ann@example.org"), make_registration(event, email="no@example.org")
    member = make_member(came, email="jan@example.org")
    make_member(stayed, email="ola@example.org")
    attend(came if recorded == "registration" else member, Attendance.PRESENT)

    plan_reminders(at=end_of(event) + HOUR)

    assert told("after_event") == ["ann@example.org" if recorded == "registration" else "jan@example.org"]


def test_one_is_thanked_once_after_the_last_session_that_one_came_to():
    event = make_event(sessions=3)
    first, second, third = event.sessions.all()
    make_registration(event, email="all@example.org")
    make_registration(event, email="two@example.org", sessions=[first, second])
    Session.objects.filter(pk=third.pk).update(ends_at=third.ends_at + HOUR)
    called_off = make_session(event, starts_at=third.starts_at + 3 * DAY)
    Session.objects.filter(pk=called_off.pk).update(is_cancelled=True)
    thank(event)

    for day in range(6):
        plan_reminders(at=first.ends_at + 3 * HOUR + day * DAY)

    found = Message.objects.values_list("registration__participant__email", "session", "state")
    assert sorted(found) == [("all@example.org", third.pk, "planned"), ("two@example.org", second.pk, "planned")]


@pytest.mark.parametrize(
    ("status", "thanked"),
    [(EventStatus.PUBLISHED, 1), (EventStatus.HELD, 1), (EventStatus.CANCELLED, 0), (EventStatus.POSTPONED, 0)],
)
def test_thanks_are_for_what_took_place(status: EventStatus, thanked: int):
    event = make_event()
    make_registration(event)
    thank(event)
    Event.objects.update(status=status)

    assert plan_reminders(at=end_of(event) + HOUR) == thanked


@pytest.mark.parametrize(
    ("late", "states"),
    [(3 * DAY - HOUR, ["planned"]), (3 * DAY, ["missed"]), (7 * DAY, ["missed"]), (7 * DAY + HOUR, [])],
)
def test_thanks_may_be_days_late_but_not_a_week(late: timedelta, states: list[str]):
    event = make_event()
    make_registration(event)
    thank(event)

    plan_reminders(at=end_of(event) + HOUR + late)

    assert list(Message.objects.values_list("state", flat=True)) == states


def test_thanks_by_sms_wait_for_the_morning(settings: Any):
    settings.QUIET_HOURS = (time(22), time(7))
    event = make_event(starts_at=datetime(2027, 1, 26, 18, tzinfo=UTC))
    make_registration(event, phone="+48501502503", sms_reminders=True)
    make_registration(event, phone="+48501502503")
    thank(event, channel="sms", minutes=180)
    night = end_of(event) + 3 * HOUR

    work_through(clock=lambda: night)
    (waiting,) = Message.objects.all()
    assert (waiting.state, waiting.next_attempt_at) == ("planned", datetime(2027, 1, 27, 6, tzinfo=UTC))
    work_through(clock=lambda: datetime(2027, 1, 27, 6, tzinfo=UTC))

    assert Message.objects.get().state == "sent"


def test_only_the_last_of_several_thanks_is_sent_and_no_reminder_stands_in_its_way():
    event = make_event()
    make_registration(event)
    remind(event, minutes_before=60)
    thank(event, minutes=30)
    thank(event, minutes=60)

    plan_reminders(at=end_of(event) + 2 * HOUR)

    assert sorted(Message.objects.values_list("kind", "state", "state_reason")) == [
        ("after_event", "missed", "other_reminder"),
        ("after_event", "planned", ""),
        ("reminder", "missed", "too_late"),
    ]
