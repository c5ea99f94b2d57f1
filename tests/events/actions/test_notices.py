"""Versions of the information notice."""

from datetime import timedelta

import pytest

from events.actions.notices import write_notice
from events.errors import FieldErrors
from events.models import InformationNotice
from events.queries.notices import current_notice
from tests.make import make_kind, make_notice, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_versions_count_up_within_a_unit():
    unit, user = make_unit(), make_user()

    for owner, text in ((unit, "A"), (unit, "B"), (None, "C")):
        write_notice(owner, text={"pl": text}, by=user, at=NOW)

    rows = InformationNotice.objects.order_by("id").values_list("unit", "version", "text__pl")
    assert list(rows) == [(unit.pk, 1, "A"), (unit.pk, 2, "B"), (None, 1, "C")]


def test_versions_count_up_within_a_kind(django_assert_num_queries):
    unit, kind = make_unit(), make_kind("workshop")
    write_notice(unit, text={"pl": "A"}, by=None, at=NOW)

    with django_assert_num_queries(5):
        first = write_notice(unit, text={"pl": "B"}, kind=kind, by=None, at=NOW)
    second = write_notice(unit, text={"pl": "C"}, kind=kind, by=None, at=NOW)

    assert [(each.kind, each.version) for each in (first, second)] == [(kind, 1), (kind, 2)]


def test_the_nearest_notice_is_shown():
    unit, kind = make_unit(), make_kind("workshop")
    given = [(None, None), (None, kind), (unit, None), (unit, kind)]

    found = []
    for number, (owner, of_kind) in enumerate(given):
        # An older text that is nearer wins over a newer one that is further away.
        at = NOW - timedelta(days=number)
        write_notice(owner, text={"pl": f"{number}"}, kind=of_kind, by=None, at=at)
        notices = [current_notice(unit, kind=each, at=NOW) for each in (kind, make_kind("fair"), None)]
        found.append([notice and notice.text["pl"] for notice in notices])

    assert found == [["0", "0", "0"], ["1", "0", "0"], ["2", "2", "2"], ["3", "2", "2"]]


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
