"""The form of a place and its rooms."""

from typing import Any, Final

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events.actions.places import RoomDefinition, VenueDefinition
from events.enums import Accessibility, AccessibilityFeature
from events.forms.texts import TranslatedFormField
from events.models import District, Venue
from events.queries.search import fold

_FEATURE: Final = "access_"


class RoomForm(forms.Form):
    """One room; a row that is left empty is no room."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of the room"), max_length=120, required=False)
    capacity = forms.IntegerField(label=_("Number of people allowed"), min_value=1, max_value=1_000_000, required=False)
    setup_minutes = forms.IntegerField(
        label=_("Minutes to set the room up"),
        min_value=0,
        max_value=1_440,
        required=False,
        help_text=_("So long before a meeting the room is taken."),
    )


RoomFormSet = forms.formset_factory(RoomForm, extra=2)


class VenueForm(forms.Form):
    """A place: its names, where it is, and how people with special needs get on there."""

    name = TranslatedFormField(label=_("Name"), max_length=200)
    address = forms.CharField(label=_("Address"), max_length=250, help_text=_("Street, number, postal code and town."))
    district = forms.ModelChoiceField(District.objects.all(), label=_("District"), required=False)
    directions = TranslatedFormField(
        label=_("How to get there"),
        rows=3,
        required=False,
        help_text=_("Stops, entrance, parking, which door has no steps."),
    )
    latitude = forms.DecimalField(label=_("Latitude"), max_digits=8, decimal_places=6, required=False)
    longitude = forms.DecimalField(label=_("Longitude"), max_digits=9, decimal_places=6, required=False)
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=80,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is made from the name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for feature in AccessibilityFeature:
            self.fields[_FEATURE + feature] = forms.ChoiceField(
                label=feature.label, choices=Accessibility.choices, initial=Accessibility.UNKNOWN, required=False
            )

    def accessibility_fields(self) -> list[forms.BoundField]:
        """The questions about accessibility, to be shown together."""
        return [self[_FEATURE + feature] for feature in AccessibilityFeature]

    def definition(self, rooms: forms.BaseFormSet[RoomForm]) -> VenueDefinition:
        """What the person typed, once it is valid."""
        typed = self.cleaned_data
        answers = {feature.value: typed[_FEATURE + feature] for feature in AccessibilityFeature}
        return VenueDefinition(
            slug=typed["slug"] or slugify(fold(typed["name"]["pl"]))[:80],
            name=typed["name"],
            address=typed["address"],
            district=typed["district"],
            latitude=typed["latitude"],
            longitude=typed["longitude"],
            accessibility={name: value for name, value in answers.items() if value},
            directions=typed["directions"] if any(typed["directions"].values()) else {},
            rooms=tuple(
                RoomDefinition(
                    id=room["id"], name=room["name"], capacity=room["capacity"], setup_minutes=room["setup_minutes"]
                )
                for room in rooms.cleaned_data
                if room.get("name") or room.get("id")
            ),
        )


def venue_initial(venue: Venue) -> dict[str, Any]:
    """A venue as the form shows it."""
    return {
        "name": venue.name,
        "address": venue.address,
        "district": venue.district_id,
        "directions": venue.directions,
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        "slug": venue.slug,
        **{_FEATURE + name: value for name, value in venue.accessibility.items()},
    }


def rooms_initial(venue: Venue) -> list[dict[str, Any]]:
    """The rooms of a venue as the form shows them."""
    names = ("id", "name", "capacity", "setup_minutes")
    return [{name: getattr(room, name) for name in names} for room in venue.rooms.order_by("name")]
