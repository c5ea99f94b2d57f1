"""Dates, places and figures of events in the words of the page's language."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext

from events.enums import Accessibility, AccessibilityFeature, EventStatus, Qualifier
from events.models import Event, RecordedFigure, SeatPool, Session, Translated, in_language, merged_accessibility
from events.queries.registration_windows import RegistrationWindow, registration_window

register = template.Library()

POLISH: Final = "pl"


@register.filter
def plain(text: Translated) -> str:
    """A translated text as it is, for titles and attributes."""
    return in_language(text)


@register.filter
def say(text: Translated) -> SafeString:
    """A translated text, marked as Polish where the page's language has no words of its own (WCAG 3.1.2)."""
    language = (get_language() or POLISH)[:2]
    if language == POLISH or text.get(language):
        return format_html("{}", in_language(text))
    return polish(text.get(POLISH, ""))


@register.filter
def polish(text: str) -> SafeString:
    """A text that only exists in Polish, marked so on pages in another language."""
    if (get_language() or POLISH)[:2] == POLISH or not text:
        return format_html("{}", text)
    return format_html('<span lang="pl">{}</span>', text)


def day_text(moment: datetime, zone: str) -> str:
    """The day with its weekday: "Thursday, 7 January 2027"."""
    # Translators: how a day is written, in the letters of Django's date filter; Polish needs E for the month's case.
    return in_sentence(dateformat.format(_local(moment, zone), pgettext("format of a day", "l, j F Y")))


def in_sentence(text: str) -> str:
    """Names of days and months as they stand inside a sentence: small, except in English."""
    return text if get_language() == "en" else text.lower()


@register.filter
def day_of_date(value: date) -> str:
    """A day with its weekday, first letter large."""
    return capfirst(in_sentence(dateformat.format(value, pgettext("format of a day", "l, j F Y"))))


@register.filter
def date_alone(value: date) -> str:
    """A day without its weekday: "7 January 2027"."""
    return in_sentence(dateformat.format(value, pgettext("format of a date", "j F Y")))


@register.filter
def month_of_date(value: date) -> str:
    """A month as a heading: "January 2027"; Polish and Ukrainian name it in the nominative here."""
    return capfirst(dateformat.format(value, "F Y"))


@register.filter
def month_name(value: datetime) -> str:
    """The month of a moment as a heading, on the city's clock."""
    return month_of_date(_local(value, settings.TIME_ZONE).date())


def clock_text(moment: datetime, zone: str) -> str:
    """The time on the wall: "17:00"."""
    return dateformat.format(_local(moment, zone), "H:i")


def moment_text(moment: datetime, zone: str) -> str:
    """Day and time: "Thursday, 7 January 2027, 17:00"."""
    return f"{day_text(moment, zone)}, {clock_text(moment, zone)}"


def when_text(session: Session, zone: str) -> str:
    """When a session takes place, in one phrase; an end on the same day is only a time."""
    first, last = _local(session.starts_at, zone), _local(session.ends_at, zone)
    if session.all_day:
        last -= timedelta(days=1)
        if first.date() >= last.date():
            return gettext("%(day)s (time not stated)") % {"day": day_text(first, zone)}
        days = {"first": day_text(first, zone), "last": day_text(last, zone)}
        return gettext("%(first)s – %(last)s (times not stated)") % days
    if first.date() == last.date():
        return f"{day_text(first, zone)}, {clock_text(first, zone)}–{clock_text(last, zone)}"
    return f"{moment_text(first, zone)} – {moment_text(last, zone)}"


@register.simple_tag
def when(session: Session, zone: str) -> SafeString:
    """When a session takes place, readable for people and programs."""
    machine = _local(session.starts_at, zone)
    value = machine.date().isoformat() if session.all_day else machine.isoformat()
    text = capfirst(when_text(session, zone))
    if zone == settings.TIME_ZONE:
        return format_html('<time datetime="{}">{}</time>', value, text)
    note = gettext("(time zone %(zone)s)") % {"zone": zone}
    return format_html('<time datetime="{}">{} {}</time>', value, text, note)


@register.simple_tag
def moment(value: datetime, zone: str = settings.TIME_ZONE) -> SafeString:
    """A moment with day and time, readable for people and programs."""
    return format_html('<time datetime="{}">{}</time>', _local(value, zone).isoformat(), moment_text(value, zone))


@register.simple_tag
def day(value: datetime, zone: str = settings.TIME_ZONE) -> SafeString:
    """A day with its weekday, readable for people and programs."""
    return format_html('<time datetime="{}">{}</time>', _local(value, zone).date().isoformat(), day_text(value, zone))


