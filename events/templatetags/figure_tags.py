"""The figures that sources give for processes: their names, and a chart of those that have a number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events.models import RecordedActivity, RecordedFigure
from events.queries.processes import ActivityFacts, ProcessFacts

register = template.Library()

# The two figures that every activity is expected to have; the rest stands as the source names it.
PARTICIPANTS: Final = "participants"
MEETINGS: Final = "event_count"
LONGEST_BAR: Final = 1000

FIGURE_NAMES: Final[Mapping[str, str | Promise]] = {
    "total_participants": _("People who took part, as the city estimates"),
    "experts_involved": _("Experts involved"),
    "participants": _("Participants"),
    "participants_total": _("Participants of the stage"),
    "event_count": _("Meetings"),
    "written_replies": _("Written replies"),
    "remarks_submitted": _("Remarks submitted"),
    "remarks_submitted_correctly": _("Remarks submitted correctly"),
    "submitters": _("People and organisations who submitted remarks"),
    "remarks_accepted": _("Remarks accepted"),
    "remarks_partially_accepted": _("Remarks accepted in part"),
    "remarks_rejected": _("Remarks rejected"),
    "opinions": _("Opinions"),
    "entities": _("Institutions"),
    "days_count": _("Days"),
    "topic_count": _("Topics"),
    "speakers_count": _("Speakers"),
    "working_group_count": _("Working groups"),
    "working_group_people": _("People in the working groups"),
    "working_group_applications": _("Applications for the working groups"),
    "workshops": _("Workshops"),
    "conferences": _("Conferences"),
    "final_report_pages": _("Pages of the report"),
}


@register.filter
def figure_name(figure: RecordedFigure) -> str:
    """What a figure counts; a name that a later data set brings is shown as it is."""
    return str(FIGURE_NAMES.get(figure.name, capfirst(figure.name.replace("_", " "))))


@register.filter
def activity_title(activity: RecordedActivity) -> str:
    """An activity as its source words it, first letter large."""
    return capfirst(activity.form_text)


@register.filter
def meetings(facts: ActivityFacts) -> RecordedFigure | None:
    """How many meetings an activity had; null where the source has no such figure."""
    return _named(facts, MEETINGS)


@register.filter
def participants(facts: ActivityFacts) -> RecordedFigure | None:
    """How many people took part; null where the source has no such figure."""
    return _named(facts, PARTICIPANTS)


@register.filter
def other_figures(facts: ActivityFacts) -> list[RecordedFigure]:
    """Whatever else the source counts."""
    return [figure for figure in facts.figures if figure.name not in {MEETINGS, PARTICIPANTS}]


@dataclass(frozen=True)
class Bar:
    """A bar of the chart and how long it is of `LONGEST_BAR`."""

    activity: RecordedActivity
    figure: RecordedFigure
    length: int


@dataclass(frozen=True)
class Chart:
    """The activities whose participants are stated, in the order of the process, and how many are not."""

    bars: list[Bar]
    without_number: int


@register.simple_tag
def participants_chart(facts: ProcessFacts) -> Chart:
    """Participants by form of activity."""
    activities = list(_all_activities(facts))
    counted = [
        (activity.activity, figure, figure.value)
        for activity in activities
        if (figure := _named(activity, PARTICIPANTS)) is not None and figure.value is not None
    ]
    longest = max((value for _activity, _figure, value in counted), default=0) or 1
    bars = [Bar(activity, figure, LONGEST_BAR * value // longest) for activity, figure, value in counted]
    return Chart(bars, len(activities) - len(bars))


def _all_activities(facts: ProcessFacts) -> Iterator[ActivityFacts]:
    for stage in facts.stages:
        yield from stage.activities
    yield from facts.activities


def _named(facts: ActivityFacts, name: str) -> RecordedFigure | None:
    return next((figure for figure in facts.figures if figure.name == name), None)
