"""What stands already is found by the stems of its words too, as what is saved from now on."""

import re
import unicodedata
from collections.abc import Iterator
from typing import ClassVar

import snowballstemmer
from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STEMMED = {"pl": "polish", "en": "english"}
WHOLE_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"})
LONGEST_WORD = 60


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the stems of titles, summaries and topics to the words that are there."""
    events = apps.get_model("events", "Event").objects.prefetch_related("topics").order_by("pk")
    with schema_editor.connection.cursor() as cursor:
        for event in events.iterator(chunk_size=500):
            texts = [event.title, event.summary, *(topic.name for topic in event.topics.all())]
            stems = sorted({stem for text in texts for stem in stems_of(text)})
            cursor.execute(
                "UPDATE events_event"
                " SET search_words = coalesce(search_words, ''::tsvector) || array_to_tsvector(%s::text[]) WHERE id = %s",
                [stems, event.pk],
            )


def stems_of(text: dict[str, str]) -> Iterator[str]:
    """Polish and English words without their endings and diacritics."""
    for language, algorithm in STEMMED.items():
        stemmer = snowballstemmer.stemmer(algorithm)
        for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text.get(language, "")).casefold()):
            yield from filter(None, [fold(word[:LONGEST_WORD]), fold(stemmer.stemWord(word[:LONGEST_WORD]))])


def fold(word: str) -> str:
    """Without diacritics."""
    apart = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(WHOLE_LETTERS)


class Migration(migrations.Migration):
    """Going back leaves the words: nobody is hurt by being found."""

    dependencies: ClassVar = [("events", "0004_bookings_and_usual_interpreters")]

    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
