"""Organizations and the lists they stand on: made, changed, pasted from a spreadsheet, refused with nothing behind."""

from datetime import datetime
from typing import TypedDict

import pytest
from django.utils import translation

from events.actions.audiences import (
    AudienceDefinition,
    OrganizationDefinition,
    add_organizations_from_table,
    create_audience,
    create_organization,
    create_organizations,
    edit_audience,
    edit_organization,
)
from events.errors import FieldErrors
from events.models import Audience, Organization, User
from tests.make import make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


class How(TypedDict):
    """Who and when."""

    by: User
    at: datetime


def how() -> How:
    return {"by": make_user(), "at": NOW}


def an_audience(slug: str = "rady", **changes) -> Audience:
    return Audience.objects.create(slug=slug, **({"name": {"pl": "Rady"}} | changes))


def refusal_of(action, *given, **more) -> dict[str, list[str]]:
    with pytest.raises(FieldErrors) as refusal:
        action(*given, **more, **how())
    return {name: [str(text) for text in texts] for name, texts in refusal.value.errors.items()}


# Organizations


def test_an_organization_is_called_by_its_name():
    first = create_organization(
        OrganizationDefinition(" Fundacja „Żuk” ", "biuro@example.org", "+48 81 100 00 00"), **how()
    )
    others = create_organizations([OrganizationDefinition("Fundacja: Żuk"), OrganizationDefinition("☃")], **how())

    assert (first.slug, first.name, first.contact_email, first.contact_phone) == (
        "fundacja-zuk",
        "Fundacja „Żuk”",
        "biuro@example.org",
        "+48 81 100 00 00",
    )
    assert [organization.slug for organization in others] == ["fundacja-zuk-2", "organization"]


@pytest.mark.parametrize(
    ("definition", "errors"),
    [
        (OrganizationDefinition(" "), {"name": ["Give the name."]}),
        (OrganizationDefinition("RADA"), {"name": ["There is an organization of this name already."]}),
        (OrganizationDefinition("Nowa", "nikt"), {"contact_email": ["Enter a valid email address."]}),
    ],
)
def test_what_does_not_fit_is_refused(definition, errors):
    other = Organization.objects.create(slug="inna", name="Inna")
    Organization.objects.create(slug="rada", name="Rada")

    assert refusal_of(create_organization, definition) == errors
    assert refusal_of(edit_organization, other, definition) == errors
    assert set(Organization.objects.values_list("name", flat=True)) == {"Inna", "Rada"}


def test_of_many_all_are_refused_for_one():
    definitions = [OrganizationDefinition("Nowa"), OrganizationDefinition("nowa")]

    assert set(refusal_of(create_organizations, definitions)) == {"name"}
    assert not Organization.objects.exists()


def test_an_organization_is_changed_and_keeps_its_short_name():
    organization = create_organization(OrganizationDefinition("Rada"), **how())

    edited = edit_organization(organization, OrganizationDefinition("Rada Nowa", "rada@example.org"), **how())

    assert (edited.slug, edited.name, edited.contact_email) == ("rada", "Rada Nowa", "rada@example.org")


@pytest.mark.parametrize("count", [1, 20])
def test_many_organizations_need_as_many_statements_as_one(count, django_assert_num_queries):
    given = how()
    definitions = [OrganizationDefinition(f"Rada {number}") for number in range(count)]

    # Names, short names, the rows; within a savepoint.
    with django_assert_num_queries(5):
        create_organizations(definitions, **given)


# Audiences


def test_an_audience_is_made_with_its_organizations():
    organization = Organization.objects.create(slug="rada", name="Rada")

    audience = create_audience(
        AudienceDefinition({"pl": "Rady Dzielnic"}, position=3, organizations=(organization,)), **how()
    )

    assert (audience.slug, audience.name, audience.position) == ("rady-dzielnic", {"pl": "Rady Dzielnic"}, 3)
    assert list(audience.organizations.all()) == [organization]


