"""Moments as people type them on a command line."""

from datetime import datetime
from typing import Final

from django.core.management.base import CommandError
from django.utils import timezone

# Due times are counted back and forth from a moment; at the ends of the calendar there is nowhere to count to.
_YEARS: Final = range(2000, 2200)


def moment_of(text: str) -> datetime:
    """What an ISO moment means; without an offset it is local."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a moment, as in 2027-01-11T17:00+01:00.") from error
    if moment.year not in _YEARS:
        raise CommandError(f"“{text}” is too far away: give a year from {_YEARS[0]} to {_YEARS[-1]}.")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