@register.simple_tag
def clock(value: datetime, zone: str = settings.TIME_ZONE) -> str:
    """The time on the wall."""
    return clock_text(value, zone)


@register.simple_tag
def time_on_day(session: Session, on: date) -> str:
    """When a session begins or, on the days that follow, when it ends."""
    zone = session.event.time_zone
    if session.all_day:
        return gettext("time not stated")
    if _local(session.starts_at, zone).date() == on:
        return clock_text(session.starts_at, zone)
    if _local(session.ends_at, zone).date() == on:
        return gettext("until %(time)s") % {"time": clock_text(session.ends_at, zone)}
    return gettext("all day")


@register.inclusion_tag("components/leaf.html")
def leaf(value: datetime, zone: str) -> dict[str, str]:
    """A day as on a tear-off calendar."""
    local = _local(value, zone)
    return {
        "weekday": dateformat.format(local, "D"),
        "day": dateformat.format(local, "j"),
        "month": dateformat.format(local, "M"),
        "year": dateformat.format(local, "Y"),
        "iso": local.date().isoformat(),
    }


def _local(value: datetime, zone: str) -> datetime:
    return value.astimezone(ZoneInfo(zone))


@register.simple_tag
def shown_session(event: Event, at: datetime) -> Session | None:
    """The session a list shows: the next one that is not over, else the last one; needs prefetched sessions."""
    sessions = [session for session in event.sessions.all() if not session.is_cancelled]
    coming = (session for session in sessions if session.ends_at > at)
    return next(coming, sessions[-1] if sessions else None)


@register.filter
def more_dates(event: Event) -> str:
    """How many further dates an event has besides the one shown; empty for one."""
    others = len([session for session in event.sessions.all() if not session.is_cancelled]) - 1
    if others < 1:
        return ""
    return npgettext("event list", "and %(count)s more date", "and %(count)s more dates", others) % {"count": others}


@register.simple_tag
def window(event: Event, at: datetime) -> RegistrationWindow:
    """Whether one can sign up for the event now; needs policy, sessions and pools at hand."""
    return registration_window(event, at=at)


@register.simple_tag
def seats_left(window: RegistrationWindow) -> str:
    """How many seats are left while registration is open; the form's door where there is no limit."""
    free = window.pool.free if window.pool is not None else None
    if free is None:
        return gettext("Registration open")
    left = ngettext("%(count)s seat left", "%(count)s seats left", free) % {"count": grouped(free)}
    return gettext("%(seats_left)s, not for every group") % {"seats_left": left} if window.lacks_a_group else left


@register.simple_tag
def group_seats(pool: SeatPool, window: RegistrationWindow) -> str:
    """How many seats a group may still have: never more than the event has."""
    whole = window.pool.free if window.pool is not None else None
    if pool.free is None:
        return gettext("no limit") if whole is None else gettext("from the common seats")
    return grouped(pool.free if whole is None else min(pool.free, whole))


@register.filter
def is_off(event: Event) -> bool:
    """Whether the event does not take place as announced."""
    return event.status in {EventStatus.CANCELLED, EventStatus.POSTPONED}


@register.filter
def accessibility_rows(event: Event) -> list[tuple[str, str, str]]:
    """Every feature with its value in words and the value itself; what nobody stated is "not known"."""
    venue = event.venue.accessibility if event.venue is not None else {}
    merged = merged_accessibility(venue, event.accessibility)
    return [
        (str(AccessibilityFeature(name).label), str(Accessibility(value).label), value)
        for name, value in merged.items()
        if name in AccessibilityFeature.values and value in Accessibility.values
    ]


@register.filter
def stated(figure: RecordedFigure | None) -> str:
    """A figure with its qualifier: "nearly 15 000"; what a source does not state is never 0."""
    if figure is None or figure.value is None:
        return pgettext("figure", "not stated")
    number = grouped(figure.value)
    if figure.qualifier in {"", Qualifier.EXACT}:
        return number
    if figure.qualifier == Qualifier.DOZEN_OR_SO:
        return str(Qualifier.DOZEN_OR_SO.label)
    return f"{Qualifier(figure.qualifier).label} {number}"


@register.filter
def grouped(number: int) -> str:
    """A number with a narrow no-break space between thousands, as Polish, Ukrainian and ISO 31-0 write it."""
    return f"{number:,}".replace(",", "\u202f")
