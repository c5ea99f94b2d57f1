"""What was deleted because its time was over."""

from typing import ClassVar

from django.db import models


class RetentionRun(models.Model):
    """One run of the retention rules: how many of what were deleted; no person, no event."""

    at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        """The latest first."""

        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        """When."""
        return f"{self.at:%Y-%m-%d %H:%M}Z"
