"""Kinds of meetings and topics: only administrators change them, and what is usual is what an event may begin with."""

from datetime import time

import pytest

from events.actions.definitions import (
    CategoryDefinition,
    EventDefinition,
    RegistrationDefinition,
    ReminderDefinition,
    definition_of,
)
from events.actions.editing import create_event
from events.actions.kinds import (
    KindDefinition,
    TopicDefinition,
    create_kind,
    create_topic,
    edit_kind,
    edit_topic,
)
from events.enums import ReminderChannel, Role, Visibility, WaitlistPolicy
from events.errors import AdministratorsOnly, FieldErrors
from events.models import CalendarEntry, Event, EventKind, Topic
from events.queries.search import with_words
from tests.make import make_category, make_event, make_kind, make_process, make_topic, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

WALK = {"code": "walk", "name": {"pl": "Spacer", "en": "Walk"}}


def admin():
    return make_user(role=Role.ADMIN)


def a_kind(**changes) -> KindDefinition:
    return KindDefinition(**(WALK | changes))


def a_topic(**changes) -> TopicDefinition:
    return TopicDefinition(**({"slug": "woda", "name": {"pl": "Woda"}} | changes))


# Kinds


def test_events_begin_with_what_is_usual_for_their_kind():
    registration = RegistrationDefinition(
        capacity=15,
        categories=(CategoryDefinition(make_category("business"), 5),),
        confirm_email=False,
        waitlist_policy=WaitlistPolicy.FIRST_FIT,
        offer_hours=None,
    )
    reminders = (
        ReminderDefinition(ReminderChannel.EMAIL, days=1, at=time(17)),
        ReminderDefinition(ReminderChannel.SMS, minutes=90),
    )

    kind = create_kind(
        a_kind(
            position=7,
            registration_required=False,
            visibility=Visibility.RESTRICTED,
            registration=registration,
            reminders=reminders,
            accessibility={"pjm": "yes"},
            languages=("pl", "uk", "pl"),
            notice_days=14,
            contact_retention_days=90,
            needs_retention_days=10,
        ),
        by=admin(),
        at=NOW,
    )

    assert kind.default_registration == {
        "confirm_email": False,
        "waitlist_policy": "first_fit",
        "offer_hours": None,
        "capacity": 15,
        "categories": [{"category": "business", "capacity": 5}],
    }
    assert (kind.position, kind.notice_days, kind.contact_retention_days, kind.needs_retention_days) == (7, 14, 90, 10)
    definition = EventDefinition(unit=make_unit(), kind=kind, title={"pl": "Nad rzeką"}, sessions=())
    read = definition_of(create_event(definition, by=None, at=NOW))
    assert (read.visibility, read.accessibility, read.languages) == ("restricted", {"pjm": "yes"}, ("pl", "uk"))
    assert read.reminders == reminders
    assert (read.registration.required, read.registration.capacity, read.registration.confirm_email) == (
        False,
        15,
        False,
    )
    assert read.registration.categories == registration.categories


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"code": "workshop"}, {"code"}),
        ({"code": "two words", "name": {"pl": ""}}, {"code", "name"}),
        ({"notice_days": -1, "needs_retention_days": 40_000}, {"notice_days", "needs_retention_days"}),
        ({"accessibility": {"lift": "yes"}}, {"accessibility"}),
        ({"accessibility": {"pjm": "perhaps"}}, {"accessibility"}),
        ({"languages": ("Polish",)}, {"languages"}),
        ({"registration": RegistrationDefinition(hold_minutes=0)}, {"registration.hold_minutes"}),
        ({"registration": RegistrationDefinition(group_max=51)}, {"registration.group_max"}),
        ({"reminders": (ReminderDefinition(ReminderChannel.SMS),)}, {"reminders"}),
    ],
)
def test_what_no_event_could_begin_with_is_not_usual(changes, fields):
    before = list(EventKind.objects.values_list("code", flat=True))

    with pytest.raises(FieldErrors) as refusal:
        create_kind(a_kind(**changes), by=admin(), at=NOW)

    assert set(refusal.value.errors) == fields
    assert list(EventKind.objects.values_list("code", flat=True)) == before


