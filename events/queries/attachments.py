"""Files of an event."""

from django.db.models import QuerySet

from events.models import Attachment, AttachmentContent, Event


def attachments_of(event: Event) -> QuerySet[Attachment]:
    """What is known of the files of an event, without their bytes, in the organiser's order."""
    return event.attachments.order_by("position", "added_at", "id")


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a file."""
    return bytes(AttachmentContent.objects.values_list("data", flat=True).get(attachment=attachment))
