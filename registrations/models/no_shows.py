"""Where a unit has a rule for it: people who missed meetings without a word queue last for a while. Never public."""

from typing import ClassVar

from django.db import models

from events.models import OrganizationalUnit, User
from registrations.models.registrations import Registration


class NoShowPause(models.Model):
    """From when to when somebody queues last at a unit's meetings; the person is known by the keyed hash only.

    `objected_at` set: the person has objected, and it does not count until somebody has decided (`upheld`).
    """

    unit = models.ForeignKey(OrganizationalUnit, on_delete=models.CASCADE, related_name="no_show_pauses")
    email_key = models.CharField(max_length=64)
    # The last of the missed meetings.
    registration = models.ForeignKey(
        Registration, on_delete=models.SET_NULL, null=True, blank=True, related_name="no_show_pauses"
    )
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    objection = models.TextField(blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)
    upheld = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One from the same meeting."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "email_key", "begins_at"], name="no_show_pause_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="no_show_pause_ends_after_it_begins"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["email_key", "ends_at"], name="no_show_pause_of_person")]

    def __str__(self) -> str:
        """The unit and the end; nobody's name."""
        return f"{self.unit_id} until {self.ends_at:%Y-%m-%d}"
