"""Versions of the information notice."""

from datetime import timedelta

import pytest

from events.actions.notices import write_notice
from events.errors import FieldErrors
from events.models import InformationNotice
from events.queries.notices import current_notice
from tests.make import make_notice, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_versions_count_up_within_a_unit():
    unit, user = make_unit(), make_user()

    for owner, text in ((unit, "A"), (unit, "B"), (None, "C")):
        write_notice(owner, text={"pl": text}, by=user, at=NOW)

    rows = InformationNotice.objects.order_by("id").values_list("unit", "version", "text__pl")
    assert list(rows) == [(unit.pk, 1, "A"), (unit.pk, 2, "B"), (None, 1, "C")]


def test_a_notice_without_polish_is_refused():
    with pytest.raises(FieldErrors):
        write_notice(None, text={"pl": " ", "en": "Notice"}, by=None, at=NOW)

    assert not InformationNotice.objects.exists()


def test_the_units_own_newest_notice_in_force_is_shown():
    unit, other = make_unit(), make_unit("inna")
    everybody = make_notice()
    old = make_notice(unit, version=1)
    later = write_notice(unit, text={"pl": "Później"}, by=None, at=NOW + timedelta(days=1))

    assert current_notice(unit, at=NOW) == old
    assert (current_notice(unit, at=NOW + timedelta(days=2)), later.version) == (later, 2)
    assert current_notice(other, at=NOW) == everybody
    assert current_notice(other, at=NOW - timedelta(days=500)) is None
