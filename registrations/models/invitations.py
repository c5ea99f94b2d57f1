"""Who is invited to an event by name, and what came of it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Upper

from events.enums import Language
from events.models import Event, ParticipantCategory, User
from registrations.tokens import make_token


class Invitation(models.Model):
    """A personal way into one event; its link opens a restricted event and registers one party.

    `send_requested_at` set and `planned_at` null: the tick still has to write to them. Erased with the contact data.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="invitations")
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    category = models.ForeignKey(
        ParticipantCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.PL)
    # People who may come on it, the invited person included.
    seats = models.PositiveSmallIntegerField(default=1)
    skips_approval = models.BooleanField(default=True)
    uses_reserved = models.BooleanField(default=False)
    # A word to the person, who reads it in the letter; nothing here is for colleagues only.
    note = models.TextField(blank=True)
    generation = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    send_requested_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """An address is invited once to an event; in the order in which people were invited."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "event",
                Upper("email"),
                condition=~models.Q(email="") & models.Q(revoked_at__isnull=True),
                name="invitation_once_per_email",
            ),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="invitation_has_seats"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=models.Q(planned_at__isnull=True, send_requested_at__isnull=False),
                name="invitation_unplanned",
            ),
        ]

    def __str__(self) -> str:
        """The row and its event; no name."""
        return f"invitation {self.pk} to {self.event_id}"

    @property
    def full_name(self) -> str:
        """First and last name as people say them."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def token(self) -> str:
        """The key of the page `/invited/{token}/`."""
        return make_token("invitation", row_id=self.pk, generation=self.generation)
