"""Agendas and people: kept whole, inside their session, moved with it, and never named in history."""
# ruff: noqa: DTZ001 - wall-clock times are what is tested

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from events.actions.definitions import EventEdit, RoleDefinition, SessionDefinition, definition_of
from events.actions.editing import create_event, edit_event
from events.enums import EventRoleKind, EventStatus
from events.errors import FieldErrors
from events.models import AgendaItem, Event, EventChange, EventRole, Organization
from tests.make import make_event, make_user
from tests.make.definitions import a_definition, a_role, a_session, an_item
from tests.make.events import NOW
from tests.snapshots import snapshot

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)
OPENING = an_item(
    description={"pl": "Powitanie"},
    starts_at=datetime(2027, 1, 26, 17),
    ends_at=datetime(2027, 1, 26, 17, 30),
    roles=(a_role("Prowadząca", kind=EventRoleKind.CHAIR),),
)


def an_event(**given: Any) -> Event:
    return create_event(a_definition(**given), by=make_user(), at=NOW)


def session_of(event: Event, **given: Any) -> SessionDefinition:
    session = event.sessions.get()
    return SessionDefinition(**{"id": session.pk, "starts_at": session.starts_at, "ends_at": session.ends_at, **given})


def changes_of(event: Event) -> list[tuple[str, dict[str, object], dict[str, object]]]:
    rows = EventChange.objects.filter(event=event).exclude(kind="created").order_by("id")
    return [(row.kind, row.before, row.after) for row in rows]


def test_agenda_and_people_are_kept_and_read_back():
    somebody = make_user("staff@example.org")
    role = RoleDefinition(
        kind=EventRoleKind.SPEAKER,
        name=" Łucja Przykładowa ",
        organization=Organization.objects.create(slug="org", name="Organizacja (przykład)"),
        email="Lucja@Example.org",
        phone="+48 81 000 00 00",
        is_public=True,
    )
    colleague = RoleDefinition(kind=EventRoleKind.STAFF, name="Kolega", user=somebody)
    nameless = RoleDefinition(kind=EventRoleKind.INTERPRETER, name="Tłumaczka Ł.")

    event = an_event(
        roles=(role, colleague, nameless), sessions=(a_session(agenda=(OPENING, an_item("Dyskusja"))), a_session(27))
    )

    read = definition_of(Event.objects.get(pk=event.pk))
    assert [one.name for one in read.roles] == ["Łucja Przykładowa", "Kolega", "Tłumaczka Ł."]
    assert (read.roles[0].organization, read.roles[1].user) == (role.organization, somebody)
    agenda = read.sessions[0].agenda
    assert isinstance(agenda, tuple)
    assert [(item.title, item.starts_at) for item in agenda] == [
        ({"pl": "Otwarcie"}, datetime(2027, 1, 26, 16, tzinfo=UTC)),
        ({"pl": "Dyskusja"}, None),
    ]
    assert agenda[0].roles == OPENING.roles
    assert read.sessions[1].agenda == ()
    identities = EventRole.objects.filter(agenda_item=None).order_by("position").values_list("identity", flat=True)
    assert list(identities) == ["lucja@example.org", "staff@example.org", "tlumaczka l."]


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        ({"title": {"pl": " "}}, ["title"]),
        ({"title": {"en": "Opening"}}, ["title"]),
        ({"description": {"de": "Kurz"}}, ["description"]),
        ({"starts_at": datetime(2027, 1, 26, 16, 59)}, ["starts_at"]),
        ({"starts_at": datetime(2027, 1, 26, 19)}, ["starts_at"]),
        ({"starts_at": datetime(2027, 3, 28, 2, 30)}, ["starts_at"]),
        ({"ends_at": datetime(2027, 1, 26, 18)}, ["starts_at"]),
        ({"starts_at": datetime(2027, 1, 26, 18), "ends_at": datetime(2027, 1, 26, 18)}, ["ends_at"]),
        ({"starts_at": datetime(2027, 1, 26, 18), "ends_at": datetime(2027, 1, 26, 19, 1)}, ["ends_at"]),
        ({"roles": (a_role(""),)}, ["roles.0.name"]),
        ({"title": {"pl": ""}, "roles": (a_role(), a_role(email="nobody"))}, ["title", "roles.1.email"]),
    ],
)
def test_a_point_that_does_not_fit_is_refused_and_leaves_nothing_behind(item, fields):
    with pytest.raises(FieldErrors) as refusal:
        an_event(sessions=(a_session(agenda=(OPENING, an_item(**item))),))

    assert list(refusal.value.errors) == [f"sessions.0.agenda.1.{field}" for field in fields]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("roles", "field"),
    [
        ((a_role("x" * 201),), "roles.0.name"),
        ((a_role(phone="0" * 33),), "roles.0.phone"),
        ((a_role(kind="juggler"),), "roles.0.kind"),
        ((a_role("Żaneta"), a_role("zaneta")), "roles.1.name"),
        (tuple(a_role(str(number)) for number in range(101)), "roles"),
    ],
)
def test_a_role_that_does_not_fit_is_refused(roles, field):
    with pytest.raises(FieldErrors) as refusal:
        an_event(roles=roles)

    assert list(refusal.value.errors) == [field]


