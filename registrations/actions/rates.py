"""How often one address may try, counted in the database for all processes together."""

import hmac
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from django.conf import settings
from django.db import connection

from registrations.errors import RateLimited
from registrations.models import RateWindow

# One home or phone has a whole IPv6 network of this size and could change its address with every attempt.
_IPV6_HOME: Final = 64
# Others than registrations are counted in windows of up to so many seconds.
_LONGEST_WINDOW: Final = 3600

# Nobody waits for the disk: a count that is lost with a power cut harms nobody, and everybody behind one address waits
# for the row until it is committed. The setting ends with the statement's own transaction.
_COUNT: Final = """
    INSERT INTO registrations_ratewindow AS known (key, starts_at, attempts) VALUES (%s, %s, 1)
    ON CONFLICT (key, starts_at) DO UPDATE SET attempts = known.attempts + 1
    RETURNING attempts, set_config('synchronous_commit', 'off', true)
"""


def count_attempt(address: str, *, rate: tuple[int, int] | None = None, at: datetime) -> None:
    """Count an attempt and refuse it when there were too many; outside of the transaction that it guards.

    `rate`: how many in how many seconds, at most an hour; null: as the operator says of registrations.
    """
    allowed, seconds = rate or settings.REGISTRATION_RATE
    begun = int(at.timestamp()) // seconds * seconds
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(address), datetime.fromtimestamp(begun, UTC)])
        attempts, _setting = cursor.fetchone()
    if attempts > allowed:
        raise RateLimited(details={"retry_after": begun + seconds - int(at.timestamp())})


def forget_attempts(*, at: datetime) -> int:
    """Delete windows that are over; returns how many."""
    _allowed, seconds = settings.REGISTRATION_RATE
    over = at - timedelta(seconds=max(seconds, _LONGEST_WINDOW))
    deleted, _models = RateWindow.objects.filter(starts_at__lt=over).delete()
    return deleted


def _key(address: str) -> str:
    """A keyed hash: who asked can be counted, and not be read out of the table."""
    return hmac.digest(settings.LINK_KEY.encode(), f"rate:{_home(address)}".encode(), "sha256").hex()


def _home(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(known) if isinstance(known, IPv4Address) else str(ip_network((known, _IPV6_HOME), strict=False))
