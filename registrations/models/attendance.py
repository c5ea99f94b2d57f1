"""Who came: an append-only log of the door, and counts without names."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from events.models import DoorActor, DoorPass, Event, ParticipantCategory, User
from registrations.enums import SCANS, CheckInKind, CheckInSource
from registrations.models.registrations import PartyMember, Registration


class CheckIn(models.Model):
    """One row of the door's log; taking an admission back is another row, nothing is changed or deleted.

    `device_at` is what the device's clock said, `at` what ours said when the row arrived, `scanned_at` when it happened
    by our clock: the device's, put right by how far it was off when it sent the row.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="check_ins")
    # Null: the person who registered.
    member = models.ForeignKey(PartyMember, on_delete=models.CASCADE, null=True, blank=True, related_name="check_ins")
    kind = models.CharField(max_length=10, choices=CheckInKind.choices, default=CheckInKind.ADMIT)
    source = models.CharField(max_length=20, choices=CheckInSource.choices)
    nonce = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="check_ins")
    # Whoever stood there by a pass for the day, instead of `by`.
    door_pass = models.ForeignKey(DoorPass, on_delete=models.SET_NULL, null=True, blank=True, related_name="check_ins")
    device = models.CharField(max_length=80, blank=True)
    device_at = models.DateTimeField(null=True, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        """In the order of arrival."""

        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        """What and when; no name."""
        return f"{self.registration_id} {self.kind} {self.at:%Y-%m-%d %H:%M}Z"

    @property
    def happened_at(self) -> datetime:
        """When it happened by our clock; rows from before devices said so happened when they arrived."""
        return self.scanned_at or self.at

    @property
    def is_scan(self) -> bool:
        """Whether somebody stood at the door, for the first time or once more."""
        return self.kind in SCANS

    @property
    def who(self) -> DoorActor | None:
        """Who stood at the door; nobody once they have gone."""
        return self.by or self.door_pass


class HeadcountEntry(models.Model):
    """People counted without any personal data: +n or −n, each tap once by its nonce."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="headcounts")
    category = models.ForeignKey(
        ParticipantCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="headcounts"
    )
    delta = models.SmallIntegerField()
    nonce = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="headcounts")
    door_pass = models.ForeignKey(DoorPass, on_delete=models.SET_NULL, null=True, blank=True, related_name="headcounts")
    at = models.DateTimeField()

    class Meta:
        """In the order of arrival; a tap counts something."""

        ordering: ClassVar = ["id"]
        verbose_name_plural = "headcount entries"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(delta=0), name="headcount_counts_something")
        ]

    def __str__(self) -> str:
        """The count and its event."""
        return f"{self.event_id}: {self.delta:+d}"
