"""The filters that lists, feeds and the API share: which events they leave, and what their values are called."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol

from django.db.models import Q
from django.utils.translation import gettext as _

from events.enums import EventMode
from events.errors import TooManyFilterValues, UnknownFilterValue
from events.models import (
    District,
    EventKind,
    OrganizationalUnit,
    ParticipationProcess,
    Stage,
    Topic,
    Translated,
    Venue,
    in_language,
)

FILTERS: Final = ("kind", "topic", "process", "stage", "district", "venue", "unit", "mode")
MOST_VALUES: Final = 20
LONGEST_NAME: Final = 60

# Nothing else can be the name of anything, and nothing else reaches the database.
_SLUG: Final = re.compile(r"[A-Za-z0-9_-]{1,120}")
_STAGE_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")


class SharedFilters(Protocol):
    """The eight filters of CONTRACT: OR within one, AND across them; an empty one leaves everything."""

    @property
    def kind(self) -> tuple[str, ...]: ...
    @property
    def topic(self) -> tuple[str, ...]: ...
    @property
    def process(self) -> tuple[str, ...]: ...
    @property
    def stage(self) -> tuple[str, ...]: ...
    @property
    def district(self) -> tuple[str, ...]: ...
    @property
    def venue(self) -> tuple[str, ...]: ...
    @property
    def unit(self) -> tuple[str, ...]: ...
    @property
    def mode(self) -> tuple[str, ...]: ...


def canonical_values(given: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Each filter's values once and in order, so that one wish has one address; an empty value asks for nothing."""
    values = {name: tuple(sorted({value for value in given.get(name, ()) if value})) for name in FILTERS}
    if sum(map(len, values.values())) > MOST_VALUES:
        raise TooManyFilterValues
    return values


def no_such_filter(name: str, known: Iterable[str]) -> str:
    """The refusal of a filter that does not exist: left aside, it would bring more than was asked for."""
    names = {"name": name[:LONGEST_NAME], "known": ", ".join(known)}
    return _("There is no filter “%(name)s”. There are: %(known)s.") % names


def events_matching(filters: SharedFilters) -> Q:
    """The condition on events; a topic or district matches an event once, however it is found."""
    condition = Q()
    if filters.kind:
        condition &= Q(kind__code__in=filters.kind)
    if filters.topic:
        with_topic = Topic.events.through.objects.filter(topic__slug__in=filters.topic)
        condition &= Q(pk__in=with_topic.values("event_id"))
    if filters.process:
        condition &= Q(process__slug__in=filters.process)
    if filters.stage:
        condition &= Q(stage__number__in=[int(number) for number in filters.stage])
    if filters.district:
        condition &= Q(district__slug__in=filters.district)
    if filters.venue:
        condition &= Q(venue__slug__in=filters.venue)
    if filters.unit:
        condition &= Q(unit__slug__in=filters.unit)
    if filters.mode:
        condition &= Q(mode__in=filters.mode)
    return condition


def filter_labels(filters: SharedFilters, language: str) -> list[str]:
    """What the chosen values are called; raises for a value that names nothing. One query for each filter in use."""
    kinds = EventKind.objects.order_by("position", "code").values_list("code", "name")
    topics = Topic.objects.order_by("process", "position", "slug").values_list("slug", "name")
    processes = ParticipationProcess.objects.order_by("slug").values_list("slug", "title")
    districts = District.objects.order_by("name").values_list("slug", "name")
    venues = Venue.objects.order_by("slug").values_list("slug", "name")
    units = OrganizationalUnit.objects.order_by("slug").values_list("slug", "name")
    return [
        *_named(filters.kind, lambda known: kinds.filter(code__in=known), language),
        *_named(filters.topic, lambda known: topics.filter(slug__in=known), language),
        *_named(filters.process, lambda known: processes.filter(slug__in=known), language),
        *_stages(filters.stage),
        *_named(filters.district, lambda known: districts.filter(slug__in=known), language),
        *_named(filters.venue, lambda known: venues.filter(slug__in=known), language),
        *_named(filters.unit, lambda known: units.filter(slug__in=known), language),
        *_modes(filters.mode),
    ]


def _named(
    values: tuple[str, ...],
    rows: Callable[[tuple[str, ...]], Iterable[tuple[str, Translated | str]]],
    language: str,
) -> list[str]:
    if not values:
        return []
    _require(all(map(_SLUG.fullmatch, values)))
    names = dict(rows(values))
    _require(set(values) <= set(names))
    return [name if isinstance(name, str) else in_language(name, language) for name in names.values()]


def _stages(values: tuple[str, ...]) -> list[str]:
    if not values:
        return []
    _require(all(map(_STAGE_NUMBER.fullmatch, values)))
    numbers = {int(value) for value in values}
    found = set(Stage.objects.filter(number__in=numbers).values_list("number", flat=True))
    _require(numbers == found)
    return [_("stage %(number)s") % {"number": number} for number in sorted(numbers)]


def _modes(values: tuple[str, ...]) -> list[str]:
    _require(set(values) <= set(EventMode.values))
    return [str(EventMode(value).label) for value in values]


def _require(is_known: bool) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not is_known:
        raise UnknownFilterValue
