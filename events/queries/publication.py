"""What an event still lacks before people may see it."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.enums import Accessibility, EventMode
from events.errors import Gap
from events.models import Event, merged_accessibility
from events.queries.notices import current_notice

_PLACES = (EventMode.IN_PERSON, EventMode.HYBRID)


def publication_gaps(event: Event, *, at: datetime) -> list[Gap]:
    """Everything that is missing, at once; first what nobody may pass over."""
    return [*_never_overridable(event, at), *_overridable(event, at)]


def _never_overridable(event: Event, at: datetime) -> Iterator[Gap]:
    if not event.title.get("pl", "").strip():
        yield Gap("title", _("The title in Polish is missing."), overridable=False)
    if not event.sessions.filter(is_cancelled=False).exists():
        yield Gap("session", _("The date is missing."), overridable=False)
    # Where nobody registers, no data is collected.
    if event.policy.required and current_notice(event.unit, at=at) is None:
        yield Gap("information_notice", _("There is no information notice to show to people."), overridable=False)


def _overridable(event: Event, at: datetime) -> Iterator[Gap]:
    if event.mode in _PLACES and event.venue is None:
        yield Gap("venue", _("The place is missing."), overridable=True)
    features = merged_accessibility(event.venue.accessibility if event.venue else {}, event.accessibility)
    if set(features.values()) == {Accessibility.UNKNOWN}:
        yield Gap("accessibility", _("Nothing is said about accessibility."), overridable=True)
    if not any((event.contact_email, event.contact_phone, event.unit.contact_email, event.unit.contact_phone)):
        yield Gap(
            "contact", _("There is no contact for questions: neither the event nor its unit has one."), overridable=True
        )
    if event.starts_at is not None and _days_left(event.starts_at, at, event.time_zone) < event.kind.notice_days:
        days = event.kind.notice_days
        sentence = ngettext(
            "This kind of meeting is announced at least %(days)s day before.",
            "This kind of meeting is announced at least %(days)s days before.",
            days,
        )
        yield Gap("notice_period", sentence % {"days": days}, overridable=True)


def _days_left(starts_at: datetime, at: datetime, time_zone: str) -> int:
    zone = ZoneInfo(time_zone)
    return (starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days
