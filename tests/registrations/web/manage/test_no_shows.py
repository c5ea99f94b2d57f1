"""Staff decide about objections, each in their units, and owners set the rule, which is off at first."""

from datetime import timedelta

import pytest
import time_machine

from events.enums import Role
from events.models import AccessLog
from registrations.models import NoShowPause
from tests.make import make_event, make_registration, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

PAGE = "/en/manage/no-shows/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(client):
    owner = make_user("owner@example.org")
    client.force_login(owner)
    return owner


def objected(*, unit=None, name="Ewa", **decided):
    registration = make_registration(make_event(unit=unit), first_name=name)
    return NoShowPause.objects.create(
        unit=registration.event.unit,
        email_key=registration.email_key or "",
        registration=registration,
        begins_at=NOW,
        ends_at=NOW + timedelta(days=90),
        objection=f"{name} pisze",
        objected_at=NOW,
        **decided,
    )


def test_objections_of_ones_units_are_listed_and_the_look_is_written_down(client, owner):
    objected()
    objected(name="Olga", upheld=False)
    objected(unit=make_unit("elsewhere"), name="Obca")

    text = client.get(PAGE).content.decode()

    assert "Ewa pisze" in text
    assert "Olga pisze" not in text
    assert "Obca pisze" not in text
    assert list(AccessLog.objects.values_list("user", "about", "people")) == [(owner.pk, "no-shows", 1)]


@pytest.mark.usefixtures("owner")
def test_no_objections_are_no_look(client):
    assert "Nobody waits for an answer." in client.get(PAGE).content.decode()
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(("decision", "upheld"), [("upheld", True), ("lifted", False)])
def test_a_decision_is_taken_once(client, owner, decision, upheld):
    pause = objected()
    address = f"{PAGE}{pause.pk}/decide/"

    client.post(address, {"decision": decision})
    again = client.post(address, {"decision": "lifted" if upheld else "upheld"}, follow=True)

    pause.refresh_from_db()
    assert (pause.upheld, pause.decided_by) == (upheld, owner)
    assert "This objection has been decided already." in again.content.decode()


def test_the_rule_is_off_until_an_owner_sets_it_and_goes_again(client, owner):
    unit = owner.memberships.get().unit
    assert "No rule: missed meetings are only counted." in client.get(PAGE).content.decode()
    address = f"{PAGE}rules/{unit.slug}/"
    assert client.get(address).status_code == 200

    wrong = client.post(address, {"limit": "0", "months": "12", "pause_months": "99"})
    unit.refresh_from_db()
    assert (wrong.status_code, unit.no_show_limit) == (200, None)

    client.post(address, {"limit": "3", "months": "6", "pause_months": "2"})
    unit.refresh_from_db()
    assert (unit.no_show_limit, unit.no_show_months, unit.no_show_pause_months) == (3, 6, 2)
    assert "misses 3 meetings of this unit within 6 months" in client.get(PAGE).content.decode()

    client.post(address, {"limit": "", "months": "6", "pause_months": "2"})
    unit.refresh_from_db()
    assert unit.no_show_limit is None


def test_editors_decide_but_set_no_rule(client):
    editor = make_user("editor@example.org", role=Role.EDITOR)
    client.force_login(editor)

    assert "Rules" not in client.get(PAGE).content.decode().split("<main", 1)[1]
    assert client.get(f"{PAGE}rules/strategia/").status_code == 404
