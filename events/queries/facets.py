"""What the public list can be filtered by: only what leads to at least one listed event."""

from dataclasses import dataclass

from django.utils.translation import gettext

from events.enums import EventMode
from events.models import District, EventKind, ParticipationProcess, Topic
from events.permissions import listed_events


@dataclass(frozen=True)
class Choice:
    """One value of a filter and its name."""

    value: str
    label: str


@dataclass(frozen=True)
class Facet:
    """One filter with its name and its values in the order people expect."""

    name: str
    label: str
    choices: list[Choice]


def facets() -> list[Facet]:
    """The filters of the public list, each with one query."""
    listed = listed_events()
    kinds = EventKind.objects.filter(events__in=listed).distinct().order_by("position", "code")
    topics = Topic.objects.filter(events__in=listed).distinct().order_by("process", "position", "slug")
    processes = ParticipationProcess.objects.filter(events__in=listed).distinct().order_by("slug")
    districts = District.objects.filter(events__in=listed).distinct().order_by("name")
    found = [
        Facet("kind", gettext("Kind of meeting"), [Choice(kind.code, str(kind)) for kind in kinds]),
        Facet("topic", gettext("Topic"), [Choice(topic.slug, str(topic)) for topic in topics]),
        Facet("process", gettext("Process"), [Choice(process.slug, str(process)) for process in processes]),
        Facet("district", gettext("District"), [Choice(district.slug, str(district)) for district in districts]),
        Facet("mode", gettext("How to take part"), [Choice(mode.value, str(mode.label)) for mode in EventMode]),
    ]
    return [facet for facet in found if facet.choices]
