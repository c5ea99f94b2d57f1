"""What a legal hold forbids: whatever would destroy something that is kept."""

from django.utils.functional import Promise

from events.models import Event, unit_contact
from registrations.errors import UnderLegalHold


def require_no_hold(event: Event, words: str | Promise) -> None:
    """Refuse with these words, which say whom to ask (`%(contact)s`), while the event's data have to be kept."""
    if event.legal_hold:
        raise UnderLegalHold(words % {"contact": unit_contact(event)})
