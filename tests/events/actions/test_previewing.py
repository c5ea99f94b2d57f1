"""What a preview says is what happens, and a preview alone is nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django_q.models import OrmQ

from events.actions.definitions import EventEdit, SessionDefinition
from events.actions.editing import edit_event
from events.actions.previewing import (
    Preview,
    preview,
    preview_cancellation,
    preview_edit,
    preview_new_date,
    preview_postponement,
)
from events.actions.publishing import cancel_event, postpone_event, set_new_date
from events.enums import EventStatus
from events.errors import EditConflict, FieldErrors, MoveNotAllowed
from events.models import Audience, Event, EventChange, EventSeries, User
from events.queries.conflicts import conflicts_of
from events.signals import telling_previewed
from registrations.enums import RegistrationState
from tests.make import make_event, make_registration, make_unit, make_user, make_venue
from tests.make.events import NOW
from tests.snapshots import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> Iterator[list[list[str]]]:
    """The kinds of changes of which somebody above has been asked how many messages they make."""
    kinds: list[list[str]] = []

    def count(*, change_ids: list[int], **_signal: object) -> dict[str, int]:
        kinds.append([change.kind for change in EventChange.objects.filter(pk__in=change_ids).order_by("id")])
        return {"email": 100, "sms": 50}

    telling_previewed.connect(count)
    yield kinds
    telling_previewed.disconnect(count)


def later(event: Event) -> tuple[SessionDefinition, ...]:
    session = event.sessions.get()
    starts_at = session.starts_at + timedelta(days=1)
    return (SessionDefinition(id=session.pk, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)),)


Looked = Callable[[Event, User, datetime], Preview]
Done = Callable[[Event, User, datetime], object]

PAIRS: dict[str, tuple[EventStatus, Looked, Done]] = {
    "edit": (
        EventStatus.PUBLISHED,
        lambda event, by, at: preview_edit(event, _edit(event), by=by, at=at),
        lambda event, by, at: edit_event(event, _edit(event), by=by, at=at),
    ),
    "postpone": (
        EventStatus.PUBLISHED,
        lambda event, by, at: preview_postponement(event, by=by, at=at),
        lambda event, by, at: postpone_event(event, reason="…", by=by, at=at),
    ),
    "new_date": (
        EventStatus.POSTPONED,
        lambda event, by, at: preview_new_date(event, later(event), by=by, at=at),
        lambda event, by, at: set_new_date(event, later(event), by=by, at=at),
    ),
    "cancel": (
        EventStatus.PUBLISHED,
        lambda event, by, at: preview_cancellation(event, by=by, at=at),
        lambda event, by, at: cancel_event(event, reason="…", by=by, at=at),
    ),
}


def _edit(event: Event) -> EventEdit:
    return EventEdit(title={"pl": "Inny tytuł"}, venue=None, sessions=later(event))


@pytest.mark.parametrize("name", PAIRS)
def test_a_preview_says_what_happens_and_leaves_nothing_behind(name, asked):
    status, look, act = PAIRS[name]
    event, user = make_event(status=status, capacity=1, venue=make_venue()), make_user()
    make_registration(event, state=RegistrationState.WAITLISTED)
    before, hooks, seen = snapshot(), list(connection.run_on_commit), dict(vars(event))

    preview = look(event, user, NOW)

    assert snapshot() == before
    assert connection.run_on_commit == hooks
    assert {name: value for name, value in vars(event).items() if name in seen and name != "_state"} == {
        name: value for name, value in seen.items() if name != "_state"
    }
    act(event, user, NOW)
    assert [facts(change) for change in preview.differences] == [facts(change) for change in event.changes.all()]
    assert asked == [[change.kind for change in event.changes.all()]]
    assert preview.told["email"] >= 100
    assert preview.told["sms"] >= 50


def facts(change: EventChange) -> tuple[Any, ...]:
    return change.kind, change.session, change.before, change.after, change.notify, change.by, change.at


@pytest.mark.django_db(transaction=True)
def test_a_preview_of_its_own_wakes_nobody(asked):
    event, user = make_event(), make_user()
    before = snapshot()

    preview_cancellation(event, by=user, at=NOW)

    assert snapshot() == before
    assert OrmQ.objects.count() == 0
    assert not transaction.get_connection().in_atomic_block


def test_a_quiet_change_is_previewed_as_quiet():
    event = make_event()

    preview = preview_cancellation(event, notify=False, by=make_user(), at=NOW)

    assert [change.notify for change in preview.differences] == [False]
    assert set(preview.told) == {"email", "sms"}


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (lambda event, by: preview_edit(event, EventEdit(), expected_version=9, by=by, at=NOW), EditConflict),
        (lambda event, by: preview_edit(event, EventEdit(title={"pl": ""}), by=by, at=NOW), FieldErrors),
        (lambda event, by: preview_new_date(event, (), by=by, at=NOW), MoveNotAllowed),
    ],
)
def test_a_preview_refuses_what_the_action_refuses(refused, error):
    event, user = make_event(), make_user()
    before = snapshot()

    with pytest.raises(error):
        refused(event, user)

    assert snapshot() == before


def test_a_preview_of_a_series_names_what_happens_to_each_of_its_events():
    user = make_user()
    series = EventSeries.objects.create(name="Dzielnice", unit=make_unit(), created_at=NOW)
    events = [make_event(), make_event()]
    Event.objects.update(series=series)
    event = Event.objects.get(pk=events[0].pk)
    before = snapshot()

    looked = preview(event, lambda _own: [cancel_event(one, reason="Powód", by=user, at=NOW) for one in events])

    assert [(change.event_id, change.kind) for change in looked.differences] == [
        (one.pk, "cancelled") for one in events
    ]
    assert snapshot() == before


def test_a_preview_says_what_would_be_in_the_way():
    audience = Audience.objects.create(slug="residents", name={"pl": "Mieszkańcy"})
    other = make_event(starts_at=NOW + timedelta(days=15, hours=8))
    event = make_event(starts_at=NOW + timedelta(days=14, hours=8))
    for meeting in (event, other):
        meeting.audiences.add(audience)

    preview = preview_edit(event, EventEdit(sessions=later(event)), by=make_user(), at=NOW)

    assert [conflict.other_event for conflict in preview.conflicts] == [other]
    assert conflicts_of(event) == []


def test_a_preview_takes_a_few_statements_more_than_the_action(django_assert_num_queries, monkeypatch):
    """What those above need to count their messages is their own story."""
    monkeypatch.setattr(telling_previewed, "receivers", [])
    event, user = make_event(), make_user()

    with django_assert_num_queries(34):
        preview_cancellation(event, by=user, at=NOW)
