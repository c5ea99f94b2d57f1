"""How long news wait for more of the same: each holds them a little longer, but not for ever."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from notifications.kinds import Kind

_AT_MOST: Final = timedelta(minutes=30)


def leaves_at(kind: Kind, *, last: datetime, since: datetime) -> datetime:
    """When news leave whose last part happened at `last`, and whose first part has waited `since` then."""
    if not kind.gathers:
        return last
    pause = timedelta(minutes=settings.CHANGES_GATHER_MINUTES)
    return min(last + pause, since + max(pause, _AT_MOST))
