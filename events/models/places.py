"""Where events happen: districts, venues and their rooms."""

from typing import ClassVar

from django.db import models

from events.enums import Accessibility, AccessibilityFeature
from events.models.texts import TranslatedField, has_polish, in_language


class District(models.Model):
    """A district of the city."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        """Found by name."""

        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        """The name; districts are not translated."""
        return self.name


class Venue(models.Model):
    """A building or place with what it offers to people with special needs."""

    slug = models.SlugField(max_length=80, unique=True)
    name = TranslatedField()
    address = models.CharField(max_length=250)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="venues")
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    # {AccessibilityFeature: Accessibility}; a feature that is not named is unknown.
    accessibility = models.JSONField(default=dict, blank=True)
    directions = TranslatedField(default=dict, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        """Both coordinates or none, on the globe."""

        constraints: ClassVar = [
            has_polish("venue", "name"),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="venue_coordinates_on_the_globe",
            ),
        ]

    def __str__(self) -> str:
        """The name in the active language."""
        return in_language(self.name)


class Room(models.Model):
    """A room of a venue; its legal number of people limits every event in it."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField(max_length=120)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    # How long the room is taken before a meeting begins: chairs, interpreters' booth, microphones.
    setup_minutes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """A name stands once in a venue."""

        ordering: ClassVar = ["venue", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["venue", "name"], name="room_name_once")]

    def __str__(self) -> str:
        """The name."""
        return self.name


def merged_accessibility(*layers: dict[str, str]) -> dict[str, str]:
    """Every feature with its value: the event's word over the venue's, else unknown.

    >>> merged_accessibility({"pjm": "no"}, {"pjm": "yes"})["pjm"]
    'yes'
    """
    merged = dict.fromkeys(AccessibilityFeature.values, Accessibility.UNKNOWN.value)
    for layer in layers:
        merged.update(layer)
    return merged
