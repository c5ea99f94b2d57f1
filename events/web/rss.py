"""The list of coming events for news readers: `/events/rss.xml`, in every language of the pages."""

import re
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.errors import UnknownFilterValue
from events.forms.filters import read_wish
from events.models import Event, in_language
from events.queries.events import upcoming_public_events
from events.rendering import SHORT_TEXT, event_address, plain_text, shortened
from events.templatetags.event_tags import is_off, shown_session, when_text
from events.web.calendar_answers import plain_answer

MOST: Final = 50
# XML knows no way to write these.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@require_safe
@cache_control(public=True, max_age=900)
def event_rss(request: HttpRequest) -> HttpResponse:
    """The next listed events that the filters of the list leave, the soonest first."""
    now, language = timezone.now(), request.LANGUAGE_CODE
    try:
        events = list(upcoming_public_events(at=now, filters=read_wish(request.GET).filters())[:MOST])
    except UnknownFilterValue as refusal:
        return plain_answer(refusal.message, status=400)
    feed = Rss201rev2Feed(
        title=_("Participation calendar"),
        link=f"{settings.BASE_URL}{reverse('event-list')}",
        description=_("Meetings, hearings and debates to which the city invites its residents."),
        language=language,
        feed_url=f"{settings.BASE_URL}{request.get_full_path()}",
        ttl=60,
    )
    for event in events:
        feed.add_item(
            title=_writable(in_language(event.title)),
            link=event_address(event.slug, language),
            description=_writable(_description(event, at=now)),
            unique_id=event.uid.urn,
            unique_id_is_permalink=False,
            pubdate=event.published_at or event.created_at,
            categories=[_writable(str(name)) for name in (event.kind, *event.topics.all())],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


def _description(event: Event, *, at: datetime) -> str:
    """When, where and what about, in lines; never more than the page says."""
    session = shown_session(event, at)
    text = in_language(event.summary) or plain_text(in_language(event.description))
    lines = [
        event.get_status_display() if is_off(event) else "",
        capfirst(when_text(session, event.time_zone)) if session else "",
        f"{event.venue}, {event.venue.address}" if event.venue else "",
        shortened(text, SHORT_TEXT),
    ]
    return "\n".join(line for line in lines if line)


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)
