"""For whom events are meant: organizations, and the lists that they stand on."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults, model_faults, text_faults
from events.errors import FieldErrors
from events.models import Audience, Organization, Translated, User
from events.queries.search import fold

_SLUG_LENGTH: Final = 100
_COLUMNS: Final = ("name", "contact_email", "contact_phone")
MOST_ROWS: Final = 500


@dataclass(frozen=True)
class OrganizationDefinition:
    """An organization as somebody typed it; its address and phone are for the city's own letters."""

    name: str
    contact_email: str = ""
    contact_phone: str = ""


@dataclass(frozen=True)
class AudienceDefinition:
    """An audience as somebody typed it; without `slug` it is called by its Polish name."""

    name: Translated
    slug: str = ""
    position: int = 0
    organizations: tuple[Organization, ...] = field(default=())


# Organizations


@transaction.atomic
def create_organization(definition: OrganizationDefinition, *, by: User, at: datetime) -> Organization:
    """Make an organization; one of this name must not be there yet."""
    [organization] = create_organizations([definition], by=by, at=at)
    return organization


@transaction.atomic
def create_organizations(
    definitions: Sequence[OrganizationDefinition],
    *,
    by: User,  # noqa: ARG001 - every action says who
    at: datetime,  # noqa: ARG001 - and when
) -> list[Organization]:
    """Make many at once, with as many statements as for one; the first fault refuses all of them."""
    rows = [Organization(**_stripped(definition)) for definition in definitions]
    known = _known_names()
    for row in rows:
        errors = _faults(row, known)
        if errors:
            raise FieldErrors(errors)
        known.add(fold(row.name))
    _name_addresses(rows)
    return Organization.objects.bulk_create(rows)


@transaction.atomic
def edit_organization(
    organization: Organization,
    definition: OrganizationDefinition,
    *,
    by: User,  # noqa: ARG001 - every action says who
    at: datetime,  # noqa: ARG001 - and when
) -> Organization:
    """Change an organization; its short name stays, because lists and addresses name it."""
    changed = Organization(pk=organization.pk, slug=organization.slug, **_stripped(definition))
    errors = _faults(changed, _known_names(beside=organization.pk))
    if errors:
        raise FieldErrors(errors)
    Organization.objects.filter(pk=organization.pk).update(**{name: getattr(changed, name) for name in _COLUMNS})
    organization.refresh_from_db()
    return organization


@transaction.atomic
def add_organizations_from_table(audience: Audience, table: str, *, by: User, at: datetime) -> tuple[Organization, ...]:
    """Put the organizations of a pasted table on a list: name, e-mail, phone in each row; the known ones are found.

    Columns stand between semicolons, commas or tabs, as spreadsheets copy them. One bad row refuses the whole table.
    """
    rows = _read_table(table)
    known = {fold(organization.name): organization for organization in Organization.objects.order_by("id")}
    new = [definition for definition in rows if fold(definition.name) not in known]
    made = create_organizations(new, by=by, at=at) if new else []
    known |= {fold(organization.name): organization for organization in made}
    organizations = tuple(known[fold(definition.name)] for definition in rows)
    audience.organizations.add(*organizations)
    return organizations


# Audiences


@transaction.atomic
def create_audience(definition: AudienceDefinition, *, by: User, at: datetime) -> Audience:  # noqa: ARG001 - who and when
    """Make a list of organizations, or a circle of people that has none."""
    slug = definition.slug or slugify(fold(definition.name.get("pl", "")))[:80].strip("-")
    audience = Audience(slug=slug, name=definition.name, position=definition.position)
    errors = _audience_faults(audience)
    if "slug" not in errors and Audience.objects.filter(slug=slug).exists():
        errors["slug"] = [_("Another audience has this short name already.")]
    if errors:
        raise FieldErrors(errors)
    audience.save()
    audience.organizations.set(definition.organizations)
    return audience


@transaction.atomic
def edit_audience(
    audience: Audience,
    definition: AudienceDefinition,
    *,
    by: User,  # noqa: ARG001 - every action says who
    at: datetime,  # noqa: ARG001 - and when
) -> Audience:
    """Change a list; its short name stays, because programs call it so."""
    changed = Audience(pk=audience.pk, slug=audience.slug, name=definition.name, position=definition.position)
    errors = _audience_faults(changed)
    if errors:
        raise FieldErrors(errors)
    Audience.objects.filter(pk=audience.pk).update(name=changed.name, position=changed.position)
    audience.organizations.set(definition.organizations)
    audience.refresh_from_db()
    return audience


def _audience_faults(audience: Audience) -> Faults:
    return model_faults(audience, only=("slug", "position")) | text_faults(audience, ("name",))


# Rows


def _stripped(definition: OrganizationDefinition) -> dict[str, str]:
    return {name: getattr(definition, name).strip() for name in _COLUMNS}


def _faults(organization: Organization, known: set[str]) -> Faults:
    errors = model_faults(organization, only=_COLUMNS)
    if not fold(organization.name):
        errors["name"] = [_("Give the name.")]
    elif fold(organization.name) in known:
        errors["name"] = [_("There is an organization of this name already.")]
    return errors


def _known_names(*, beside: int = 0) -> set[str]:
    names = Organization.objects.exclude(pk=beside).order_by("id").values_list("name", flat=True)
    return {fold(name) for name in names}


def _name_addresses(rows: Sequence[Organization]) -> None:
    """Give every row a short name of its own; a number goes behind one that is taken."""
    taken = set(Organization.objects.order_by("id").values_list("slug", flat=True))
    for row in rows:
        base = slugify(fold(row.name))[:_SLUG_LENGTH].strip("-") or "organization"
        row.slug = next(slug for slug in _numbered(base) if slug not in taken)
        taken.add(row.slug)


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}-{number}" for number in count(2))


def _read_table(table: str) -> list[OrganizationDefinition]:
    """The rows with something in them; what is wrong is said by the number of its row."""
    definitions: list[OrganizationDefinition] = []
    sentences: list[str | Promise] = []
    names: set[str] = set()
    for number, cells in _rows(table):
        definition = OrganizationDefinition(*cells[: len(_COLUMNS)])
        row = Organization(**_stripped(definition))
        wrong = [sentence for some in _faults(row, names).values() for sentence in some]
        if len(cells) > len(_COLUMNS):
            wrong.append(_("A row has a name, an e-mail address and a phone."))
        sentences += [_("Row %(row)s: %(fault)s") % {"row": number, "fault": fault} for fault in wrong]
        names.add(fold(row.name))
        definitions.append(definition)
    if len(definitions) > MOST_ROWS:
        sentences = [_("A table has at most %(most)s rows.") % {"most": MOST_ROWS}]
    elif not definitions:
        sentences = [_("The table is empty.")]
    if sentences:
        raise FieldErrors({"table": sentences})
    return definitions


def _rows(table: str) -> Iterator[tuple[int, list[str]]]:
    # A name of a body may hold a comma: the other two come first.
    delimiter = next((mark for mark in "\t;" if mark in table), ",")
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(table), delimiter=delimiter), start=1):
            filled = [cell.strip() for cell in cells]
            if any(filled):
                # Spreadsheets copy empty columns behind the last one.
                while not filled[-1]:
                    filled.pop()
                yield number, filled
    except csv.Error as error:
        raise FieldErrors({"table": [_("This is not a table.")]}) from error
