"""How often an address has asked, counted in the database for all processes together."""

from typing import ClassVar

from django.db import models


class RateWindow(models.Model):
    """The attempts of one address in one stretch of time; `key` is a keyed hash, the address itself is not kept."""

    key = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        """One counter per address and window; old ones are found by time."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "starts_at"], name="rate_window_once")]
        indexes: ClassVar = [models.Index(fields=["starts_at"], name="rate_window_by_start")]

    def __str__(self) -> str:
        """The window and its count; no address."""
        return f"{self.starts_at:%Y-%m-%d %H:%M:%S}Z: {self.attempts}"
