"""For whom meetings are: the circles that the process names, and a few organizations that do not exist."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from events.actions.audiences import AudienceDefinition, OrganizationDefinition, create_audience, create_organizations
from events.models import Audience, Organization, Translated, User

_BODIES: Final = (
    ("Stowarzyszenie Przykładowe (przykład)", "stowarzyszenie@example.org"),
    ("Uczelnia Przykładowa (przykład)", "uczelnia@example.org"),
    ("Instytut Przykładowy (przykład)", "instytut@example.org"),
)

# The circles are those of the city's documents: of the list of 49 bodies they tell the number, not the names.
_COUNCILS: Final = "rady-dzielnic"
_COUNCILLORS: Final = "radni-rady-miasta"
_CONSULTED: Final = "podmioty-konsultacji-zewnetrznych"
_CIRCLES: Final[Mapping[str, Translated]] = {
    _COUNCILS: {"pl": "Rady Dzielnic", "en": "District councils", "uk": "Ради районів"},
    _COUNCILLORS: {"pl": "Radni Rady Miasta", "en": "City councillors", "uk": "Депутати міської ради"},
    _CONSULTED: {
        "pl": "49 podmiotów konsultacji zewnętrznych",
        "en": "The 49 bodies of external consultations",
        "uk": "49 установ зовнішніх консультацій",
    },
}


def example_bodies(*, by: User, at: datetime) -> tuple[Organization, ...]:
    """The organizations, marked; made when they are not there."""
    names = [name for name, _email in _BODIES]
    known = Organization.objects.filter(name__in=names)
    wanted = [OrganizationDefinition(name, contact_email=email) for name, email in _BODIES]
    missing = set(names) - set(known.values_list("name", flat=True))
    create_organizations([body for body in wanted if body.name in missing], by=by, at=at)
    known.update(is_example=True)
    return tuple(known.order_by("id"))


def circles(bodies: tuple[Organization, ...], *, by: User, at: datetime) -> Mapping[str, Audience]:
    """The lists by their short names; one that a city has already stays as it is."""
    known = set(Audience.objects.filter(slug__in=_CIRCLES).values_list("slug", flat=True))
    for position, (slug, name) in enumerate(_CIRCLES.items()):
        if slug not in known:
            listed = bodies if slug == _CONSULTED else ()
            create_audience(AudienceDefinition(name, slug, position, listed), by=by, at=at)
    return {audience.slug: audience for audience in Audience.objects.filter(slug__in=_CIRCLES)}
