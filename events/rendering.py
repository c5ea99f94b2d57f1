"""What an event says outside its page, from rows that are loaded already: addresses, short texts, calendar entries."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from markdown_it import MarkdownIt

from events.enums import Accessibility, AccessibilityFeature, EventMode, EventStatus, Language
from events.ical import CalendarHead, EntryFacts, Mailbox, Status, calendar_file
from events.models import Event, Session, Venue, in_language, merged_accessibility
from events.queries.feeds import FeedContent, FeedWish, feed_address

# A calendar shows little and a feed holds many: what is longer stands on the page.
SHORT_TEXT: Final = 300
_SHORT_DIRECTIONS: Final = 200
# No calendar needs more of a description than what is read to shorten it.
_READ_AT_MOST: Final = 4 * SHORT_TEXT

_markdown: Final = MarkdownIt()


def event_address(slug: str, language: str) -> str:
    """The absolute address of an event's page, for whatever leaves the site: calendars, mails, codes."""
    prefix = "" if language == Language.PL else f"/{language}"
    return f"{settings.BASE_URL}{prefix}/events/{slug}/"


def facts_of(session: Session, language: str) -> EntryFacts:
    """What a public calendar says of a session, which `queries.feeds.calendar_sessions()` has loaded."""
    event = session.event
    with translation.override(language):
        return EntryFacts(
            uid=session.uid,
            sequence=session.sequence,
            created_at=session.created_at,
            last_modified=session.last_modified,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            all_day=session.all_day,
            time_zone=event.time_zone,
            status=_status_of(session),
            summary=_summary_of(session),
            description=_description_of(session, language),
            location=_location_of(session),
            url=event_address(event.slug, language),
            categories=(str(event.kind), *map(str, event.topics.all())),
            coordinates=_coordinates_of(event.venue),
            organizer=_organizer_of(event),
        )


def public_feed_file(content: FeedContent, wish: FeedWish, labels: Sequence[str]) -> str:
    """A public feed, named after what it was narrowed to."""
    with translation.override(wish.language):
        name = _("Participation calendar")
        description = _("Meetings, hearings and debates to which the city invites its residents.")
    if labels:
        name = f"{name}: {', '.join(labels)}"
    return _feed_file(content, name=name, description=description, source=feed_address(wish))


def event_feed_file(content: FeedContent, event: Event, language: str) -> str:
    """All sessions of one event as a file."""
    with translation.override(language):
        description = _("All dates of this event.")
    source = f"{settings.BASE_URL}{reverse('feed-event', args=[event.slug])}"
    if language != Language.PL:
        source = f"{source}?lang={language}"
    return _feed_file(content, name=in_language(event.title, language), description=description, source=source)


def _feed_file(content: FeedContent, *, name: str, description: str, source: str) -> str:
    head = CalendarHead(name=name, description=description, source=source, last_modified=content.newest)
    return calendar_file(head, content.entries)


def plain_text(markdown: str) -> str:
    """The words of an organiser's text without its marks, for where only words can stand.

    >>> plain_text("**Zapraszamy** na [spacer](https://example.org)!")
    'Zapraszamy na spacer!'
    """
    blocks = (token.children for token in _markdown.parse(markdown) if token.type == "inline" and token.children)
    return "\n".join(
        "".join(
            part.content if part.type in {"text", "code_inline"} else " "
            for part in parts
            if part.type in {"text", "code_inline", "softbreak", "hardbreak"}
        )
        for parts in blocks
    )


def shortened(text: str, length: int) -> str:
    """The beginning of a text, cut between words.

    >>> shortened("Zapraszamy na spacer", 16)
    'Zapraszamy na…'
    """
    text = text.strip()
    if len(text) <= length:
        return text
    kept = text[:length]
    whole_words = kept.rpartition(" ")[0]
    return f"{(whole_words or kept[:-1]).rstrip(' ,;:–-')}…"


def _status_of(session: Session) -> Status:
    event = session.event
    if session.is_cancelled or event.status == EventStatus.CANCELLED:
        return "CANCELLED"
    if event.planned_only or event.status == EventStatus.POSTPONED:
        return "TENTATIVE"
    return "CONFIRMED"


def _summary_of(session: Session) -> str:
    title = str(session.event)
    part = in_language(session.title)
    if part:
        title = f"{title} — {part}"
    if _status_of(session) == "CANCELLED":
        # Translators: before the title of a meeting that was called off; the only sign that every calendar shows.
        return _("CANCELLED: %(title)s") % {"title": title}
    return title


def _description_of(session: Session, language: str) -> str:
    event = session.event
    text = in_language(event.summary) or plain_text(in_language(event.description)[:_READ_AT_MOST])
    parts = [shortened(text, SHORT_TEXT)]
    if event.status == EventStatus.CANCELLED and in_language(event.cancellation_reason):
        parts.insert(
            0, _("Reason for the cancellation: %(reason)s") % {"reason": in_language(event.cancellation_reason)}
        )
    if event.status == EventStatus.POSTPONED:
        parts.insert(0, _("The meeting is postponed. A new date will be announced."))
    parts += [_way_of_taking_part(event), _directions(event.venue), _accessibility(event)]
    address = event_address(event.slug, language)
    parts.append(_("Details: %(address)s") % {"address": address})
    return "\n\n".join(part for part in parts if part)


def _way_of_taking_part(event: Event) -> str:
    if event.mode == EventMode.ONLINE:
        return _("The meeting is online.")
    if event.mode == EventMode.HYBRID:
        return _("You can come or take part online.")
    return ""


def _directions(venue: Venue | None) -> str:
    if venue is None or not in_language(venue.directions):
        return ""
    directions = shortened(plain_text(in_language(venue.directions)), _SHORT_DIRECTIONS)
    return _("How to get in: %(directions)s") % {"directions": directions}


def _accessibility(event: Event) -> str:
    """What is there or can be asked for; that something is unknown stands on the page."""
    known = merged_accessibility(event.venue.accessibility if event.venue else {}, event.accessibility)
    offered = []
    for feature in AccessibilityFeature:
        if known[feature] == Accessibility.YES:
            offered.append(str(feature.label))
        elif known[feature] == Accessibility.ON_REQUEST:
            offered.append(_("%(feature)s (on request)") % {"feature": feature.label})
    return _("Accessibility: %(features)s") % {"features": ", ".join(offered)} if offered else ""


def _location_of(session: Session) -> str:
    venue = session.event.venue
    if venue is None:
        return pgettext("place", "Online") if session.event.mode == EventMode.ONLINE else ""
    room = session.room.name if session.room else ""
    return ", ".join(part for part in (str(venue), room, venue.address) if part)


def _coordinates_of(venue: Venue | None) -> tuple[Decimal, Decimal] | None:
    if venue is None or venue.latitude is None or venue.longitude is None:
        return None
    return venue.latitude, venue.longitude


def _organizer_of(event: Event) -> Mailbox | None:
    """The office, where it has an address of its own; an event's contact may be a person's and stays out of feeds."""
    if not event.unit.contact_email:
        return None
    return Mailbox(name=str(event.unit), address=event.unit.contact_email)
