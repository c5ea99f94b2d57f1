"""What organisers are told by itself: once for each occasion, to the right people, and at no cost while nothing is due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.enums import EventStatus, Role
from events.models import Event, SeatPool, User
from notifications.actions.planning import alerts, plan_alerts
from notifications.enums import MessageState
from notifications.models import DeliveryAttempt, Message, ProviderReport
from notifications.queries.alerts import events_with_unmet_needs
from notifications.tasks import work_through
from registrations.enums import NeedKind, NeedState, RegistrationState
from registrations.models import AccommodationRequest, Registration
from tests.make import make_event, make_registration, make_session, make_unit, make_user
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told() -> list[tuple[str, str]]:
    """(kind, whom) of every alert."""
    return sorted(Message.objects.exclude(staff=None).values_list("kind", "staff__email"))


@pytest.fixture
def owner() -> User:
    return make_user("owner@example.org")


@pytest.fixture
def people(owner: User) -> None:
    """Everybody in the unit of events, and an owner of another one."""
    for role in (Role.EDITOR, Role.DOOR, Role.ACCESSIBILITY, Role.HEAD):
        make_user(f"{role}@example.org", role=role)
    User.objects.filter(pk=make_user("left@example.org").pk).update(is_active=False)
    make_user("other@example.org", unit=make_unit("inny"))


def test_looking_costs_one_statement_for_each_kind_of_alert_while_nothing_is_due():
    event = make_event(capacity=10)
    make_registration(event).needs.create(kind=NeedKind.PJM, created_at=NOW, state=NeedState.ARRANGED)

    with CaptureQueriesContext(connection) as statements:
        assert plan_alerts(at=NOW) == 0

    assert len(statements) == 3


# Filling up


@pytest.mark.usefixtures("people")
def test_owners_and_editors_are_told_when_most_seats_are_confirmed_and_when_all_are():
    event = make_event(capacity=10)
    make_registration(event, seats=7)
    held = make_registration(event, state=RegistrationState.HELD, seats=3)
    make_registration(make_event(capacity=None), seats=9)
    # Who has not confirmed yet may not come.
    assert plan_alerts(at=NOW) == 0

    Registration.objects.filter(pk=held.pk).update(state=RegistrationState.CONFIRMED, seats=1)
    assert [plan_alerts(at=NOW), plan_alerts(at=NOW)] == [2, 0]
    Registration.objects.filter(pk=held.pk).update(seats=2)
    assert plan_alerts(at=NOW) == 0
    Registration.objects.filter(pk=held.pk).update(seats=3)
    assert [plan_alerts(at=NOW), plan_alerts(at=NOW)] == [2, 0]

    assert told() == [("filling_up", f"{who}@example.org") for who in ("editor", "editor", "owner", "owner")]


@pytest.mark.usefixtures("owner")
def test_all_seats_at_once_are_one_alert_and_fewer_people_later_are_none():
    event = make_event(capacity=10)
    full = make_registration(event, seats=10)
    assert plan_alerts(at=NOW) == 1
    Registration.objects.filter(pk=full.pk).update(seats=9)

    assert plan_alerts(at=NOW) == 0
    # With more seats it is another event to fill.
    SeatPool.objects.update(capacity=11)
    assert plan_alerts(at=NOW) == 1


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    "columns", [{"status": EventStatus.CANCELLED}, {"starts_at": NOW - HOUR, "ends_at": NOW}, {"planned_only": True}]
)
def test_what_is_over_or_off_does_not_fill_up(columns: dict[str, Any]):
    make_registration(make_event(capacity=1))
    Event.objects.update(**columns)

    assert plan_alerts(at=NOW) == 0


def test_a_new_colleague_is_not_told_of_everything_that_was_told_before():
    make_user("owner@example.org")
    make_registration(make_event(capacity=1))
    plan_alerts(at=NOW)
    make_user("new@example.org")

    assert plan_alerts(at=NOW) == 0


@pytest.mark.usefixtures("owner")
def test_an_alert_is_sent_as_a_mail_with_its_numbers():
    make_registration(make_event(capacity=1))

    work_through(clock=lambda: NOW)

    message = Message.objects.get(kind="filling_up")
    assert (message.state, message.to, message.language) == ("sent", "owner@example.org", "pl")
    assert "1" in message.body


# Needs


def make_needy(**need: Any) -> Event:
    """An event on Tuesday, 26 January, to which somebody comes who asks for something."""
    event = make_event()
    AccommodationRequest.objects.create(
        registration=make_registration(event), **{"kind": NeedKind.PJM, "created_at": NOW, **need}
    )
    return event


# Three working days before: Thursday, nine o'clock in Warsaw.
ALERT_AT = datetime(2027, 1, 21, 8, tzinfo=UTC)


@pytest.mark.usefixtures("people")
def test_the_coordinator_is_told_of_open_needs_three_working_days_before():
    make_needy()

    assert plan_alerts(at=ALERT_AT - timedelta(seconds=1)) == 0
    assert [plan_alerts(at=ALERT_AT), plan_alerts(at=ALERT_AT + DAY)] == [1, 0]

    assert told() == [("needs_unmet", "accessibility@example.org")]


@pytest.mark.usefixtures("people")
def test_a_tick_that_looked_before_another_one_wrote_does_not_tell_the_owners_instead(monkeypatch: pytest.MonkeyPatch):
    make_needy()
    seen = list(events_with_unmet_needs(at=ALERT_AT))
    plan_alerts(at=ALERT_AT)
    monkeypatch.setattr(alerts, "events_with_unmet_needs", lambda **_moment: seen)

    assert plan_alerts(at=ALERT_AT) == 0

    assert told() == [("needs_unmet", "accessibility@example.org")]


@pytest.mark.usefixtures("owner")
def test_where_nobody_coordinates_the_owners_are_told():
    make_needy(state=NeedState.ACKNOWLEDGED)

    plan_alerts(at=ALERT_AT)

    assert told() == [("needs_unmet", "owner@example.org")]


def test_where_there_is_nobody_nobody_is_told():
    make_needy()

    assert plan_alerts(at=ALERT_AT) == 0


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    "state", [NeedState.ARRANGED, NeedState.FULFILLED, NeedState.NOT_POSSIBLE, NeedState.WITHDRAWN]
)
def test_what_is_promised_or_answered_is_not_open(state: NeedState):
    answer = {"reason": "Brak", "alternative": "Napisy"} if state == NeedState.NOT_POSSIBLE else {}
    make_needy(state=state, **answer)

    assert plan_alerts(at=ALERT_AT) == 0


@pytest.mark.usefixtures("owner")
def test_needs_of_who_does_not_come_and_of_what_is_off_or_over_are_nobodys_business():
    event = make_needy()
    Registration.objects.update(state=RegistrationState.CANCELLED_BY_PARTICIPANT)
    assert plan_alerts(at=ALERT_AT) == 0
    Registration.objects.update(state=RegistrationState.CONFIRMED)
    assert event.ends_at is not None
    assert plan_alerts(at=event.ends_at) == 0
    Event.objects.update(status=EventStatus.POSTPONED)

    assert plan_alerts(at=ALERT_AT) == 0


@pytest.mark.usefixtures("owner")
def test_another_date_is_another_alert():
    event = make_needy()
    plan_alerts(at=ALERT_AT)
    assert event.starts_at is not None
    make_session(event, starts_at=event.starts_at + 7 * DAY)
    Event.objects.update(ends_at=event.starts_at + 8 * DAY)

    assert plan_alerts(at=event.starts_at + HOUR) == 0
    assert plan_alerts(at=ALERT_AT + 7 * DAY) == 1


# Messages that did not arrive


def fail(event: Event, *, at: datetime = NOW, tried: datetime | None = None, **columns: Any) -> Message:
    message = make_message(make_registration(event), at=at)
    Message.objects.filter(pk=message.pk).update(**{"state": MessageState.FAILED, **columns})
    if tried is not None:
        DeliveryAttempt.objects.create(message=message, at=tried, result="refused")
    return message


@pytest.mark.usefixtures("people")
def test_owners_are_told_of_messages_that_failed_once_a_day():
    event = make_event()
    fail(event, tried=NOW)
    fail(event, tried=NOW)

    assert [plan_alerts(at=NOW + HOUR), plan_alerts(at=NOW + 2 * HOUR), plan_alerts(at=NOW + 3 * DAY)] == [1, 0, 0]
    fail(event, tried=NOW + 4 * HOUR)
    assert plan_alerts(at=NOW + 5 * HOUR) == 0
    assert [plan_alerts(at=NOW + 4 * DAY), plan_alerts(at=NOW + 5 * DAY)] == [1, 0]

    assert told() == [("failing_messages", "owner@example.org")] * 2


@pytest.mark.usefixtures("owner")
def test_a_message_counts_from_when_it_failed_also_when_the_provider_says_so_later():
    event = make_event()
    message = fail(event, tried=NOW)
    plan_alerts(at=NOW + HOUR)
    assert plan_alerts(at=NOW + 3 * DAY) == 0
    ProviderReport.objects.create(message=message, provider_id="x", status="undelivered", at=NOW + 2 * DAY)

    assert plan_alerts(at=NOW + 3 * DAY) == 1


@pytest.mark.usefixtures("owner")
def test_what_somebody_has_seen_is_old_or_is_an_alert_itself_is_no_news():
    event = make_event()
    fail(event, seen_at=NOW)
    fail(event, kind="failing_messages")
    fail(event, at=NOW - 14 * DAY)
    fail(event, state=MessageState.SENT)

    assert plan_alerts(at=NOW) == 0


@pytest.mark.usefixtures("owner")
def test_what_nobody_knows_of_a_cancelled_meeting_is_told_too():
    event = make_event()
    fail(event)
    Event.objects.update(status=EventStatus.CANCELLED)

    work_through(clock=lambda: NOW)

    assert list(Message.objects.filter(kind="failing_messages").values_list("state", flat=True)) == ["sent"]
