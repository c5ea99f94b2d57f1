"""The words that search finds events by, kept beside them in step with what they say."""

from events.enums import Language
from events.models import Event
from events.queries.search import fold


def keep_search_text(event: Event) -> None:
    """What search finds the event by: words in every language, topics and place."""
    texts = [event.title, event.summary, *(topic.name for topic in event.topics.all())]
    place: list[str] = []
    if event.venue is not None:
        texts.append(event.venue.name)
        place.append(event.venue.address)
    if event.district is not None:
        place.append(event.district.name)
    words = [text.get(language, "") for text in texts for language in Language.values]
    event.search_text = fold(" ".join([*words, *place]))
    Event.objects.filter(pk=event.pk).update(search_text=event.search_text)
