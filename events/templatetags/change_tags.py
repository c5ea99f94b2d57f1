"""What happened to an event, in plain words for those who organise it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from events.enums import EventMode
from events.models import EventChange, Session, in_language
from events.templatetags.event_tags import when_text

register = template.Library()

_Facts = Mapping[str, Any]

# What a change row calls its columns, as people call them.
_NAMES: Final[Mapping[str, str | Promise]] = {
    "kind": gettext_lazy("kind of meeting"),
    "title": gettext_lazy("title"),
    "summary": gettext_lazy("summary"),
    "description": gettext_lazy("description"),
    "district": gettext_lazy("district"),
    "contact_email": gettext_lazy("e-mail for questions"),
    "contact_phone": gettext_lazy("phone for questions"),
    "accessibility": gettext_lazy("accessibility"),
    "visibility": gettext_lazy("who sees it"),
    "process": gettext_lazy("process"),
    "stage": gettext_lazy("stage"),
    "topics": gettext_lazy("topics"),
    "reminders": gettext_lazy("reminders"),
    "registration.categories": gettext_lazy("groups of participants"),
    "registration.opens_at": gettext_lazy("when registration opens"),
    "registration.closes_at": gettext_lazy("when registration closes"),
}
_REGISTRATION: Final = gettext_lazy("rules of registration")
_GAPS: Final[Mapping[str, str | Promise]] = {
    "venue": pgettext_lazy("missing at publication", "place"),
    "accessibility": pgettext_lazy("missing at publication", "accessibility"),
    "contact": pgettext_lazy("missing at publication", "contact"),
    "notice_period": pgettext_lazy("missing at publication", "time of notice"),
}


@register.simple_tag
def differences(change: EventChange, zone: str) -> list[str]:
    """What was and what is, one sentence each; empty where the kind of the change says it all."""
    before, after = change.before, change.after
    sentences = [*_times(before, after, zone), *_places(before, after), *_seats(before, after), *_words(before, after)]
    if after.get("passed_over"):
        missing = ", ".join(str(_GAPS.get(code, code)) for code in after["passed_over"])
        sentences.append(_("Published although this was missing: %(missing)s.") % {"missing": missing})
    return sentences


def _times(before: _Facts, after: _Facts, zone: str) -> Iterator[str]:
    was, now = _when(before, zone), _when(after, zone)
    if was and now:
        yield _("Instead of %(before)s: %(after)s.") % {"before": was, "after": now}
    elif now:
        yield _("New date: %(after)s.") % {"after": now}
    elif was:
        yield _("Taken out: %(before)s.") % {"before": was}


def _when(facts: _Facts, zone: str) -> str:
    if "starts_at" not in facts or "ends_at" not in facts:
        return ""
    starts_at, ends_at = datetime.fromisoformat(facts["starts_at"]), datetime.fromisoformat(facts["ends_at"])
    return when_text(Session(starts_at=starts_at, ends_at=ends_at, all_day=bool(facts.get("all_day"))), zone)


def _places(before: _Facts, after: _Facts) -> Iterator[str]:
    if "venue" in after:
        yield _("Place: %(before)s → %(after)s.") % {"before": _venue(before), "after": _venue(after)}
    if "room" in after:
        rooms = {"before": before.get("room") or "—", "after": after["room"] or "—"}
        yield _("Room: %(before)s → %(after)s.") % rooms
    if "mode" in after:
        modes = {"before": _mode(before.get("mode")), "after": _mode(after["mode"])}
        yield _("How people take part: %(before)s → %(after)s.") % modes
    if after.get("join_url_changed"):
        yield _("The link for taking part online has changed.")


def _venue(facts: _Facts) -> str:
    name = facts.get("name")
    return in_language(name) if isinstance(name, dict) else pgettext("place", "not stated")


def _mode(value: object) -> str:
    return str(EventMode(value).label) if value in EventMode.values else pgettext("way of taking part", "not stated")


def _seats(before: _Facts, after: _Facts) -> Iterator[str]:
    if "capacity" in after:
        numbers = {"before": _number(before.get("capacity")), "after": _number(after["capacity"])}
        yield _("Seats: %(before)s → %(after)s.") % numbers


def _number(value: object) -> str:
    return pgettext("number of seats", "no limit") if value is None else str(value)


def _words(before: _Facts, after: _Facts) -> Iterator[str]:
    if isinstance(after.get("title"), dict):
        titles = {"before": in_language(before.get("title") or {}), "after": in_language(after["title"])}
        yield _("Title: “%(before)s” → “%(after)s”.") % titles
    changed = [name for name in after if name in _NAMES or name.startswith("registration.")]
    # Each rule is one line of the sheet, but to a reader they are one thing.
    words = dict.fromkeys(str(_NAMES.get(name, _REGISTRATION)) for name in changed if name != "title")
    if words:
        yield _("Changed: %(what)s.") % {"what": ", ".join(words)}
