"""What signing up looks at: the same that the ORM's own queries say, in one statement."""

from datetime import timedelta

import pytest

from events.enums import EventStatus, Visibility
from events.models import Event, RegistrationPolicy
from events.queries.entrances import entrance_of, visible_entrance
from events.queries.notices import current_notice
from events.queries.registration_windows import registration_closes_at
from events.queries.seats import event_pools
from tests.make import make_event, make_kind, make_notice, make_question
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_one_statement_tells_the_rules_the_seats_and_the_notice(django_assert_num_queries):
    event = make_event(capacity=9, categories=[("business", 5), ("resident", None)], sessions=2, waitlist_limit=3)
    make_notice()
    with django_assert_num_queries(1):
        seen = visible_entrance(event.slug, at=NOW)
        assert seen is not None
        known = [(pool.pk, pool.capacity, pool.category and pool.category.code) for pool in seen.pools]
        rules = (seen.event.policy.waitlist_limit, seen.event.policy.confirm_email, seen.event.status)
        closes_at = registration_closes_at(seen.event)

    pools = event_pools(event.pk).select_related("category")
    assert known == [(pool.pk, pool.capacity, pool.category and pool.category.code) for pool in pools]
    assert rules == (3, False, "published")
    assert closes_at == registration_closes_at(event) == max(event.sessions.values_list("starts_at", flat=True))
    assert seen.notice == current_notice(event.unit, kind=event.kind, at=NOW)
    assert not seen.asks


def test_the_notice_is_the_one_that_the_page_shows():
    event = make_event(kind="workshop")
    kind = make_kind("workshop")
    make_notice(at=NOW - timedelta(days=3))
    for unit, of_kind in [(None, kind), (event.unit, None), (event.unit, kind)]:
        notice = make_notice(at=NOW - timedelta(days=2))
        type(notice).objects.filter(pk=notice.pk).update(unit=unit, kind=of_kind)
        seen = entrance_of(event.pk, at=NOW)
        assert seen is not None
        assert seen.notice == current_notice(event.unit, kind=kind, at=NOW) == notice


def test_what_is_not_there_is_not_made_up():
    event = make_event()
    event.pools.all().delete()
    RegistrationPolicy.objects.all().delete()
    make_question(event)

    seen = entrance_of(event.pk, at=NOW)

    assert seen is not None
    assert (seen.pools, seen.notice, seen.asks, hasattr(seen.event, "policy")) == ([], None, True, False)
    assert entrance_of(event.pk + 1, at=NOW) is None


@pytest.mark.parametrize(
    "hidden", [{"status": EventStatus.DRAFT}, {"visibility": Visibility.RESTRICTED}, {"slug": "elsewhere"}]
)
def test_a_stranger_finds_only_what_a_stranger_may_open(hidden):
    event = make_event("debata")
    Event.objects.filter(pk=event.pk).update(**hidden)

    assert visible_entrance("debata", at=NOW) is None
    assert entrance_of(event.pk, at=NOW) is not None
