"""What happens within a session, and who does it."""

from typing import ClassVar

from django.db import models

from events.enums import EventRoleKind
from events.models.audiences import Organization
from events.models.events import Event, Session
from events.models.people import User
from events.models.texts import TranslatedField, has_polish, in_language, no_text


class AgendaItem(models.Model):
    """A point of a session's agenda; its times are inside the session, and null where only the order is known."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    title = TranslatedField()
    description = TranslatedField(default=no_text)

    class Meta:
        """In the order of the agenda; an end is after its start."""

        ordering: ClassVar = ["session", "position", "id"]
        constraints: ClassVar = [
            has_polish("agenda_item", "title"),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(starts_at__isnull=False, ends_at__gt=models.F("starts_at")),
                name="agenda_item_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        """The title in the active language."""
        return in_language(self.title)


class EventRole(models.Model):
    """Somebody who speaks, chairs, interprets or helps: at the whole event, or at one point of its agenda.

    `identity` is what tells people apart when two events want the same one: the folded address, else the folded name.
    Address and phone are for the organisers and for messages, never public; `is_public` shows name and organization.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="roles")
    agenda_item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, null=True, blank=True, related_name="roles")
    kind = models.CharField(max_length=20, choices=EventRoleKind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=200)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="roles"
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="event_roles")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    is_public = models.BooleanField(default=False)
    identity = models.CharField(max_length=254)

    class Meta:
        """In the order of the agenda; somebody has one role of a kind in one place."""

        ordering: ClassVar = ["event", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "agenda_item", "kind", "identity"], nulls_distinct=False, name="event_role_once"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["identity"], name="event_role_by_person")]

    def __str__(self) -> str:
        """The role; no name here: this text may end in a log."""
        return f"{self.get_kind_display()} of {self.event_id}"
