"""What programs may ask lists of events: the filters of feeds and pages, and what only programs want."""

from datetime import datetime
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from rest_framework import serializers

from events.api.fields import WallClockField
from events.api.pagination import Pages
from events.enums import PUBLIC_STATUSES, EventStatus
from events.errors import UnknownFilterValue
from events.queries.events import EventFilter
from events.queries.filters import FILTERS, LONGEST_NAME, canonical_values, filter_labels, no_such_filter

ORDERINGS: Final = ("starts_at", "-starts_at", "published_at", "-published_at")
LONGEST_QUERY: Final = 200
PAGING: Final = ("page", Pages.page_size_query_param)


class MomentField(WallClockField):
    """A moment to narrow a list by; here a day alone will do and means its first moment."""

    def to_internal_value(self, value: Any) -> datetime:
        """Read a day or an instant, on the city's clock."""
        try:
            is_day = isinstance(value, str) and parse_date(value) is not None
        except ValueError:
            is_day = False
        moment = super().to_internal_value(f"{value}T00:00" if is_day else value)
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


class OnlyKnown(serializers.Serializer[Any]):
    """What a list is narrowed by; a name that nobody reads is refused, because it would narrow nothing."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse the names that are not read."""
        known = [*self.fields, *PAGING]
        errors = {name: [no_such_filter(name, known)] for name in self.initial_data if name not in known}
        if errors:
            raise serializers.ValidationError(errors)
        return attrs

    @classmethod
    def said_in(cls, query: QueryDict) -> dict[str, object]:
        """A query string as this reads it: lists where values may be repeated, nothing where nothing is said."""
        fields = cls().fields
        return {
            name: query.getlist(name) if isinstance(fields.get(name), serializers.MultipleChoiceField) else value
            for name, value in query.items()
            if value
        }


class ManagedEventQuery(serializers.Serializer[Any]):
    """Filters of a list of events: OR within one, AND across them; each of the first eight may be repeated."""

    kind = serializers.ListField(child=serializers.CharField(), required=False)
    topic = serializers.ListField(child=serializers.CharField(), required=False)
    process = serializers.ListField(child=serializers.CharField(), required=False)
    stage = serializers.ListField(child=serializers.CharField(), required=False)
    district = serializers.ListField(child=serializers.CharField(), required=False)
    venue = serializers.ListField(child=serializers.CharField(), required=False)
    unit = serializers.ListField(child=serializers.CharField(), required=False)
    mode = serializers.ListField(child=serializers.CharField(), required=False)
    status = serializers.ListField(child=serializers.ChoiceField(choices=EventStatus.choices), required=False)
    q = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_QUERY)
    starts_after = MomentField(required=False)
    starts_before = MomentField(required=False)
    open = serializers.BooleanField(required=False, help_text="Whether a seat or a place in the queue may be had now.")

    def filters(self) -> EventFilter:
        """The same as the lists want it."""
        said = {name: value for name, value in self.validated_data.items() if name != "ordering"}
        if "status" in said:
            said["status"] = tuple(said["status"])
        return EventFilter(**{**said, **canonical_values(said)})

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A value that names nothing is refused at its own filter: an empty list would look as if nothing happened."""
        known = [*self.fields, *PAGING]
        errors = {name: [no_such_filter(name, known)] for name in self.initial_data if name not in known}
        for name, values in canonical_values(attrs).items():
            try:
                filter_labels(EventFilter(**{name: values}), "pl")  # type: ignore[arg-type]  # one of the eight
            except UnknownFilterValue:
                errors[name] = [
                    _("There is nothing by the name “%(value)s”.") % {"value": ", ".join(values)[:LONGEST_NAME]}
                ]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class EventQuery(ManagedEventQuery):
    """The same for the public, which sees announced events only."""

    status = serializers.ListField(
        child=serializers.ChoiceField(choices=[status.value for status in PUBLIC_STATUSES]), required=False
    )
    ordering = serializers.ChoiceField(choices=ORDERINGS, required=False)


def said_in(query: QueryDict) -> dict[str, object]:
    """A query string as the serializers read it: lists where values may be repeated, nothing where nothing is said."""
    repeated: dict[str, object] = {
        name: query.getlist(name) for name in (*FILTERS, "status") if any(query.getlist(name))
    }
    single: dict[str, object] = {name: value for name, value in query.items() if value and name not in repeated}
    return single | repeated
