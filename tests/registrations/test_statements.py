"""How many statements registering and moving up take: the number is promised, and no crowd makes it grow."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.actions.seats import set_capacity
from events.models import Event, OrganizationalUnit, RegistrationPolicy
from registrations.actions.moves import expire_due
from registrations.actions.queues import promote
from registrations.enums import RegistrationState
from registrations.models import Registration, RegistrationChange
from tests.make import make_event, make_notice, make_registration
from tests.make.events import NOW
from tests.registrations.acts import counts

S = RegistrationState
HOUR = timedelta(hours=1)
# The attempt counted, one look at the event, BEGIN, the rows, the seat, "still announced?", COMMIT, "does a tick wait?".
OF_A_REGISTRATION = 8


def statements_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as statements:
        act()
    return len(statements)


def register(client: Client, event: Event, name: str, **said: Any) -> int:
    """The statements of one registration over the API, those of its transaction among them."""
    body = {"first_name": "Anna", "last_name": "Nowak", "email": f"{name}@example.org", **said}
    path = f"/api/v1/events/{event.slug}/registrations/"

    def post() -> None:
        answer = client.post(path, body, content_type="application/json")
        assert answer.status_code == 201, answer.content

    return statements_of(post)


@pytest.fixture
def event(transactional_db: None, time_machine: Any) -> Event:
    """An event with one seat, for which one can sign up now, with friends."""
    time_machine.move_to(NOW, tick=False)
    make_notice()
    event = make_event(capacity=1)
    RegistrationPolicy.objects.filter(event=event).update(group_max=5)
    return event


def test_a_registration_takes_eight_statements_with_a_seat_and_in_the_queue(client, event):
    register(client, event, "first", category=None)  # The tick that it has asked for waits from now on.
    event.pools.update(capacity=2)

    assert register(client, event, "with-a-seat") == OF_A_REGISTRATION
    assert register(client, event, "in-the-queue") == OF_A_REGISTRATION
    assert counts(event) == [(2, 1)]


def test_a_party_takes_one_more_however_many_come_along(client, event):
    register(client, event, "first")
    event.pools.update(capacity=50)

    for size in (1, 3):
        party = [{"first_name": f"Guest {number}", "last_name": "Nowak"} for number in range(size)]
        assert register(client, event, f"with-{size}", party=party) == OF_A_REGISTRATION + 1
    assert counts(event) == [(1 + 2 + 4, 0)]


@pytest.mark.parametrize("holds_seat", [False, True])
def test_an_application_takes_no_more(client, event, holds_seat):
    register(client, event, "first")
    event.pools.update(capacity=50)
    RegistrationPolicy.objects.update(approval=True, approval_holds_seat=holds_seat)

    # One that keeps no seat takes none.
    assert register(client, event, "applicant") == OF_A_REGISTRATION - (not holds_seat)
    assert Registration.objects.filter(state=S.AWAITING_APPROVAL).count() == 1


def test_only_where_the_unit_has_a_rule_about_missed_meetings_somebody_looks_for_a_pause(client, event):
    register(client, event, "first")
    event.pools.update(capacity=50)
    OrganizationalUnit.objects.update(no_show_limit=3)

    assert register(client, event, "second") == OF_A_REGISTRATION + 1


def test_with_sessions_and_groups_each_pool_takes_one_more(client, event):
    of_group = make_event(capacity=50, categories=[("business", 10)])
    register(client, of_group, "first", category="business")

    assert register(client, of_group, "second", category="business") == OF_A_REGISTRATION + 1


@pytest.mark.django_db
@pytest.mark.parametrize("offer_hours", [None, 24])
def test_more_who_move_up_take_no_more_statements(offer_hours):
    numbers = []
    for freed in (1, 60):
        event = make_event(capacity=0, offer_hours=offer_hours)
        for minute in range(freed + 5):
            make_registration(event, state=S.WAITLISTED, at=NOW + timedelta(minutes=minute))
        set_capacity(event.pools.get(), freed)

        numbers.append(statements_of(partial(promote, event.pk, at=NOW + HOUR)))

        assert counts(event) == [(freed, 5)]
    assert RegistrationChange.objects.count() == 1 + 60
    assert numbers[0] == numbers[1] <= 12


@pytest.mark.django_db
def test_more_holds_that_run_out_take_no_more_statements():
    numbers = []
    for freed in (1, 60):
        event = make_event(capacity=freed)
        for _person in range(freed):
            make_registration(event, state=S.HELD)
        for minute in range(freed + 5):
            make_registration(event, state=S.WAITLISTED, at=NOW + timedelta(minutes=minute))

        numbers.append(statements_of(lambda: expire_due(at=NOW + HOUR)))

        assert counts(event) == [(freed, 5)]
    assert numbers[0] == numbers[1] <= 16
