"""A city's own words in the texts of messages: all of them in one statement, for a whole batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.models import TemplateOverride


@dataclass(frozen=True)
class OwnWords:
    """All own words; `version` is another one as soon as any of them is written or taken back."""

    texts: Mapping[tuple[str, str], Mapping[str, str]]
    version: tuple[int, datetime | None]

    def of(self, kind: str, language: str) -> Mapping[str, str]:
        """The own words for a kind in a language, by part."""
        return self.texts.get((kind, language), {})


def own_words() -> OwnWords:
    """What holds now; whoever sends a batch reads it once."""
    texts: dict[tuple[str, str], dict[str, str]] = {}
    rows = TemplateOverride.objects.order_by("pk").values_list("kind", "language", "part", "text", "at")
    last: datetime | None = None
    count = 0
    for kind, language, part, text, at in rows:
        texts.setdefault((kind, language), {})[part] = text
        last = at if last is None else max(last, at)
        count += 1
    return OwnWords(texts, (count, last))
