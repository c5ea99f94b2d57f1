"""Figures of attendance as bars: each with its word and its number, so that nobody needs the picture."""

from dataclasses import dataclass
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registrations.enums import Attendance
from registrations.queries.lists import ReportFigures

register = template.Library()

# The whole length of a bar in the picture's own units.
_WHOLE: Final = 1000


@dataclass(frozen=True)
class Bar:
    """So many people of this kind; `length` is in thousandths of the longest bar."""

    label: str | Promise
    number: int
    length: int


@register.simple_tag
def attendance_bars(figures: ReportFigures) -> list[Bar]:
    """What there is to see after a meeting; a headcount only where somebody counted."""
    numbers: list[tuple[str | Promise, int | None]] = [
        (_("With a seat"), figures.confirmed),
        (Attendance.PRESENT.label, figures.present),
        (Attendance.NO_SHOW.label, figures.no_show),
        (Attendance.EXCUSED.label, figures.excused),
        (_("Registered at the door"), figures.walk_ins),
        (pgettext_lazy("headcount", "Counted without names"), figures.headcount),
    ]
    known = [(label, number) for label, number in numbers if number is not None]
    longest = max(number for _label, number in known) or 1
    return [Bar(label, number, _WHOLE * number // longest) for label, number in known]


@register.filter
def attendance_tone(attendance: str) -> str:
    """The colour that stands beside the word."""
    tones = {Attendance.PRESENT: "good", Attendance.NO_SHOW: "bad", Attendance.EXCUSED: "warning"}
    return tones.get(Attendance(attendance), "")
