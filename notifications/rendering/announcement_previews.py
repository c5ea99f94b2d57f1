"""An announcement before it goes out: how many people get it by what in which language, and how it looks. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from events.enums import Language
from events.models import Event, Translated
from notifications.enums import Channel
from notifications.kinds import ANNOUNCEMENT
from notifications.models import Announcement
from notifications.queries.announcements import Reader
from notifications.rendering.examples import Shown, example_letter, shown


@dataclass(frozen=True)
class Portion:
    """What people of one language get on one channel, and how many of them there are."""

    channel: Channel
    language: Language
    people: int
    example: Shown

    @property
    def segments(self) -> int:
        """How many parts all their SMS come to."""
        return self.people * self.example.segments


def portions_of(
    event: Event, *, subject: Translated, body: Translated, readers: Iterable[Reader], at: datetime
) -> list[Portion]:
    """By channel and language, mails first; the text is rendered as it will be sent."""
    counts = Counter((Channel(reader.channel), Language(reader.language)) for reader in readers)
    announcement = Announcement(event=event, subject=subject, body=body)
    return [
        Portion(channel, language, counts[channel, language], _shown(event, channel, language, announcement, at=at))
        for channel in Channel
        for language in Language
        if counts[channel, language]
    ]


def _shown(event: Event, channel: Channel, language: Language, announcement: Announcement, *, at: datetime) -> Shown:
    letter = example_letter(ANNOUNCEMENT, event, channel=channel, language=language, at=at, announcement=announcement)
    return shown(letter, channel=channel, language=language)
