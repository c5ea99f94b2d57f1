"""Deleting what nobody needs any more of who looked at personal data."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from events.models import AccessLog
from events.queries.retention import accesses_over

_BATCH: Final = 5000
# The table's trigger lets nobody delete but this, and only inside the transaction that says so.
_OPEN: Final = "SET LOCAL wiec.retention = 'on'"
_SHUT: Final = "SET LOCAL wiec.retention = 'off'"


def purge_accesses(*, at: datetime) -> Iterator[int]:
    """Delete rows of the access log that have had their time; how many, batch by batch."""
    while deleted := _purge_batch(at=at):
        yield deleted


@transaction.atomic
def _purge_batch(*, at: datetime) -> int:
    ids = list(accesses_over(at=at).values_list("pk", flat=True)[:_BATCH])
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        deleted, _by_model = AccessLog.objects.filter(pk__in=ids).delete()
        cursor.execute(_SHUT)
    return deleted
