"""What an event says of itself: kinds' defaults, languages, ages, lists, and promises that are taken back."""

from datetime import timedelta
from typing import Any

import pytest

from events.actions.definitions import (
    CategoryDefinition,
    EventEdit,
    RegistrationDefinition,
    RegistrationEdit,
    definition_of,
)
from events.actions.editing import create_event, edit_event
from events.enums import AgeRule, EventMode, EventStatus, NoAnswer, WaitlistPolicy
from events.errors import FieldErrors
from events.models import Audience, Event, EventChange, EventKind, Organization, Venue
from tests.make import make_category, make_event, make_user, make_venue
from tests.make.definitions import a_definition
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


def an_event(**given: Any) -> Event:
    return create_event(a_definition(**given), by=make_user(), at=NOW)


def a_venue(**accessibility: str) -> Venue:
    venue = make_venue()
    venue.accessibility = accessibility
    venue.save()
    return venue


def changes_of(event: Event) -> list[tuple[str, dict[str, object], dict[str, object], bool]]:
    rows = EventChange.objects.filter(event=event).exclude(kind="created").order_by("id")
    return [(row.kind, row.before, row.after, row.notify) for row in rows]


# Kinds


def test_a_hearing_has_an_interpreter_unless_the_organiser_says_otherwise():
    kind = EventKind.objects.get(code="public_hearing")

    usual, own = an_event(kind=kind), an_event(kind=kind, accessibility={"pjm": "on_request", "captions": "yes"})

    assert usual.accessibility == {"pjm": "yes"}
    assert own.accessibility == {"pjm": "on_request", "captions": "yes"}


def test_a_kind_says_how_people_usually_register_and_in_which_languages():
    kind = EventKind.objects.get(code="workshop")
    kind.default_languages = ["pl", "uk"]
    kind.default_registration = {
        "capacity": 20,
        "categories": [{"category": "ngo", "capacity": 5}, {"category": "gone"}],
        "confirm_email": False,
        "waitlist_policy": "first_fit",
        "opens_at": "2020-01-01T00:00:00+00:00",
    }
    kind.save()
    category = make_category("ngo")

    usual = definition_of(an_event(kind=kind))
    own = definition_of(
        an_event(
            kind=kind,
            languages=("en", "en"),
            registration=RegistrationDefinition(
                required=False, capacity=None, categories=(), confirm_email=True, waitlist_policy=WaitlistPolicy.STRICT
            ),
        )
    )

    assert (usual.languages, own.languages) == (("pl", "uk"), ("en",))
    assert usual.registration == RegistrationDefinition(
        required=True,
        opens_at=None,
        closes_at=None,
        capacity=20,
        categories=(CategoryDefinition(category, 5),),
        confirm_email=False,
        hold_minutes=60,
        waitlist=True,
        waitlist_limit=None,
        waitlist_policy=WaitlistPolicy.FIRST_FIT,
        offer_hours=24,
        group_max=1,
        approval=False,
        reserved=0,
        approval_holds_seat=False,
        assistants_take_seats=False,
        wheelchair_places=2,
        ask_days_before=None,
        ask_reply_hours=48,
        ask_no_answer=NoAnswer.KEEP,
    )
    assert (own.registration.required, own.registration.capacity, own.registration.categories) == (False, None, ())
    assert (own.registration.confirm_email, own.registration.waitlist_policy) == (True, WaitlistPolicy.STRICT)


def test_an_edit_that_leaves_open_whether_people_register_changes_nothing():
    event = an_event()

    edit_event(event, EventEdit(registration=RegistrationEdit(required=None)), by=None, at=LATER)

    assert changes_of(event) == []


# Flags, languages, ages and lists


