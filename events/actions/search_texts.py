"""The words that search finds events by, kept beside them in step with what they say."""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Value

from events.enums import Language
from events.models import Event, Translated
from events.queries.search import search_words


def keep_search_words(event: Event) -> None:
    """Write what search finds the event by: title, summary and topics in every language, and the place."""
    keep_search_words_of([event.pk])


def keep_search_words_of(event_ids: Iterable[int]) -> None:
    """Do the same for many events, in three statements."""
    events = list(
        Event.objects.filter(pk__in=list(event_ids))
        .select_related("venue", "district")
        .prefetch_related("topics")
        .only("title", "summary", "venue__name", "venue__address", "district__name")
        .order_by("pk")
    )
    for event in events:
        # Lexemes are handed over as they are: the server's own parser knows neither stems nor folding.
        words = Value(sorted(_words_of(event)))
        event.search_words = Func(
            words, template="array_to_tsvector(%(expressions)s::text[])", output_field=SearchVectorField()
        )
    Event.objects.bulk_update(events, ["search_words"])


def _words_of(event: Event) -> set[str]:
    texts: list[Translated] = [event.title, event.summary, *(topic.name for topic in event.topics.all())]
    places: list[str] = []
    if event.venue is not None:
        texts.append(event.venue.name)
        places.append(event.venue.address)
    if event.district is not None:
        places.append(event.district.name)
    words = {word for text in texts for language in Language for word in search_words(text.get(language, ""), language)}
    return words.union(*(search_words(place, Language.PL) for place in places))
