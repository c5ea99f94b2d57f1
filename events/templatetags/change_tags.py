"""What happened to an event, in plain words for those who organise it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from events.enums import AccessibilityFeature, AgeRule, EventChangeKind, EventMode, EventRoleKind, EventStatus
from events.models import Event, EventChange, Session, in_language
from events.templatetags.event_tags import when_text
from events.templatetags.programme_tags import languages_of
from events.templatetags.reminder_tags import reminder_of, reminder_words

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
    "audiences": gettext_lazy("for whom it is meant"),
    "organizations": gettext_lazy("invited organizations"),
    "registration.categories": gettext_lazy("groups of participants"),
    "registration.opens_at": gettext_lazy("when registration opens"),
    "registration.closes_at": gettext_lazy("when registration closes"),
}
_FLAGS: Final[Mapping[str, tuple[str | Promise, str | Promise]]] = {
    "is_streamed": (gettext_lazy("It is streamed."), gettext_lazy("It is no longer streamed.")),
    "is_recorded": (gettext_lazy("It is recorded."), gettext_lazy("It is no longer recorded.")),
    "is_template": (gettext_lazy("It is a template."), gettext_lazy("It is no longer a template.")),
}
# What was added, what was taken out, and what to say when neither was.
_LISTS: Final[Mapping[str, tuple[str | Promise, str | Promise, str | Promise]]] = {
    "agenda": (
        gettext_lazy("New in the agenda: %(what)s."),
        gettext_lazy("No longer in the agenda: %(what)s."),
        gettext_lazy("The agenda is different: its order, times, people or descriptions."),
    ),
    "roles": (
        gettext_lazy("New people: %(what)s."),
        gettext_lazy("No longer there: %(what)s."),
        gettext_lazy("The people of the meeting are different."),
    ),
    "questions": (
        gettext_lazy("New questions to participants: %(what)s."),
        gettext_lazy("Questions that are no longer asked: %(what)s."),
        gettext_lazy("The questions to participants are different: their order, choices or purposes."),
    ),
    "attachments": (
        gettext_lazy("New files: %(what)s."),
        gettext_lazy("Files that were taken away: %(what)s."),
        gettext_lazy("The files stand in another order."),
    ),
    "reminders": (
        gettext_lazy("New reminders: %(what)s."),
        gettext_lazy("No longer sent: %(what)s."),
        gettext_lazy("The reminders stand in another order."),
    ),
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
    match change.kind:
        case EventChangeKind.ROOM_SHARED:
            return [_shared_room(after, zone)]
        case EventChangeKind.FEATURE_LOST:
            return [_lost_features(before)]
        case EventChangeKind.NEED_ALERT:
            return [*_wheelchairs(after)]
        case EventChangeKind.LEGAL_HOLD:
            return [_("The data are held.") if after.get("legal_hold") else _("The data are not held any more.")]
        case EventChangeKind.PUBLISHED | EventChangeKind.NEW_DATE:
            return [*_announced(before, after, zone)]
        case _:
            return [
                *_times(_when(before, zone), _when(after, zone)),
                *_places(before, after),
                *_seats(before, after),
                *_programme(before, after),
                *_lists(before, after),
                *_invitations(after),
                *_absent(after),
                *_words(before, after),
            ]


# What stands in a row of its own kind


def _announced(before: _Facts, after: _Facts, zone: str) -> Iterator[str]:
    if before.get("status") == EventStatus.IN_REVIEW:
        yield _("Approved after a review.")
    yield from _times(_all_dates(before, zone), _all_dates(after, zone))
    if after.get("passed_over"):
        missing = ", ".join(str(_GAPS.get(code, code)) for code in after["passed_over"])
        yield _("Published although this was missing: %(missing)s.") % {"missing": missing}


def _all_dates(facts: _Facts, zone: str) -> str:
    return "; ".join(_when(session, zone) for session in facts.get("sessions", ()))


def _shared_room(after: _Facts, zone: str) -> str:
    meetings = "; ".join(_meeting(other, zone) for other in after.get("with", ()))
    return _("The room %(room)s is shared with: %(meetings)s.") % {"room": after.get("room"), "meetings": meetings}


def _meeting(other: _Facts, zone: str) -> str:
    title = other.get("title")
    name = f"“{in_language(title)}”" if title else _("a meeting of another unit")
    return f"{name} ({_when(other, zone)})"


def _lost_features(before: _Facts) -> str:
    known = AccessibilityFeature.values
    features = [str(AccessibilityFeature(code).label) for code in before.get("features", ()) if code in known]
    return _("No longer there: %(features)s.") % {"features": ", ".join(features)}


def _wheelchairs(after: _Facts) -> Iterator[str]:
    if "wheelchairs_needed" in after:
        numbers = {"needed": after["wheelchairs_needed"], "places": after.get("wheelchair_places")}
        yield _("Wheelchair places: %(needed)s asked for, %(places)s there.") % numbers


def _absent(after: _Facts) -> Iterator[str]:
    if (count := after.get("no_show")) is not None:
        yield ngettext("%(count)s person did not come.", "%(count)s people did not come.", count) % {"count": count}


# What an edit changes


def _times(was: str, now: str) -> Iterator[str]:
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
    if "reserved" in after:
        kept = {"before": before.get("reserved") or 0, "after": after["reserved"]}
        yield _("Seats kept for invited people: %(before)s → %(after)s.") % kept
    if "capacity" not in after:
        return
    numbers = {"before": _number(before.get("capacity")), "after": _number(after["capacity"])}
    if "category" in after:
        yield _("Seats of a group of participants: %(before)s → %(after)s.") % numbers
    else:
        yield _("Seats: %(before)s → %(after)s.") % numbers
    if count := after.get("overbooked"):
        sentence = ngettext("Accepted as overbooked by %(count)s.", "Accepted as overbooked by %(count)s.", count)
        yield sentence % {"count": count}
    if count := after.get("released"):
        sentence = ngettext("%(count)s seat is open to everybody.", "%(count)s seats are open to everybody.", count)
        yield sentence % {"count": count}


def _number(value: object) -> str:
    return pgettext("number of seats", "no limit") if value is None else str(value)


def _programme(before: _Facts, after: _Facts) -> Iterator[str]:
    for name, (becomes, ceases) in _FLAGS.items():
        if name in after:
            yield str(becomes if after[name] else ceases)
    if "languages" in after:
        languages = {"before": _languages(before.get("languages")), "after": _languages(after["languages"])}
        yield _("Languages of the meeting: %(before)s → %(after)s.") % languages
    if "age_rule" in after:
        rules = {"before": _age_rule(before.get("age_rule")), "after": _age_rule(after["age_rule"])}
        yield _("By age: %(before)s → %(after)s.") % rules
    if "age_limit" in after:
        limits = {"before": before.get("age_limit") or "—", "after": after["age_limit"] or "—"}
        yield _("A guardian's statement is asked for below this age: %(before)s → %(after)s.") % limits
    if "people_limit" in after:
        limits = {"before": _stated(before.get("people_limit")), "after": _stated(after["people_limit"])}
        yield _("People who may be inside at once: %(before)s → %(after)s.") % limits
    if "staff_count" in after:
        staff = {"before": before.get("staff_count") or 0, "after": after["staff_count"]}
        yield _("Staff in the room: %(before)s → %(after)s.") % staff
    if "join_opens_minutes" in after:
        minutes = {"before": before.get("join_opens_minutes"), "after": after["join_opens_minutes"]}
        yield _("Minutes before the start when the link opens: %(before)s → %(after)s.") % minutes


def _stated(value: object) -> str:
    return "—" if value is None else str(value)


def _languages(codes: Sequence[str] | None) -> str:
    return languages_of(Event(languages=list(codes or ())))


def _age_rule(value: object) -> str:
    return str(AgeRule(value).label) if value in AgeRule.values else "—"


def _lists(before: _Facts, after: _Facts) -> Iterator[str]:
    """What was put into a list and taken out of it; where nothing was, only that something in it is different."""
    for name, (added, taken_out, otherwise) in _LISTS.items():
        if name not in after:
            continue
        was, now = (Counter(_as_items(name, listed)) for listed in (before.get(name), after[name]))
        new, gone = _items(name, now - was), _items(name, was - now)
        if new:
            yield str(added) % {"what": new}
        if gone:
            yield str(taken_out) % {"what": gone}
        if not (new or gone):
            yield str(otherwise)


def _as_items(name: str, listed: Sequence[Any] | None) -> list[str]:
    """What stands in the list; a reminder as it is said, because its facts are several."""
    return [reminder_words(reminder_of(item)) if name == "reminders" else item for item in listed or ()]


def _items(name: str, counted: Counter[str]) -> str:
    between = "; " if name == "reminders" else ", "
    return between.join(_item(name, item) + (f" ({number})" if number > 1 else "") for item, number in counted.items())


def _item(name: str, item: str) -> str:
    if name == "roles":
        return str(EventRoleKind(item).label) if item in EventRoleKind.values else item
    return item if name in {"attachments", "reminders"} else f"“{item}”"


def _invitations(after: _Facts) -> Iterator[str]:
    if count := after.get("invited"):
        yield ngettext("%(count)s person was invited.", "%(count)s people were invited.", count) % {"count": count}
    if count := after.get("invitations_sent"):
        sentence = ngettext("%(count)s invitation was sent.", "%(count)s invitations were sent.", count)
        yield sentence % {"count": count}
    if after.get("invitations_changed"):
        yield _("An invitation was changed.")
    if after.get("invitations_revoked"):
        yield _("An invitation was taken back.")


def _words(before: _Facts, after: _Facts) -> Iterator[str]:
    if isinstance(after.get("title"), dict):
        titles = {"before": in_language(before.get("title") or {}), "after": in_language(after["title"])}
        yield _("Title: “%(before)s” → “%(after)s”.") % titles
    changed = [name for name in after if name in _NAMES or name.startswith("registration.")]
    # Each rule is one line of the sheet, but to a reader they are one thing.
    words = dict.fromkeys(str(_NAMES.get(name, _REGISTRATION)) for name in changed if name != "title")
    if words:
        yield _("Changed: %(what)s.") % {"what": ", ".join(words)}
