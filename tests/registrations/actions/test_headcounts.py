"""Heads counted: by group, and a tap taken back by its opposite."""

import pytest
from django.http import Http404

from events.errors import FieldErrors
from registrations.actions.attendance import add_headcount
from registrations.actions.headcounts import undo_tap
from registrations.models import HeadcountEntry
from registrations.queries.headcounts import get_own_tap, headcount_groups, last_own_tap, latest_taps
from tests.make import make_category, make_door_pass, make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def last_of(actor, event):
    return last_own_tap(actor, latest_taps(event))


def test_ones_last_tap_is_taken_back_once_and_then_the_one_before():
    event, doorkeeper = make_event(categories=[("business", None)]), make_user()
    given = make_door_pass(event)
    for number, (delta, category) in enumerate([(5, None), (1, "business")]):
        add_headcount(event, delta=delta, nonce=str(number), category=category, by=doorkeeper, at=NOW)
    add_headcount(event, delta=1, nonce="pass", by=given, at=NOW)

    tap = last_of(doorkeeper, event)
    assert tap is not None
    assert [undo_tap(tap, by=doorkeeper, at=NOW) for _ in range(2)] == [6, 6]
    before = last_of(doorkeeper, event)
    assert before is not None
    assert (tap.delta, before.delta) == (1, 5)
    assert undo_tap(before, by=doorkeeper, at=NOW) == 1

    assert last_of(doorkeeper, event) is None
    assert last_of(given, event) == HeadcountEntry.objects.get(nonce="pass")
    assert list(HeadcountEntry.objects.values_list("delta", "category__code")) == [
        (5, None),
        (1, "business"),
        (1, None),
        (-1, "business"),
        (-5, None),
    ]


def test_what_would_leave_fewer_than_nobody_is_not_taken_back():
    event, one, other = make_event(), make_user(), make_user("other@example.org")
    add_headcount(event, delta=5, nonce="1", by=one, at=NOW)
    add_headcount(event, delta=-5, nonce="2", by=other, at=NOW)
    tap = last_of(one, event)
    assert tap is not None

    with pytest.raises(FieldErrors):
        undo_tap(tap, by=one, at=NOW)

    assert HeadcountEntry.objects.count() == 2


def test_groups_that_the_event_lists_or_that_were_counted_are_shown_in_their_order():
    event, doorkeeper = make_event(categories=[("business", None)]), make_user()
    make_category("resident")
    make_category("media")
    add_headcount(event, delta=2, nonce="1", category="resident", by=doorkeeper, at=NOW)
    add_headcount(make_event(), delta=2, nonce="2", category="media", by=doorkeeper, at=NOW)

    groups = headcount_groups(event)

    shown = [(group.category.code if group.category else None, group.people) for group in groups]
    assert shown[0] == (None, 0)
    assert set(shown[1:]) == {("business", 0), ("resident", 2)}


def test_a_tap_of_somebody_else_or_of_another_event_is_not_found():
    event, doorkeeper = make_event(), make_user()
    add_headcount(event, delta=2, nonce="1", by=make_door_pass(event), at=NOW)
    number = HeadcountEntry.objects.get().pk

    with pytest.raises(Http404):
        get_own_tap(event, doorkeeper, number)
    with pytest.raises(Http404):
        get_own_tap(make_event(), doorkeeper, number)
