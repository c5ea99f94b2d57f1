"""How often an address may try."""

from datetime import timedelta

import pytest
from django.db import connection

from registrations.actions.rates import count_attempt, forget_attempts
from registrations.errors import RateLimited
from registrations.models import RateWindow
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_in_a_minute(settings):
    settings.REGISTRATION_RATE = (2, 60)


def tries(*addresses: str, at=NOW) -> list[bool]:
    allowed = []
    for address in addresses:
        try:
            count_attempt(address, at=at)
        except RateLimited:
            allowed.append(False)
        else:
            allowed.append(True)
    return allowed


def test_each_address_has_its_own_count_in_each_window():
    assert tries("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2") == [True, True, False, True]
    assert tries("192.0.2.1", at=NOW + timedelta(seconds=59)) == [False]
    assert tries("192.0.2.1", at=NOW + timedelta(seconds=60)) == [True]


def test_a_refusal_says_how_long_to_wait():
    tries("192.0.2.1", "192.0.2.1")

    with pytest.raises(RateLimited) as refusal:
        count_attempt("192.0.2.1", at=NOW + timedelta(seconds=20))

    assert refusal.value.details == {"retry_after": 40}


def test_others_are_counted_at_a_rate_of_their_own_and_remembered_for_its_whole_window():
    count_attempt("trial:1", rate=(2, 3600), at=NOW)
    count_attempt("trial:1", rate=(2, 3600), at=NOW)
    forget_attempts(at=NOW + timedelta(minutes=50))

    with pytest.raises(RateLimited):
        count_attempt("trial:1", rate=(2, 3600), at=NOW + timedelta(minutes=50))


def test_a_whole_ipv6_home_counts_as_one():
    assert tries("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:0:1::", "2001:db8:0:1::1") == [True, True, False, True]


def test_what_is_no_address_counts_together():
    assert tries("", "", "") == [True, True, False]


def test_no_address_is_kept(settings):
    count_attempt("192.0.2.1", at=NOW)

    window = RateWindow.objects.get()
    assert "192.0.2.1" not in window.key
    assert len(window.key) == 64
    assert str(window) == "2027-01-12 09:00:00Z: 1"


def test_what_is_over_is_forgotten():
    tries("192.0.2.1", at=NOW - timedelta(hours=2))
    tries("192.0.2.1", "192.0.2.2")

    assert forget_attempts(at=NOW) == 1
    assert RateWindow.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_only_the_count_does_not_wait_for_the_disk():
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        try:
            count_attempt("192.0.2.1", at=NOW)
            cursor.execute("SHOW synchronous_commit")
            (setting,) = cursor.fetchone()
        finally:
            cursor.execute("RESET synchronous_commit")

    assert setting == "on"
    assert RateWindow.objects.get().attempts == 1