@pytest.mark.parametrize(
    ("definition", "fields"),
    [
        (AudienceDefinition({"pl": " "}), {"slug", "name"}),
        (AudienceDefinition({"pl": "Rady"}, slug="dwa słowa"), {"slug"}),
        (AudienceDefinition({"pl": "Rady"}, slug="rady"), {"slug"}),
        (AudienceDefinition({"pl": "Inne"}, position=-1), {"position"}),
    ],
)
def test_an_audience_that_does_not_fit_is_refused(definition, fields):
    an_audience()

    assert set(refusal_of(create_audience, definition)) == fields
    assert Audience.objects.count() == 1


def test_an_audience_is_changed_and_keeps_its_short_name():
    organization = Organization.objects.create(slug="rada", name="Rada")
    audience = an_audience()
    audience.organizations.add(Organization.objects.create(slug="inna", name="Inna"))
    definition = AudienceDefinition({"pl": "Rady Dzielnic"}, slug="x", position=2, organizations=(organization,))

    edited = edit_audience(audience, definition, **how())

    assert (edited.slug, edited.name, edited.position) == ("rady", {"pl": "Rady Dzielnic"}, 2)
    assert list(edited.organizations.all()) == [organization]
    assert set(refusal_of(edit_audience, audience, AudienceDefinition({"pl": ""}))) == {"name"}
    assert Audience.objects.get().name == {"pl": "Rady Dzielnic"}


def test_writing_an_audience_needs_few_statements(django_assert_num_queries):
    given = how()
    organizations = tuple(Organization.objects.create(slug=f"r{number}", name=f"R{number}") for number in range(3))
    definition = AudienceDefinition({"pl": "Rady"}, organizations=organizations)

    with django_assert_num_queries(6):
        audience = create_audience(definition, **given)
    with django_assert_num_queries(5):
        edit_organization(organizations[0], OrganizationDefinition("Nowa"), **given)
    with django_assert_num_queries(5):
        edit_audience(audience, definition, **given)


# A pasted table


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_table_puts_organizations_on_a_list(mark):
    known = Organization.objects.create(slug="rada-a", name="Rada A")
    audience = an_audience()
    table = f"RADA  A{mark}{mark}\n\n  Rada B {mark}b@example.org{mark}+48 81 100 00 00\r\nRada C{mark}{mark}{mark}\n"

    found = add_organizations_from_table(audience, table, **how())

    assert [organization.name for organization in found] == ["Rada A", "Rada B", "Rada C"]
    assert found[0] == known
    assert (found[1].contact_email, found[1].contact_phone) == ("b@example.org", "+48 81 100 00 00")
    assert set(audience.organizations.all()) == set(found)


def test_a_bad_row_refuses_the_table_by_its_number():
    audience = an_audience()
    table = "Rada A;a@example.org\nRada B;nikt\n\n;c@example.org\nrada a\nRada D;d@example.org;1;2;3\n"

    assert refusal_of(add_organizations_from_table, audience, table) == {
        "table": [
            "Row 2: Enter a valid email address.",
            "Row 4: Give the name.",
            "Row 5: There is an organization of this name already.",
            "Row 6: A row has a name, an e-mail address and a phone.",
        ]
    }
    assert not Organization.objects.exists()
    assert not audience.organizations.exists()


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (" \n;;\n", "The table is empty."),
        ("\n".join(f"Rada {number}" for number in range(501)), "A table has at most 500 rows."),
        ("Rada\rdziwna", "This is not a table."),
        ('"' + "x" * 140_000, "This is not a table."),
    ],
)
def test_what_is_no_table_is_refused(table, sentence):
    assert refusal_of(add_organizations_from_table, an_audience(), table) == {"table": [sentence]}
    assert not Organization.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_a_long_table_needs_as_many_statements_as_a_short_one(count, django_assert_num_queries):
    given, audience = how(), an_audience()
    table = "\n".join(f"Rada {number}" for number in range(count))

    # Those known, five for the new ones, those on the list; within a savepoint.
    with django_assert_num_queries(9):
        add_organizations_from_table(audience, table, **given)
    with django_assert_num_queries(4):
        add_organizations_from_table(audience, table, **given)
