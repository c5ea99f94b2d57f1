"""Who opens which staff page: what is not yours does not exist."""

from dataclasses import dataclass

import pytest
from django.test import Client

from events.enums import Role
from events.models import Event
from registrations.models import Registration
from tests.make import make_event, make_notice, make_registration, make_unit, make_user, make_venue

pytestmark = pytest.mark.django_db

EVERYBODY = frozenset({Role.OWNER, Role.EDITOR, Role.HEAD, Role.AUDITOR, Role.ACCESSIBILITY, Role.DOOR})
SEES = EVERYBODY - {Role.DOOR}
SEES_PEOPLE = frozenset({Role.OWNER, Role.EDITOR, Role.HEAD, Role.AUDITOR})
EDITS = frozenset({Role.OWNER, Role.EDITOR})
PUBLISHES = EDITS | {Role.HEAD}
STANDS_AT_DOOR = EDITS | {Role.DOOR}

PAGES = {
    "/en/manage/": EVERYBODY,
    "/en/manage/events/": SEES,
    "/en/manage/events/new/": EDITS,
    "/en/manage/events/meeting/": SEES,
    "/en/manage/events/meeting/edit/": EDITS,
    "/en/manage/events/meeting/publish/": PUBLISHES,
    "/en/manage/events/meeting/cancel/": PUBLISHES,
    "/en/manage/events/meeting/registrations/": SEES_PEOPLE,
    "/en/manage/events/meeting/registrations/{reference}/": SEES_PEOPLE,
    "/en/manage/events/meeting/registrations/{reference}/cancel/": EDITS,
    "/en/manage/events/meeting/messages/": SEES_PEOPLE,
    "/en/manage/events/meeting/door/": STANDS_AT_DOOR,
    "/en/manage/events/meeting/door/walk-in/": STANDS_AT_DOOR,
    "/en/manage/events/meeting/door/headcount/": STANDS_AT_DOOR,
    "/en/manage/places/": EDITS,
    "/en/manage/places/new/": EDITS,
    "/en/manage/places/hall/": EDITS,
    "/en/manage/notices/": EDITS,
    "/en/manage/notices/strategia/": EDITS,
}
ACTIONS = {
    "/en/manage/events/meeting/copy/": EDITS,
    "/en/manage/events/meeting/door/undo/": STANDS_AT_DOOR,
    "/en/manage/events/meeting/door/headcount/undo/": STANDS_AT_DOOR,
}


@dataclass(frozen=True)
class World:
    event: Event
    registration: Registration

    def address(self, page: str) -> str:
        return page.format(reference=self.registration.reference)


@pytest.fixture
def world():
    make_notice()
    event = make_event("meeting", venue=make_venue("hall"))
    return World(event, make_registration(event))


def client_of(role, *, unit=None):
    client = Client()
    client.force_login(make_user(unit=unit, role=role))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_its_roles_and_is_not_there_for_others(world, page):
    answers = {role: client_of(role).get(world.address(page)).status_code for role in EVERYBODY}

    assert answers == {role: 200 if role in PAGES[page] else 404 for role in EVERYBODY}


@pytest.mark.parametrize("page", [*PAGES, *ACTIONS])
def test_anonymous_people_are_asked_to_sign_in(world, page):
    address = world.address(page)

    response = Client().post(address) if page in ACTIONS else Client().get(address)

    assert response.status_code == 302
    assert response["Location"] == f"/en/accounts/login/?next={address}"


@pytest.mark.parametrize("page", [page for page in PAGES if "meeting" in page or "strategia" in page])
def test_owners_of_another_unit_get_404(world, page):
    stranger = client_of(Role.OWNER, unit=make_unit("inny"))

    assert stranger.get(world.address(page)).status_code == 404


@pytest.mark.parametrize("page", [page for page in PAGES if page != "/en/manage/"])
def test_staff_without_a_unit_get_404(world, page):
    assert client_of(None).get(world.address(page)).status_code == 404


@pytest.mark.parametrize("page", ACTIONS)
def test_an_action_is_for_its_roles_and_never_a_get(world, page):
    refused = {role: client_of(role).post(page).status_code == 404 for role in EVERYBODY}

    assert refused == {role: role not in ACTIONS[page] for role in EVERYBODY}
    assert client_of(Role.OWNER).get(page).status_code == 405


def test_a_superuser_opens_everything(world):
    client = Client()
    client.force_login(make_user(role=None, superuser=True))

    assert {client.get(world.address(page)).status_code for page in PAGES} == {200}


def test_the_door_role_is_shown_only_the_door(world):
    page = client_of(Role.DOOR).get("/en/manage/").content.decode()

    assert "/en/manage/events/" not in page.replace("/en/manage/events/meeting/door/", "")
