"""Events that belong together because they were made together."""

from typing import ClassVar

from django.db import models

from events.models.people import OrganizationalUnit, User


class EventSeries(models.Model):
    """A row of events made in one go, from a rule or from a table of dates and places.

    `rule` is the rule as `events.recurrence.SeriesRule` writes it; empty for a table. Every event of a series is an event
    of its own, with its own page, seats and calendar entries: a rule is never expanded by a calendar program.
    """

    unit = models.ForeignKey(OrganizationalUnit, on_delete=models.PROTECT, related_name="series")
    name = models.CharField(max_length=200)
    rule = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="series")
    created_at = models.DateTimeField()

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name_plural = "event series"

    def __str__(self) -> str:
        """The name that its organiser gave it."""
        return self.name
