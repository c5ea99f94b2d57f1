"""A new date may leave time for what was asked for late; one that is nearer makes nothing late."""

from datetime import timedelta

import pytest

from events.actions.definitions import SessionDefinition
from events.actions.publishing import postpone_event, set_new_date
from registrations.actions.needs import Need, refresh_lateness
from registrations.enums import NeedState, RegistrationState
from registrations.models import AccommodationRequest
from tests.make import make_applicant, make_event, make_registration, make_session, make_user
from tests.make.events import NOW
from tests.registrations.acts import entered

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def late():
    return list(AccommodationRequest.objects.order_by("id").values_list("kind", "is_late"))


def move(event, to):
    owner = make_user()
    postpone_event(event, by=owner, at=NOW)
    dates = (SessionDefinition(starts_at=to, ends_at=to + timedelta(hours=2)),)
    set_new_date(event, dates, override_reason="Pilne", by=owner, at=NOW)


def test_a_later_date_takes_the_mark_away():
    event = make_event(starts_at=NOW + DAY)
    entered(event, make_applicant(needs=[Need("pjm"), Need("large_print")]))
    assert late() == [("pjm", True), ("large_print", False)]

    move(event, NOW + 10 * DAY)

    assert late() == [("pjm", False), ("large_print", False)]


def test_a_date_that_leaves_no_time_either_leaves_the_mark():
    event = make_event(starts_at=NOW + DAY)
    entered(event, make_applicant(needs=[Need("pjm")]))

    move(event, NOW + 2 * DAY)

    assert late() == [("pjm", True)]


def test_a_nearer_date_marks_nothing():
    event = make_event(starts_at=NOW + 10 * DAY)
    entered(event, make_applicant(needs=[Need("pjm")]))

    move(event, NOW + DAY)

    assert late() == [("pjm", False)]


def test_the_dates_that_somebody_comes_to_count():
    event = make_event(starts_at=NOW + DAY)
    later = make_session(event, starts_at=NOW + 20 * DAY)
    first = make_registration(event, sessions=[event.sessions.exclude(pk=later.pk).get()])
    second = make_registration(event, sessions=[later])
    gone = make_registration(event, state=RegistrationState.REJECTED)
    for registration in (first, second, gone):
        registration.needs.create(kind="pjm", is_late=True, state=NeedState.ACKNOWLEDGED, created_at=NOW)

    refresh_lateness(event.pk)

    assert [is_late for _kind, is_late in late()] == [True, False, True]
