"""Who is told when registrations change: everybody has a message, people who come along and invited people included."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import EventChangeKind, EventStatus
from events.models import Event, EventChange, RegistrationPolicy
from notifications.actions.planning import plan_changes
from notifications.kinds import KIND_OF_CHANGE, KINDS, MEMBER_KINDS_OF_CHANGE
from notifications.models import Message
from notifications.queries.audience import people_told
from registrations.enums import ACTIVE_STATES, ChangeCause, MemberState, RegistrationState
from registrations.models import Invitation, PartyMember, Registration, RegistrationChange
from tests.make import make_event, make_invitation, make_member, make_registration
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

S, C = RegistrationState, ChangeCause
HOUR = timedelta(hours=1)
_CANCELLED = (S.CANCELLED_BY_PARTICIPANT, S.CANCELLED_BY_ORGANIZER)

# Whoever registered is told of each of these.
TOLD: dict[ChangeCause, tuple[RegistrationState, ...]] = {
    C.SIGNED_UP: (S.AWAITING_APPROVAL, S.HELD, S.CONFIRMED, S.WAITLISTED),
    C.ADDRESS_CONFIRMED: (S.CONFIRMED, S.WAITLISTED),
    C.ADDRESS_CORRECTED: (S.AWAITING_APPROVAL, S.HELD, S.CONFIRMED, S.WAITLISTED, S.OFFERED),
    C.PROMOTED: (S.OFFERED, S.CONFIRMED),
    C.OFFER_ACCEPTED: (S.CONFIRMED,),
    C.OFFER_LAPSED: (S.EXPIRED,),
    C.CANCELLED: _CANCELLED,
    C.LINK_REQUESTED: ACTIVE_STATES,
    C.ASKED_AGAIN: ACTIVE_STATES,
    C.OVERVIEW_REQUESTED: tuple(S),
    C.APPROVED: (S.HELD, S.CONFIRMED, S.WAITLISTED),
    C.REJECTED: (S.REJECTED,),
    C.FORCED_IN: (S.CONFIRMED,),
    C.MEMBER_CANCELLED: ACTIVE_STATES,
    C.MEMBER_SUBSTITUTED: ACTIVE_STATES,
    C.ASKED_STILL_COMING: (S.CONFIRMED,),
    C.NO_ANSWER: (S.CANCELLED_BY_ORGANIZER,),
}
# Of these nobody is told by a message to the person: they did it themselves, it is told by the event's own message, or it
# only moves them in a queue.
SILENT = {
    C.HOLD_EXPIRED,
    C.QUEUE_CHANGED,
    C.OFFER_DECLINED,
    C.EVENT_CANCELLED,
    C.EDITED,
    C.SAID_COMING,
    C.ERASED,
    C.MEMBER_ADDED,
    C.SEATS_CHANGED,
}
# Told, where it is told, by what belongs to needs and to links.
ELSEWHERE = {C.NEED_ANSWERED, C.LINK_REVOKED}


def record(registration: Registration, cause: ChangeCause, **more: Any) -> RegistrationChange:
    values = {"from_state": registration.state, "to_state": registration.state, "at": NOW, **more}
    return RegistrationChange.objects.create(registration=registration, cause=cause, **values)


def told() -> list[tuple[str, str]]:
    """(kind, whom): the name of somebody who comes along, or "" for the person who registered."""
    rows = Message.objects.exclude(registration=None).values_list("kind", "member__first_name")
    return sorted((kind, name or "") for kind, name in rows)


def end(member: PartyMember, state: MemberState) -> None:
    PartyMember.objects.filter(pk=member.pk).update(state=state, ended_at=NOW)


# Every change


def test_everything_that_can_happen_is_told_or_is_known_not_to_be():
    assert set(C) == TOLD.keys() | SILENT | ELSEWHERE
    assert TOLD.keys().isdisjoint(SILENT)
    assert {pair for pair in KIND_OF_CHANGE if pair[0] not in ELSEWHERE} == {
        (cause, state) for cause, states in TOLD.items() for state in states
    }
    assert {cause for cause, _state in MEMBER_KINDS_OF_CHANGE} - TOLD.keys() == {C.MEMBER_ADDED}


def test_no_change_has_two_messages_for_one_person():
    pairs = [pair for kind in KINDS.values() for pair in kind.causes]

    assert len(pairs) == len(set(pairs))


# Parties


@pytest.mark.parametrize(
    ("cause", "before", "kind"),
    [
        (C.SIGNED_UP, "", "confirmed"),
        (C.ADDRESS_CONFIRMED, "held", "confirmed"),
        (C.OFFER_ACCEPTED, "offered", "confirmed"),
        (C.PROMOTED, "waitlisted", "promoted"),
        (C.APPROVED, "awaiting_approval", "application_accepted"),
        (C.FORCED_IN, "waitlisted", "forced_in"),
    ],
)
def test_who_comes_along_with_an_own_address_gets_a_message_of_their_own(cause: ChangeCause, before: str, kind: str):
    registration = make_registration(make_event(), seats=4)
    make_member(registration, first_name="Jan", email="jan@example.org")
    make_member(registration, first_name="Ola")
    end(make_member(registration, first_name="Ewa", email="ewa@example.org"), MemberState.CANCELLED)
    PartyMember.objects.filter(first_name="Ewa").update(ended_at=NOW - HOUR)
    record(registration, cause, from_state=before)

    assert plan_changes(at=NOW) == 2

    assert told() == sorted([(kind, ""), ("member_confirmed", "Jan")])
    message = Message.objects.get(kind="member_confirmed")
    assert (message.channel, message.language, message.registration) == ("email", "pl", registration)


@pytest.mark.parametrize("state", [S.AWAITING_APPROVAL, S.HELD, S.WAITLISTED])
def test_who_comes_along_is_told_nothing_before_there_is_a_seat(state: RegistrationState):
    registration = make_registration(make_event(), state=state)
    member = make_member(registration, email="jan@example.org")
    record(registration, C.SIGNED_UP, from_state="")
    end(member, MemberState.CANCELLED)
    record(registration, C.MEMBER_CANCELLED, member=member)

    plan_changes(at=NOW)

    assert Message.objects.count() == 2
    assert not Message.objects.exclude(member=None).exists()


def test_somebody_who_joins_is_told_alone():
    registration = make_registration(make_event())
    make_member(registration, first_name="Ola", email="ola@example.org")
    joined = make_member(registration, first_name="Jan", email="jan@example.org")
    record(registration, C.MEMBER_ADDED, member=joined)

    plan_changes(at=NOW)

    assert told() == [("member_confirmed", "Jan")]


def test_a_substitution_is_told_to_all_three():
    registration = make_registration(make_event())
    make_member(registration, first_name="Ola", email="ola@example.org")
    old = make_member(registration, first_name="Jan", email="jan@example.org")
    earlier = make_member(registration, first_name="Adam", email="adam@example.org")
    end(earlier, MemberState.REPLACED)
    PartyMember.objects.filter(pk=earlier.pk).update(ended_at=NOW - HOUR)
    end(old, MemberState.REPLACED)
    new = make_member(registration, first_name="Ewa", email="ewa@example.org")
    record(registration, C.MEMBER_SUBSTITUTED, member=new)

    plan_changes(at=NOW)

    assert told() == [("member_confirmed", "Ewa"), ("member_replaced", "Jan"), ("own_substitution", "")]


def test_one_of_a_party_who_does_not_come_is_told_and_so_is_who_registered_them():
    registration = make_registration(make_event())
    make_member(registration, first_name="Ola", email="ola@example.org")
    gone = make_member(registration, first_name="Jan", email="jan@example.org")
    end(gone, MemberState.CANCELLED)
    record(registration, C.MEMBER_CANCELLED, member=gone)

    plan_changes(at=NOW)

    assert told() == [("member_cancelled", ""), ("member_cancelled", "Jan")]


def test_who_registered_and_gives_the_own_place_back_is_told_alone():
    registration = make_registration(make_event())
    make_member(registration, first_name="Ola", email="ola@example.org")
    record(registration, C.MEMBER_CANCELLED)

    plan_changes(at=NOW)

    assert told() == [("member_cancelled", "")]


@pytest.mark.parametrize(
    ("cause", "state", "kind"),
    [
        (C.CANCELLED, S.CANCELLED_BY_PARTICIPANT, "own_cancellation"),
        (C.CANCELLED, S.CANCELLED_BY_ORGANIZER, "own_cancellation"),
        (C.NO_ANSWER, S.CANCELLED_BY_ORGANIZER, "seat_released"),
    ],
)
def test_the_end_of_a_registration_is_told_to_everybody_who_came(
    cause: ChangeCause, state: RegistrationState, kind: str
):
    registration = make_registration(make_event(), state=state)
    make_member(registration, first_name="Jan", email="jan@example.org")
    end(make_member(registration, first_name="Ola", email="ola@example.org"), MemberState.CANCELLED)
    earlier = make_member(registration, first_name="Ewa", email="ewa@example.org")
    end(earlier, MemberState.CANCELLED)
    PartyMember.objects.filter(pk=earlier.pk).update(ended_at=NOW - HOUR)
    record(registration, cause, from_state="confirmed")

    plan_changes(at=NOW)

    assert told() == sorted([(kind, ""), ("member_cancelled", "Jan"), ("member_cancelled", "Ola")])


def test_planning_a_party_twice_plans_it_once_and_as_quickly_as_one():
    numbers = []
    for people in (1, 20):
        registration = make_registration(make_event())
        for number in range(people):
            make_member(registration, email=f"m{number}@example.org")
        record(registration, C.SIGNED_UP, from_state="")
        with CaptureQueriesContext(connection) as statements:
            plan_changes(at=NOW)
        numbers.append(len(statements))
    RegistrationChange.objects.update(planned_at=None)
    plan_changes(at=NOW)

    assert numbers[0] == numbers[1]
    assert Message.objects.count() == 2 + 1 + 20


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (EventStatus.CANCELLED, EventChangeKind.CANCELLED, "event_cancelled"),
        (EventStatus.POSTPONED, EventChangeKind.POSTPONED, "event_postponed"),
        (EventStatus.PUBLISHED, EventChangeKind.NEW_DATE, "new_date"),
        (EventStatus.PUBLISHED, EventChangeKind.RELOCATED, "event_changed"),
    ],
)
def test_news_of_the_event_go_to_who_comes_along_too(status: EventStatus, kind: EventChangeKind, message: str):
    event = make_event()
    confirmed, waiting = make_registration(event), make_registration(event, state=S.WAITLISTED)
    make_member(confirmed, first_name="Jan", email="jan@example.org")
    make_member(confirmed, first_name="Ola")
    end(make_member(confirmed, first_name="Ewa", email="ewa@example.org"), MemberState.REPLACED)
    late = make_member(confirmed, first_name="Adam", email="adam@example.org")
    PartyMember.objects.filter(pk=late.pk).update(created_at=NOW + HOUR)
    make_member(waiting, first_name="Iza", email="iza@example.org")
    make_member(make_registration(make_event()), first_name="Inny", email="inny@example.org")
    Event.objects.filter(pk=event.pk).update(status=status)
    EventChange.objects.create(event=event, kind=kind, at=NOW, notify=True)

    assert plan_changes(at=NOW) == 3
    EventChange.objects.update(planned_at=None)
    plan_changes(at=NOW)

    assert told() == [(message, ""), (message, ""), (message, "Jan")]


def test_a_newer_change_takes_the_place_of_an_older_one_for_who_comes_along_too():
    event = make_event()
    make_member(make_registration(event), first_name="Jan", email="jan@example.org")
    for _twice in range(2):
        EventChange.objects.create(event=event, kind=EventChangeKind.RELOCATED, at=NOW, notify=True)
        plan_changes(at=NOW)

    rows = Message.objects.exclude(member=None).order_by("event_change")
    assert list(rows.values_list("state", flat=True)) == ["cancelled", "planned"]


def test_a_lost_feature_is_nobodys_news_but_who_asked_for_it():
    event = make_event()
    make_member(make_registration(event), email="jan@example.org")
    EventChange.objects.create(
        event=event, kind=EventChangeKind.FEATURE_LOST, before={"features": ["pjm"]}, at=NOW, notify=True
    )

    plan_changes(at=NOW)

    assert told() == []


def test_a_change_of_one_session_is_news_for_who_comes_along_to_it():
    event = make_event(sessions=2)
    first, second = event.sessions.all()
    for name, session in (("Jan", first), ("Ola", second)):
        make_member(make_registration(event, sessions=[session]), first_name=name, email=f"{name}@example.org")
    EventChange.objects.create(
        event=event, session=second, kind=EventChangeKind.RESCHEDULED, before={"x": 1}, at=NOW, notify=True
    )

    plan_changes(at=NOW)

    assert told() == [("event_changed", ""), ("event_changed", "Ola")]


def test_who_would_be_told_counts_who_comes_along():
    event = make_event()
    registration = make_registration(event)
    make_member(registration, email="jan@example.org")
    make_member(registration)
    make_member(make_registration(event, state=S.WAITLISTED), email="ola@example.org")

    assert people_told(event) == 3


# Invitations


def invite(event: Event, **given: Any) -> Invitation:
    return make_invitation(event, **{"send_requested_at": NOW, **given})


def test_an_invitation_is_sent_once_when_it_is_asked_for():
    event = make_event(closes_at=NOW + 5 * HOUR)
    invitation = invite(event, language="uk")
    make_invitation(event)

    assert [plan_changes(at=NOW), plan_changes(at=NOW)] == [1, 0]

    (message,) = Message.objects.all()
    assert (message.invitation, message.kind, message.channel, message.language) == (
        invitation,
        "invited",
        "email",
        "uk",
    )
    assert (message.event, message.registration, message.useful_until) == (event, None, NOW + 5 * HOUR)
    assert Invitation.objects.get(pk=invitation.pk).planned_at == NOW


def test_an_invitation_that_is_asked_for_again_is_sent_again():
    invitation = invite(make_event())
    plan_changes(at=NOW)
    Invitation.objects.update(planned_at=None)
    again = plan_changes(at=NOW)
    assert (again, Message.objects.count()) == (1, 1)

    Invitation.objects.update(send_requested_at=NOW + HOUR, planned_at=None)
    plan_changes(at=NOW + HOUR)

    assert Message.objects.filter(invitation=invitation).count() == 2


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.IN_REVIEW, EventStatus.POSTPONED])
def test_invitations_wait_for_the_event_to_be_announced(status: EventStatus):
    event = make_event(status=status)
    invite(event)

    assert plan_changes(at=NOW) == 0
    Event.objects.update(status=EventStatus.PUBLISHED)

    assert plan_changes(at=NOW) == 1


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.HELD, EventStatus.CLOSED])
def test_nobody_is_invited_to_what_is_over(status: EventStatus):
    event = make_event(status=status)
    invite(event)

    assert plan_changes(at=NOW) == 0
    assert not Invitation.objects.filter(planned_at=None).exists()


def test_what_was_revoked_used_or_erased_is_not_sent():
    event = make_event()
    invite(event, revoked_at=NOW)
    invite(make_event(status=EventStatus.DRAFT), revoked_at=NOW)
    Invitation.objects.filter(pk=invite(event).pk).update(email="")
    used = make_registration(event)
    Registration.objects.filter(pk=used.pk).update(invitation=invite(event))

    assert plan_changes(at=NOW) == 0
    assert not Invitation.objects.filter(planned_at=None).exists()


def test_an_invitation_to_what_is_closed_is_written_down_as_missed():
    event = make_event()
    RegistrationPolicy.objects.filter(event=event).update(closes_at=NOW)
    invite(event)

    plan_changes(at=NOW)

    assert list(Message.objects.values_list("state", "state_reason")) == [("missed", "too_late")]


def test_many_invitations_cost_as_many_statements_as_one():
    numbers = []
    for people in (1, 30):
        event = make_event()
        for _person in range(people):
            invite(event)
        with CaptureQueriesContext(connection) as statements:
            assert plan_changes(at=NOW) == people
        numbers.append(len(statements))

    assert numbers[0] == numbers[1]
