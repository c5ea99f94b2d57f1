"""`manage.py verify_seats`: recounts every pool from the registrations, and the registrations from their people."""

import sys
from collections.abc import Sequence
from typing import Final

from django.core.management.base import BaseCommand
from django.utils import timezone

from registrations.queries.recount import PartyCount, PoolCount, party_counts, pool_counts

_HEADER: Final = ("pool", "event", "session", "category", "capacity", "taken", "seats held", "waiting", "seats queued")


_PARTY_HEADER: Final = ("registration", "event", "seats", "people", "assistants")


class Command(BaseCommand):
    help = "Recounts every pool and every party; exit 1 and a table when one is wrong."

    def handle(self, *_arguments: object, **_options: object) -> None:
        """Say that all is well, or which pools and registrations count something else than is there."""
        pools, parties = pool_counts(), party_counts(at=timezone.now())
        wrong_pools = [count for count in pools if not count.is_right]
        wrong_parties = [count for count in parties if not count.is_right]
        self._say("Pools", len(pools), [_HEADER, *(_row(count) for count in wrong_pools)])
        self._say("Registrations", len(parties), [_PARTY_HEADER, *(_party_row(count) for count in wrong_parties)])
        if wrong_pools or wrong_parties:
            sys.exit(1)

    def _say(self, what: str, counted: int, table: Sequence[Sequence[str]]) -> None:
        wrong = len(table) - 1
        if not wrong:
            self.stdout.write(f"{what} counted: {counted}, all of them right.")
            return
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        for row in table:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        self.stderr.write(f"{what} counted: {counted}, wrong: {wrong}.")


def _party_row(count: PartyCount) -> tuple[str, ...]:
    return (count.reference, count.event, str(count.seats), str(count.people), str(count.assistants))


def _seats(seats: int, **special: int) -> str:
    """A number of seats, and how many of them are not a group's own."""
    return ", ".join([str(seats), *(f"{number} {name}" for name, number in special.items() if number)])


def _row(count: PoolCount) -> tuple[str, ...]:
    over = f" +{count.overbooked}" if count.overbooked else ""
    return (
        str(count.pool_id),
        count.event,
        "all" if count.session is None else str(count.session + 1),
        count.category or "all",
        "no limit" if count.capacity is None else f"{count.capacity}{over}",
        _seats(count.taken, invited=count.reserved_taken, released=count.released_taken),
        _seats(count.holding, invited=count.on_reserved, released=count.on_released),
        str(count.waiting),
        str(count.queued),
    )
