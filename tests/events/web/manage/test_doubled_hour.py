"""The hour that comes twice in autumn: what a page shows of it and gets back stays where it was, to the minute."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.actions.definitions import AgendaItemDefinition, EventEdit, SessionDefinition, definition_of
from events.actions.editing import create_event, edit_event
from events.actions.series import create_series, edit_series
from events.enums import SeriesScope
from events.models import AgendaItem, Event, EventChange, Session
from events.recurrence import SeriesRule
from tests.make import make_user
from tests.make.definitions import a_definition
from tests.make.events import NOW
from tests.make.sheets import form_data, sheet_data

pytestmark = pytest.mark.django_db

# On 31 October 2027 the clock in Warsaw shows 02:30 at these two instants.
FIRST, SECOND = (datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1))
HALF_PAST_TWO = SECOND.replace(hour=2, tzinfo=None)
HOUR = timedelta(hours=1)
EDIT, AGENDA = "/en/manage/events/nocny-dyzur/edit/", "/en/manage/events/nocny-dyzur/agenda/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user())
    return client


def a_night(starts_at: datetime, *points: datetime) -> Event:
    """Until 05:00 by the clock on the wall; a point of the agenda at each of these times."""
    agenda = tuple(AgendaItemDefinition({"pl": f"Punkt {number}"}, starts_at=at) for number, at in enumerate(points))
    session = SessionDefinition(starts_at, datetime(2027, 10, 31, 4, tzinfo=UTC), agenda=agenda)
    return create_event(a_definition(title={"pl": "Nocny dyżur"}, sessions=(session,)), by=None, at=NOW)


def points() -> list[datetime | None]:
    return list(AgendaItem.objects.order_by("position").values_list("starts_at", flat=True))


def news() -> list[EventChange]:
    return list(EventChange.objects.exclude(kind="created"))


@pytest.mark.parametrize("starts_at", [FIRST, SECOND])
def test_a_sheet_sent_as_it_is_shown_moves_nothing(client, starts_at):
    event = a_night(starts_at)
    policy = event.policy
    policy.opens_at, policy.closes_at = starts_at - HOUR / 6, starts_at
    policy.save()

    data = sheet_data(client.get(EDIT).context["sheet"])
    client.post(EDIT, data)

    assert (data["sessions-0-starts_at"], data["opens_at"]) == ("2027-10-31T02:30", "2027-10-31T02:20")
    policy.refresh_from_db()
    assert Session.objects.get().starts_at == starts_at
    assert (policy.opens_at, policy.closes_at) == (starts_at - HOUR / 6, starts_at)
    assert news() == []


@pytest.mark.parametrize(
    ("starts_at", "at"),
    [
        (FIRST, [FIRST, SECOND]),
        (FIRST + HOUR / 3, [SECOND - HOUR / 3, SECOND]),
        (SECOND, [SECOND, SECOND + HOUR / 6]),
    ],
)
def test_an_agenda_sent_as_it_is_shown_moves_nothing(client, starts_at, at):
    a_night(starts_at, *at)

    sheet = client.get(AGENDA).context["sheet"]
    rows = [form for each in (sheet.points, sheet.people) for form in (each.management_form, *each.forms)]
    client.post(AGENDA, form_data([sheet.head, *rows]))

    assert points() == at
    assert news() == []


def test_a_point_that_is_put_before_others_moves_none_of_them():
    event = a_night(SECOND - HOUR, SECOND)
    [session] = definition_of(event).sessions
    known = AgendaItemDefinition({"pl": "Punkt 0"}, starts_at=HALF_PAST_TWO)
    first = AgendaItemDefinition({"pl": "Powitanie"})
    edit = EventEdit(
        sessions=(SessionDefinition(session.starts_at, session.ends_at, id=session.id, agenda=(first, known)),)
    )

    edit_event(event, edit, by=None, at=NOW)

    assert points() == [None, SECOND]


def test_an_offset_says_which_of_the_two_is_meant():
    event = a_night(SECOND)
    [session] = definition_of(event).sessions
    wanted = SessionDefinition(FIRST, session.ends_at, id=session.id)

    edit_event(event, EventEdit(sessions=(wanted,)), by=None, at=NOW)

    assert Session.objects.get().starts_at == FIRST


def test_of_a_new_date_the_first_one_is_meant():
    a_night(HALF_PAST_TWO)

    assert Session.objects.get().starts_at == FIRST


@pytest.mark.parametrize("edited", [0, 1])
def test_nothing_moves_in_a_series_when_something_else_is_edited(edited):
    first = FIRST - timedelta(days=1)
    session = SessionDefinition(first, first + HOUR, agenda=())
    rule = SeriesRule(frequency="daily", count=2)
    series = create_series(a_definition(sessions=(session,)), name="Dyżury", rule=rule, by=make_user(), at=NOW)
    events = list(series.events.order_by("starts_at"))
    Session.objects.filter(event=events[1]).update(starts_at=SECOND, ends_at=SECOND + HOUR)
    [shown] = definition_of(events[edited]).sessions
    wanted = SessionDefinition(
        HALF_PAST_TWO - timedelta(days=1 - edited),
        HALF_PAST_TWO - timedelta(days=1 - edited) + HOUR,
        id=shown.id,
        title={"pl": "Dyżur"},
    )

    edit_series(events[edited], EventEdit(sessions=(wanted,)), scope=SeriesScope.ALL, by=None, at=NOW)

    assert [(session.starts_at, session.title) for session in Session.objects.order_by("starts_at")] == [
        (first, {"pl": "Dyżur"}),
        (SECOND, {"pl": "Dyżur"}),
    ]
