"""When and whom a meeting is called to mind, in words."""

from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.enums import ReminderAudience, ReminderChannel
from events.models import ReminderRule

register = template.Library()

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


@register.filter
def reminder_words(rule: ReminderRule) -> str:
    """A rule as one phrase: "1 day before at 17:00 · E-mail · People who have a seat"."""
    if rule.minutes_after is not None:
        moment = _after(rule.minutes_after)
    elif rule.minutes_before is not None:
        moment = _before(rule.minutes_before)
    else:
        assert rule.days_before is not None
        assert rule.at_time is not None
        moment = _days_before(rule.days_before, rule.at_time)
    words = (moment, ReminderChannel(rule.channel).label, ReminderAudience(rule.audience).label)
    return " · ".join(str(word) for word in words)


def reminder_of(said: Mapping[str, Any]) -> ReminderRule:
    """A rule, not kept, from its JSON as in the contract."""
    before, after = said.get("before", {}), said.get("after", {})
    return ReminderRule(
        channel=said["channel"],
        audience=said.get("audience", ReminderAudience.CONFIRMED),
        days_before=before.get("days"),
        at_time=time.fromisoformat(before["at"]) if "at" in before else None,
        minutes_before=before.get("minutes"),
        minutes_after=after.get("minutes"),
    )


def _days_before(days: int, at: time) -> str:
    if days == 0:
        return _("On the day at %(time)s") % {"time": f"{at:%H:%M}"}
    phrase = ngettext("%(count)s day before at %(time)s", "%(count)s days before at %(time)s", days)
    return phrase % {"count": days, "time": f"{at:%H:%M}"}


def _before(minutes: int) -> str:
    count, unit = _whole(minutes)
    if unit == _DAY:
        phrase = ngettext("%(count)s day before the start", "%(count)s days before the start", count)
    elif unit == _HOUR:
        phrase = ngettext("%(count)s hour before the start", "%(count)s hours before the start", count)
    else:
        phrase = ngettext("%(count)s minute before the start", "%(count)s minutes before the start", count)
    return phrase % {"count": count}


def _after(minutes: int) -> str:
    count, unit = _whole(minutes)
    if unit == _DAY:
        phrase = ngettext("%(count)s day after the end", "%(count)s days after the end", count)
    elif unit == _HOUR:
        phrase = ngettext("%(count)s hour after the end", "%(count)s hours after the end", count)
    else:
        phrase = ngettext("%(count)s minute after the end", "%(count)s minutes after the end", count)
    return phrase % {"count": count}


def _whole(minutes: int) -> tuple[int, int]:
    """The same in the largest unit that it is whole in."""
    unit = next(unit for unit in (_DAY, _HOUR, 1) if (minutes % unit == 0 and minutes >= unit) or unit == 1)
    return minutes // unit, unit
