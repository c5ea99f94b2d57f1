"""The words that events are described with: kinds, topics, districts, places and units."""

from typing import Any

from django.db.models import QuerySet

from events.api.public import PublicList
from events.api.shapes import CategoryShape, DistrictShape, KindShape, TopicShape, UnitShape, VenueShape
from events.queries import reference


class ReferenceList(PublicList):
    """Rows that change seldom."""

    max_age = 300


class KindList(ReferenceList):
    """Kinds of meetings, with what is usual for them."""

    serializer_class = KindShape

    def get_queryset(self) -> QuerySet[Any]:
        """In the order of the city."""
        return reference.event_kinds()


class TopicList(ReferenceList):
    """Topics, in the order of their process."""

    serializer_class = TopicShape

    def get_queryset(self) -> QuerySet[Any]:
        """With the process that they belong to."""
        return reference.topics()


class DistrictList(ReferenceList):
    """Districts by name."""

    serializer_class = DistrictShape

    def get_queryset(self) -> QuerySet[Any]:
        """All of them."""
        return reference.districts()


class VenueList(ReferenceList):
    """Places with what they offer so that everybody can take part."""

    serializer_class = VenueShape

    def get_queryset(self) -> QuerySet[Any]:
        """All of them."""
        return reference.venues()


class UnitList(ReferenceList):
    """Units of the city that organise events."""

    serializer_class = UnitShape

    def get_queryset(self) -> QuerySet[Any]:
        """All of them."""
        return reference.units()


class CategoryList(ReferenceList):
    """Groups of participants that seats may be kept for."""

    serializer_class = CategoryShape

    def get_queryset(self) -> QuerySet[Any]:
        """In the order of the city."""
        return reference.participant_categories()
