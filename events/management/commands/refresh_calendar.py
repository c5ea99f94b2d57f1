"""Renders all calendar entries again: after an upgrade, a new translation or another BASE_URL."""

from typing import Any, Final

from django.core.management.base import BaseCommand
from django.utils import timezone

from events.actions.calendar import refresh_entries
from events.models import Session

# Few at a time: whoever edits one of them waits for as long as their transaction takes.
BATCH: Final = 200


class Command(BaseCommand):
    """Writes only what differs, so that running it for nothing costs subscribers nothing."""

    help = "Renders all calendar entries again; only what differs is written."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Render everything and say whether a calendar will show a difference."""
        ids = list(Session.objects.order_by("pk").values_list("pk", flat=True))
        batches = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        is_changed = [refresh_entries(batch, at=timezone.now()) for batch in batches]
        self.stdout.write(
            "Calendar entries were renewed." if any(is_changed) else "All calendar entries are up to date."
        )
