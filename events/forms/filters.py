"""What somebody asks of the public list: filters, words, a month; read from an address that anybody may have typed."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.core.exceptions import BadRequest
from django.http import Http404, QueryDict
from django.utils.http import urlencode

from events.errors import TooManyFilterValues
from events.queries.events import EventFilter
from events.queries.filters import FILTERS, canonical_values

LONGEST_QUERY: Final = 200
_NUMBER: Final = re.compile(r"[0-9]{1,6}")
_MONTH: Final = re.compile(r"(20[0-9]{2}|19[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class ListWish:
    """One request to the public list, readable and bounded."""

    values: dict[str, tuple[str, ...]]
    q: str
    is_past: bool
    open_only: bool
    month: date | None

    def filters(self) -> EventFilter:
        """The wish as the lists take it."""
        return EventFilter(
            kind=self.values["kind"],
            topic=self.values["topic"],
            process=self.values["process"],
            stage=self.values["stage"],
            district=self.values["district"],
            venue=self.values["venue"],
            unit=self.values["unit"],
            mode=self.values["mode"],
            q=self.q,
            open=True if self.open_only else None,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.q or self.open_only or any(self.values.values()))

    @property
    def unshown(self) -> list[tuple[str, str]]:
        """Filters that come by a link and have no boxes of their own; the form hands them on."""
        return [(name, value) for name in ("stage", "venue", "unit") for value in self.values[name]]

    @property
    def chosen_count(self) -> int:
        """How many filter values are chosen."""
        return sum(len(values) for values in self.values.values()) + self.open_only

    @property
    def feed_query(self) -> str:
        """The same filters as a feed's query: `kind=workshop&topic=zielen`."""
        return urlencode([(name, value) for name in FILTERS for value in self.values[name]])


def read_wish(query: QueryDict) -> ListWish:
    """Read the address; a month that cannot exist is 404, more values than anybody ticks are refused."""
    try:
        values = canonical_values(dict(query.lists()))
    except TooManyFilterValues as error:
        raise BadRequest from error
    return ListWish(
        values=values,
        q=query.get("q", "").strip()[:LONGEST_QUERY],
        is_past=query.get("when") == "past",
        open_only=query.get("open") == "1",
        month=_month(query.get("month", "")),
    )


def page_number(query: QueryDict) -> int:
    """The page asked for, from 1; anything but a number of sensible length is 404."""
    text = query.get("page") or "1"
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise Http404
    return int(text)


def _month(text: str) -> date | None:
    if not text:
        return None
    found = _MONTH.fullmatch(text)
    if found is None:
        raise Http404
    return date(int(found[1]), int(found[2]), 1)