def test_a_kind_is_changed_for_events_to_come_and_named_anew_in_calendars():
    event = make_event()

    edited = edit_kind(event.kind, a_kind(code="other", name={"pl": "Pracownia"}, notice_days=3), by=admin(), at=NOW)

    assert (edited.code, edited.name, edited.notice_days) == ("workshop", {"pl": "Pracownia"}, 3)
    assert "CATEGORIES:Pracownia" in CalendarEntry.objects.get(session__event=event, language="pl").content


def test_a_kind_that_keeps_its_name_leaves_calendars_alone(django_assert_num_queries):
    kind, by = make_kind(), admin()
    make_event()

    # Who asks, the row under a lock, the row; within a savepoint.
    with django_assert_num_queries(5):
        edit_kind(kind, a_kind(name=kind.name), by=by, at=NOW)

    assert not CalendarEntry.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_only_administrators_change_what_every_unit_uses(role):
    by, topic, kind = make_user(role=role), make_topic(), make_kind()
    actions = (
        lambda: create_kind(a_kind(), by=by, at=NOW),
        lambda: edit_kind(kind, a_kind(), by=by, at=NOW),
        lambda: create_topic(a_topic(), by=by, at=NOW),
        lambda: edit_topic(topic, a_topic(), by=by, at=NOW),
    )

    for action in actions:
        with pytest.raises(AdministratorsOnly):
            action()

    assert not EventKind.objects.filter(code="walk").exists()
    assert Topic.objects.get().name == topic.name
    assert EventKind.objects.get(pk=kind.pk).name == kind.name


# Topics


def test_a_topic_is_made_and_changed_where_it_is_shown():
    by, process = admin(), make_process()
    topic = create_topic(a_topic(process=process, position=2), by=by, at=NOW)
    event = make_event()
    event.topics.add(topic)

    edited = edit_topic(topic, a_topic(slug="x", name={"pl": "Rzeki"}), by=by, at=NOW)

    assert (topic.process, topic.position) == (process, 2)
    assert (edited.slug, edited.process, edited.position) == ("woda", None, 0)
    assert list(Event.objects.filter(with_words("rzeka"))) == [event]
    assert "Rzeki" in CalendarEntry.objects.get(session__event=event, language="pl").content


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({"slug": "zielen"}, {"slug"}), ({"slug": "a b"}, {"slug"}), ({"name": {"pl": " "}}, {"name"})],
)
def test_a_topic_that_does_not_fit_is_refused(changes, fields):
    topic = make_topic("zielen")

    with pytest.raises(FieldErrors) as refusal:
        create_topic(a_topic(**changes), by=admin(), at=NOW)

    assert set(refusal.value.errors) == fields
    assert list(Topic.objects.all()) == [topic]


@pytest.mark.parametrize("count", [1, 3])
def test_a_topic_of_many_events_needs_as_many_statements_as_of_one(count, django_assert_num_queries):
    by, topic = admin(), make_topic()
    for _ in range(count):
        make_event().topics.add(topic)

    edit_topic(topic, a_topic(name={"pl": "Rzeki"}), by=by, at=NOW)
    with django_assert_num_queries(5):
        edit_topic(topic, a_topic(name={"pl": "Rzeki"}), by=by, at=NOW)
    with django_assert_num_queries(18):
        edit_topic(topic, a_topic(name={"pl": "Morza"}), by=by, at=NOW)


def test_making_a_kind_or_a_topic_needs_few_statements(django_assert_num_queries):
    by = admin()

    with django_assert_num_queries(5):
        create_kind(a_kind(), by=by, at=NOW)
    with django_assert_num_queries(5):
        create_topic(a_topic(), by=by, at=NOW)
