"""What an organiser announces, as it stands in a mail and as much of it as an SMS has room for. Pure."""

from typing import Final

from events.models import in_language
from notifications.models import Announcement
from notifications.rendering.short_messages import SEGMENTS, plain_latin, segments

# The name of the event stands before it, and is cut to no less than this.
_ROOM_FOR_TITLE: Final = "x" * 30 + "...: "


def announced(announcement: Announcement | None, *, is_short: bool) -> dict[str, object]:
    """Subject and text in the active language; `is_short`: as much as fits into the segments of an SMS."""
    if announcement is None:
        return {}
    subject, text = in_language(announcement.subject), in_language(announcement.body)
    return {"announced_subject": subject, "announced_text": _short(f"{subject}. {text}") if is_short else text}


def _short(text: str) -> str:
    """The text, or as many of its words as fit; whoever counts them counts what is sent."""
    text = plain_latin(" ".join(text.split()))
    if _fits(text):
        return text
    shortest, longest = 0, len(text)
    while shortest + 1 < longest:
        middle = (shortest + longest) // 2
        shortest, longest = (middle, longest) if _fits(f"{text[:middle]}...") else (shortest, middle)
    cut = text[:shortest]
    # Where it was not cut between two words, the last one goes.
    whole = cut if text[shortest] == " " else cut.rpartition(" ")[0] or cut
    return f"{whole.rstrip(' .,;:')}..."


def _fits(text: str) -> bool:
    return segments(_ROOM_FOR_TITLE + text) <= SEGMENTS
