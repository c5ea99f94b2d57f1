"""What an organiser announces, as it stands in a mail and as much of it as an SMS has room for."""

from typing import Final

from django.conf import settings

from events.models import in_language
from notifications.models import Announcement
from notifications.rendering.short_messages import SEGMENTS, plain_latin, segments, shortened

# The name of the event stands before it, and is cut to no less than this.
_ROOM_FOR_TITLE: Final = 30


def announced(announcement: Announcement | None, title: str, *, is_short: bool) -> dict[str, object]:
    """Subject and text in the active language; `is_short`: as much as fits into an SMS behind the event's title."""
    if announcement is None:
        return {}
    subject, text = in_language(announcement.subject), in_language(announcement.body)
    return {"announced_subject": subject, "announced_text": _short(f"{subject}. {text}", title) if is_short else text}


def _short(text: str, title: str) -> str:
    """The text, or as many of its words as fit; what is counted is what is sent."""
    text, head = _as_sent(text), _as_sent(shortened(title, _ROOM_FOR_TITLE))

    def fits(text: str) -> bool:
        return segments(f"{head}: {text}") <= SEGMENTS

    if fits(text):
        return text
    shortest, longest = 0, len(text)
    while shortest + 1 < longest:
        middle = (shortest + longest) // 2
        shortest, longest = (middle, longest) if fits(f"{text[:middle]}...") else (shortest, middle)
    cut = text[:shortest]
    # Where it was not cut between two words, the last one goes.
    whole = cut if text[shortest] == " " else cut.rpartition(" ")[0] or cut
    return f"{whole.rstrip(' .,;:')}..."


def _as_sent(text: str) -> str:
    text = " ".join(text.split())
    return plain_latin(text) if settings.SMS_TRANSLITERATE else text