def test_an_agenda_is_no_book():
    with pytest.raises(FieldErrors) as refusal:
        an_event(sessions=(a_session(agenda=tuple(an_item(str(number)) for number in range(201))),))

    assert list(refusal.value.errors) == ["sessions.0.agenda"]


def test_people_change_whole_and_whoever_stays_keeps_the_row(django_assert_num_queries):
    event = an_event(roles=(a_role("Ala"), a_role("Ola")))
    stays = event.roles.get(name="Ola").pk
    edit = EventEdit(roles=(a_role("Ola", phone="123"), a_role("Ela", kind=EventRoleKind.CHAIR)))

    with django_assert_num_queries(30):
        edit_event(event, edit, by=make_user(), at=LATER)
    edit_event(event, edit, by=make_user(), at=LATER)

    assert list(event.roles.order_by("position").values_list("name", "phone")) == [("Ola", "123"), ("Ela", "")]
    assert event.roles.get(name="Ola").pk == stays
    assert changes_of(event) == [
        ("edited", {"roles": ["speaker", "speaker"]}, {"roles": ["speaker", "chair"]}),
    ]


def test_an_agenda_changes_whole_and_what_stands_at_the_same_place_keeps_its_row():
    event = an_event(sessions=(a_session(agenda=(OPENING, an_item("Dyskusja"), an_item("Koniec"))),))
    first, second, _third = AgendaItem.objects.order_by("position")
    speaker = a_role("Mówca")

    edit_event(
        event,
        EventEdit(sessions=(session_of(event, agenda=(an_item("Start", roles=(speaker,)), an_item("Dyskusja"))),)),
        by=make_user(),
        at=LATER,
    )
    longer = (an_item("Start", roles=(speaker,)), an_item("Dyskusja"), an_item("Pytania", roles=(speaker,)))
    edit_event(event, EventEdit(sessions=(session_of(event, agenda=longer),)), by=make_user(), at=LATER)
    edit_event(event, EventEdit(sessions=(session_of(event, agenda=longer),)), by=make_user(), at=LATER)

    items = list(AgendaItem.objects.order_by("position"))
    assert [(item.title["pl"], item.starts_at) for item in items] == [
        ("Start", None),
        ("Dyskusja", None),
        ("Pytania", None),
    ]
    assert [item.pk for item in items][:2] == [first.pk, second.pk]
    assert [role.name for role in EventRole.objects.order_by("id")] == ["Mówca", "Mówca"]
    assert changes_of(event) == [
        ("edited", {"agenda": ["Otwarcie", "Dyskusja", "Koniec"]}, {"agenda": ["Start", "Dyskusja"]}),
        ("edited", {"agenda": ["Start", "Dyskusja"]}, {"agenda": ["Start", "Dyskusja", "Pytania"]}),
    ]


def test_an_agenda_that_is_not_said_stays():
    event = an_event(sessions=(a_session(agenda=(OPENING,)),))
    before = definition_of(event).sessions

    edit_event(event, EventEdit(sessions=(session_of(event),)), by=make_user(), at=LATER)

    assert definition_of(event).sessions == before
    assert changes_of(event) == []


def test_an_agenda_moves_with_its_session_and_is_no_news_of_its_own():
    event = an_event(sessions=(a_session(agenda=(OPENING, an_item("Dyskusja"))),))
    role = EventRole.objects.get().pk
    start = datetime(2027, 3, 30, 18)
    moved = session_of(event, starts_at=start, ends_at=start + timedelta(hours=1))

    edit_event(event, EventEdit(sessions=(moved, a_session(27))), by=make_user(), at=LATER)

    items = AgendaItem.objects.order_by("position").values_list("starts_at", "ends_at")
    assert list(items) == [
        (datetime(2027, 3, 30, 16, tzinfo=UTC), datetime(2027, 3, 30, 16, 30, tzinfo=UTC)),
        (None, None),
    ]
    assert EventRole.objects.get().pk == role
    assert [kind for kind, _before, _after in changes_of(event)] == ["rescheduled", "rescheduled"]


def test_a_session_does_not_become_shorter_than_its_agenda():
    event = an_event(sessions=(a_session(agenda=(OPENING,)),))
    user = make_user()
    shorter = session_of(event, ends_at=datetime(2027, 1, 26, 17, 15))
    before = snapshot()

    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(sessions=(shorter,)), by=user, at=LATER)

    assert list(refusal.value.errors) == ["sessions.0.agenda"]
    assert snapshot() == before


def test_a_moved_session_without_an_agenda_has_none_afterwards():
    event = make_event(status=EventStatus.DRAFT)
    later = event.sessions.get().ends_at + timedelta(hours=1)

    edit_event(event, EventEdit(sessions=(session_of(event, ends_at=later),)), by=make_user(), at=LATER)

    assert not AgendaItem.objects.exists()
