"""Files that belong to an event: an agenda, a draft document, a map."""

import uuid
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models

from events.models.events import Event
from events.models.people import User
from events.models.texts import TranslatedField, has_polish, in_language


class Attachment(models.Model):
    """What is known of a file; its bytes are a row of `AttachmentContent`, so that lists stay light.

    `content_type` is what the bytes are, not what the sender called them. `size` is in bytes, `sha256` in hex.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField(default=0)
    title = TranslatedField()
    file_name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=120)
    size = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="attachments")
    added_at = models.DateTimeField()

    class Meta:
        """In the organiser's order; the same file stands once."""

        ordering: ClassVar = ["event", "position", "added_at"]
        constraints: ClassVar = [
            has_polish("attachment", "title"),
            models.UniqueConstraint(fields=["event", "sha256"], name="attachment_once"),
            models.CheckConstraint(condition=models.Q(size__gte=1), name="attachment_is_not_empty"),
        ]

    def __str__(self) -> str:
        """The title in the active language."""
        return in_language(self.title)


class AttachmentContent(models.Model):
    """The bytes of a file: in the database, so that one backup holds everything and every web worker has them."""

    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, primary_key=True, related_name="content")
    data = models.BinaryField()

    def __str__(self) -> str:
        """Which file."""
        return f"content of {self.attachment_id}"
