"""What an event still lacks before people may see it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.enums import Accessibility, EventMode
from events.errors import Gap
from events.models import Event, Stage, merged_accessibility
from events.permissions import May, roles_that
from events.queries.conflicts import conflicts_of
from events.queries.notices import current_notice

_PLACES: Final = (EventMode.IN_PERSON, EventMode.HYBRID)
NOTICE_PERIOD: Final = "notice_period"
# How the code of every warning ends that another meeting is the reason of.
CONFLICT: Final = "_conflict"
# A draft strategy is open for opinions at least so long from its announcement.
CONSULTATION_DAYS: Final = 35
CONSULTATION_LAW: Final = "art. 6 ust. 4–5 ustawy z dnia 6 grudnia 2006 r. o zasadach prowadzenia polityki rozwoju"


def publication_gaps(event: Event, *, at: datetime) -> list[Gap]:
    """Everything that is missing, at once: what nobody may pass over, what some may, and what everybody should know."""
    return [*_never_overridable(event, at), *_overridable(event, at), *_warnings(event)]


def _never_overridable(event: Event, at: datetime) -> Iterator[Gap]:
    if event.is_template:
        yield Gap("template", _("A template is copied; it is never shown to people itself."))
    if not event.title.get("pl", "").strip():
        yield Gap("title", _("The title in Polish is missing."))
    if not event.sessions.filter(is_cancelled=False).exists():
        yield Gap("session", _("The date is missing."))
    # Where nobody registers, no data is collected.
    if event.policy.required and current_notice(event.unit, kind=event.kind, at=at) is None:
        yield Gap("information_notice", _("There is no information notice to show to people."))


def _overridable(event: Event, at: datetime) -> Iterator[Gap]:
    by = roles_that(May.OVERRIDE)
    if event.mode in _PLACES and event.venue is None:
        yield Gap("venue", _("The place is missing."), overridable_by=by)
    features = merged_accessibility(event.venue.accessibility if event.venue else {}, event.accessibility)
    if set(features.values()) == {Accessibility.UNKNOWN}:
        yield Gap("accessibility", _("Nothing is said about accessibility."), overridable_by=by)
    if not any((event.contact_email, event.contact_phone, event.unit.contact_email, event.unit.contact_phone)):
        sentence = _("There is no contact for questions: neither the event nor its unit has one.")
        yield Gap("contact", sentence, overridable_by=by)
    yield from _short_notice(event, at)


def _short_notice(event: Event, at: datetime) -> Iterator[Gap]:
    days = event.kind.notice_days
    if event.starts_at is None or _days_left(event.starts_at, at, event.time_zone) >= days:
        return
    sentence = ngettext(
        "This kind of meeting is announced at least %(days)s day before.",
        "This kind of meeting is announced at least %(days)s days before.",
        days,
    )
    words = sentence % {"days": days} if days else _("The date is in the past.")
    yield Gap(NOTICE_PERIOD, words, overridable_by=roles_that(May.OVERRIDE))


def _warnings(event: Event) -> Iterator[Gap]:
    days = _consultation_days(event.stage)
    if days is not None and days < CONSULTATION_DAYS:
        sentence = ngettext(
            "The consultation of this stage takes %(days)s day; a draft strategy is open for opinions for %(least)s days"
            " at least (%(law)s).",
            "The consultation of this stage takes %(days)s days; a draft strategy is open for opinions for %(least)s days"
            " at least (%(law)s).",
            days,
        )
        words = sentence % {"days": days, "least": CONSULTATION_DAYS, "law": CONSULTATION_LAW}
        yield Gap("consultation_short", words, is_warning=True, legal_basis=CONSULTATION_LAW)
    for conflict in conflicts_of(event):
        yield Gap(f"{conflict.kind.value}{CONFLICT}", conflict.message, is_warning=True)


def _consultation_days(stage: Stage | None) -> int | None:
    """The days for opinions, the day of the announcement not counted; None where the stage consults nothing."""
    if stage is None or stage.consultation_starts_on is None or stage.consultation_ends_on is None:
        return None
    return (stage.consultation_ends_on - stage.consultation_starts_on).days


def _days_left(starts_at: datetime, at: datetime, time_zone: str) -> int:
    zone = ZoneInfo(time_zone)
    return (starts_at.astimezone(zone).date() - at.astimezone(zone).date()).days
