"""`manage.py verify_seats`: recounts every pool from the registrations themselves."""

import sys

from django.core.management.base import BaseCommand

from registrations.queries.recount import PoolCount, pool_counts

_HEADER = ("pool", "event", "session", "category", "capacity", "taken", "seats held", "waiting", "seats queued")


class Command(BaseCommand):
    help = "Recounts every pool; exit 1 and a table when one is wrong."

    def handle(self, *_arguments: object, **_options: object) -> None:
        """Say that all is well, or which pools count something else than is there."""
        counts = pool_counts()
        wrong = [count for count in counts if not count.is_right]
        if not wrong:
            self.stdout.write(f"Pools counted: {len(counts)}, all of them right.")
            return
        table = [_HEADER, *(_row(count) for count in wrong)]
        widths = [max(len(row[column]) for row in table) for column in range(len(_HEADER))]
        for row in table:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        self.stderr.write(f"Pools counted: {len(counts)}, wrong: {len(wrong)}.")
        sys.exit(1)


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