def test_flags_and_lists_are_kept_read_back_and_changed():
    audience = Audience.objects.create(slug="councils", name={"pl": "Rady dzielnic"})
    organization = Organization.objects.create(slug="org", name="Organizacja (przykład)")
    said: dict[str, Any] = {
        "languages": ("pl", "en"),
        "is_streamed": True,
        "is_recorded": True,
        "people_limit": 80,
        "staff_count": 4,
        "age_rule": AgeRule.GUARDIAN_STATEMENT,
        "age_limit": 16,
        "join_opens_minutes": 10,
        "audiences": (audience,),
        "organizations": (organization,),
    }
    event = an_event(**said)

    read = definition_of(Event.objects.get(pk=event.pk))
    edit_event(event, EventEdit(audiences=(), organizations=(organization,), is_recorded=False), by=None, at=LATER)

    assert {name: getattr(read, name) for name in said} == said
    assert changes_of(event) == [
        (
            "edited",
            {"is_recorded": True, "audiences": ["councils"]},
            {"is_recorded": False, "audiences": []},
            False,
        ),
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"languages": ("polski",)}, "languages"),
        ({"languages": tuple(f"{letter}a" for letter in "abcdefghijklmnopqrstu")}, "languages"),
        ({"age_rule": AgeRule.GUARDIAN_STATEMENT}, "age_limit"),
        ({"age_rule": AgeRule.GUARDIAN_STATEMENT, "age_limit": 0}, "age_limit"),
        ({"age_rule": AgeRule.GUARDIAN_STATEMENT, "age_limit": 19}, "age_limit"),
        ({"age_rule": AgeRule.ADULTS_ONLY, "age_limit": 18}, "age_limit"),
        ({"age_limit": 18}, "age_limit"),
        ({"age_rule": "seniors"}, "age_rule"),
        ({"join_opens_minutes": -1}, "join_opens_minutes"),
        ({"people_limit": -1}, "people_limit"),
        ({"staff_count": 40_000}, "staff_count"),
        ({"join_opens_minutes": 40_000}, "join_opens_minutes"),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing_behind(given, field):
    with pytest.raises(FieldErrors) as refusal:
        an_event(**given)

    assert list(refusal.value.errors) == [field]
    assert not Event.objects.exists()


def test_an_age_goes_with_its_rule():
    event = an_event(age_rule=AgeRule.GUARDIAN_STATEMENT, age_limit=13)

    edited = edit_event(event, EventEdit(age_rule=AgeRule.ADULTS_ONLY), by=None, at=LATER)

    assert (edited.age_rule, edited.age_limit) == (AgeRule.ADULTS_ONLY, None)


# Promises


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ({"accessibility": {"pjm": "yes"}}, {"accessibility": {"pjm": "no"}}, ["pjm"]),
        ({"accessibility": {"pjm": "yes"}}, {"accessibility": {"pjm": "on_request"}}, []),
        ({"accessibility": {"pjm": "yes"}}, {"accessibility": {}}, []),
        ({"accessibility": {"pjm": "unknown"}}, {"accessibility": {"pjm": "no"}}, []),
        (
            {"accessibility": {"pjm": "yes", "captions": "yes"}},
            {"accessibility": {"pjm": "no", "captions": "no"}},
            ["captions", "pjm"],
        ),
    ],
)
def test_a_feature_that_goes_from_yes_to_no_is_lost(before, after, lost):
    event = make_event()
    Event.objects.filter(pk=event.pk).update(**before)

    edit_event(event, EventEdit(**after), by=None, at=LATER)

    found = [change for change in changes_of(event) if change[0] == "feature_lost"]
    assert found == ([("feature_lost", {"features": lost}, {}, True)] if lost else [])


@pytest.mark.parametrize("notify", [None, True, False])
def test_a_lost_feature_is_told_also_when_the_rest_is_not(notify):
    event = make_event(venue=a_venue(step_free="yes"))

    edit_event(event, EventEdit(venue=a_venue(step_free="no")), notify=notify, by=None, at=LATER)

    told = {change[0]: change[3] for change in changes_of(event)}
    assert told == {"relocated": notify is not False, "feature_lost": True}


def test_a_feature_is_lost_with_its_place_or_by_leaving_home():
    first, second = a_venue(step_free="yes", quiet_room="yes"), a_venue(step_free="no", quiet_room="unknown")
    moved, home = make_event(venue=first), make_event(venue=second, mode=EventMode.ONLINE)
    away = make_event(venue=second)

    edit_event(moved, EventEdit(venue=second), by=None, at=LATER)
    edit_event(home, EventEdit(mode=EventMode.HYBRID), by=None, at=LATER)
    edit_event(away, EventEdit(mode=EventMode.ONLINE), by=None, at=LATER)

    lost = EventChange.objects.filter(kind="feature_lost").order_by("id")
    assert [(change.event, change.before) for change in lost] == [
        (moved, {"features": ["step_free"]}),
        (home, {"features": ["step_free"]}),
    ]


def test_a_draft_has_promised_nothing_that_anybody_is_told_of():
    event = make_event(status=EventStatus.DRAFT, venue=a_venue(step_free="yes"))

    edit_event(event, EventEdit(venue=a_venue(step_free="no")), by=None, at=LATER)

    assert {change[3] for change in changes_of(event)} == {False}
