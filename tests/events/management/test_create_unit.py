"""`manage.py create_unit` makes a unit or says why not."""

import pytest
from django.core.management import CommandError, call_command

from events.models import OrganizationalUnit
from tests.make import make_unit

pytestmark = pytest.mark.django_db


def test_a_unit_is_made_with_its_names_and_says_what_comes_next(capsys):
    call_command("create_unit", "zielen", name="Biuro Zieleni", name_en="Green Office")

    assert OrganizationalUnit.objects.get(slug="zielen").name == {"pl": "Biuro Zieleni", "en": "Green Office"}
    assert "create_staff EMAIL --unit zielen" in capsys.readouterr().out


@pytest.mark.parametrize("slug", ["strategia", "nie slug", ""])
def test_a_short_name_that_is_taken_or_none_is_refused_and_nothing_is_made(slug):
    make_unit("strategia")

    with pytest.raises(CommandError):
        call_command("create_unit", slug, name="Nazwa")

    assert OrganizationalUnit.objects.count() == 1
