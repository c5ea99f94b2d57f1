"""A person's own calendar address."""

from datetime import timedelta

import pytest
from django.http import Http404

from registrations.actions.calendars import choose_alarm, personal_feed, revoke_feed
from registrations.enums import CalendarAlarm, RegistrationState
from registrations.errors import NotActive
from registrations.models import CalendarFeed, Registration
from registrations.queries.doors import Revoked, get_feed_by_token
from tests.make import make_event, make_registration
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_a_person_has_one_calendar_for_all_registrations():
    first, second = (make_registration(make_event(), email="ann@example.org") for _event in range(2))

    assert personal_feed(first, at=NOW) == personal_feed(second, at=NOW)
    assert CalendarFeed.objects.get().created_at == NOW


def test_without_an_address_there_is_no_person():
    erased = make_registration(make_event(), state=RegistrationState.CANCELLED_BY_PARTICIPANT)
    Registration.objects.filter(pk=erased.pk).update(email_key=None)
    erased.refresh_from_db()

    with pytest.raises(NotActive):
        personal_feed(erased, at=NOW)


def test_a_replaced_address_says_so_and_one_that_never_was_is_not_found():
    feed = personal_feed(make_registration(make_event()), at=NOW)
    old = feed.token

    replaced = revoke_feed(feed, at=NOW)
    twice = revoke_feed(feed, at=NOW)

    assert (replaced.generation, twice.generation) == (2, 2)
    assert get_feed_by_token(replaced.token) == feed
    assert get_feed_by_token(old) == Revoked()
    for wrong in ("", "x", "ł", "A" * 35, replaced.token[:-2] + "AA", replaced.token + "A"):
        with pytest.raises(Http404):
            get_feed_by_token(wrong)


def test_a_calendar_speaks_the_language_in_which_it_was_made():
    first = make_registration(make_event(), email="ann@example.org", language="uk")
    feed = personal_feed(first, at=NOW)

    again = personal_feed(make_registration(make_event(), email="ann@example.org", language="en"), at=NOW)

    assert (feed.language, again.language) == ("uk", "uk")


def test_every_choice_of_an_alarm_is_newer_than_the_one_before():
    feed = personal_feed(make_registration(make_event()), at=NOW)
    at = NOW + timedelta(microseconds=700)

    chosen = [
        choose_alarm(feed, alarm, at=at)
        for alarm in (CalendarAlarm.HOUR, CalendarAlarm.HOUR, CalendarAlarm.DAY, None, None)
    ]

    assert [(one.alarm_minutes, one.chosen_at) for one in chosen] == [
        (60, NOW),
        (60, NOW),
        (1440, NOW + timedelta(seconds=1)),
        (None, NOW + timedelta(seconds=2)),
        (None, NOW + timedelta(seconds=2)),
    ]


def test_no_alarm_is_what_a_calendar_begins_with():
    feed = personal_feed(make_registration(make_event()), at=NOW)

    assert choose_alarm(feed, None, at=NOW).chosen_at is None


def test_a_replaced_address_keeps_what_was_chosen():
    feed = choose_alarm(personal_feed(make_registration(make_event()), at=NOW), CalendarAlarm.DAY, at=NOW)

    assert revoke_feed(feed, at=NOW).alarm_minutes == CalendarAlarm.DAY
