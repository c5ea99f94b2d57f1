"""The door as an application of the phone: a shell without people, a worker for one door, a manifest, figures."""

import json
import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import translation

from events.enums import AccessKind, Role
from events.models import AccessLog
from registrations.actions.attendance import check_in
from registrations.enums import CheckInSource
from registrations.tokens import make_token
from registrations.web.manage.door_app import FILES
from tests.make import make_door_pass, make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

DOOR = "/en/manage/events/meeting/door/"
BUNDLE = "/api/v1/manage/events/meeting/door/bundle/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False) as clock, translation.override("en"):
        yield clock


@pytest.fixture
def event():
    return make_event("meeting", title="Spotkanie", starts_at=NOW + timedelta(hours=1))


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user("drzwi@example.org", role=Role.DOOR))
    return client


def with_pass(event, **given):
    client = Client()
    door_pass = make_door_pass(event, **given)
    token = make_token("door", row_id=door_pass.pk, generation=door_pass.generation)
    assert client.post(f"/en/door/{token}/").status_code == 302
    return client, door_pass


def test_the_shell_is_the_page_without_people_figures_and_keys(client, event):
    person = make_registration(event, first_name="Anna", last_name="Żółć")

    shell = client.get(f"{DOOR}shell/").content.decode()

    assert 'id="door"' in shell
    assert "csrfmiddlewaretoken" not in shell
    assert [word for word in ("Żółć", person.ticket_code, "expected", "drzwi@") if word in shell] == []


def test_the_shell_leaves_messages_for_the_page_that_is_read(client, event):
    client.post(f"{DOOR}undo/", {"reference": "NOBODY22"})

    client.get(f"{DOOR}shell/")
    page = client.get(DOOR).content.decode()

    assert "Say why the admission is taken back." in page


def test_the_worker_serves_this_door_alone_and_changes_with_the_page(client, event):
    worker = client.get(f"{DOOR}worker.js")
    same = client.get(f"{DOOR}worker.js")
    event.title = {"pl": "Inne", "en": "Another"}
    event.save()
    other = client.get(f"{DOOR}worker.js")

    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    found = re.match(r"self\.DOOR = (\{.*\});\n", worker.content.decode())
    assert found
    known = json.loads(found[1])
    assert (known["door"], known["shell"]) == (DOOR, f"{DOOR}shell/")
    assert worker.content == same.content
    assert worker.content != other.content


def test_every_file_that_a_phone_keeps_is_there(client, event):
    assert [name for name in FILES if finders.find(name) is None] == []
    page = client.get(DOOR).content.decode()
    loaded = re.findall(r'(?:src|href)="/static/([^"]+)"', page)
    assert {unquote(name) for name in loaded} - set(FILES) == set()


def test_webassembly_is_allowed_at_the_door_and_nowhere_else(client, event):
    def scripts(address):
        policy = client.get(address)["Content-Security-Policy"]
        return next(part for part in policy.split("; ") if part.startswith("script-src"))

    assert scripts(DOOR) == "script-src 'self' 'wasm-unsafe-eval'"
    assert scripts(f"{DOOR}shell/") == "script-src 'self' 'wasm-unsafe-eval'"
    assert scripts("/en/manage/") == "script-src 'self'"


def test_the_manifest_opens_the_door_and_nothing_else(client, event):
    facts = client.get(f"{DOOR}app.webmanifest").json()

    assert (facts["start_url"], facts["scope"], facts["lang"]) == (DOOR, DOOR, "en")
    assert [icon["sizes"] for icon in facts["icons"]] == ["192x192", "512x512"]
    assert [icon["src"] for icon in facts["icons"] if finders.find(icon["src"].removeprefix("/static/")) is None] == []


def test_figures_are_live_and_bring_a_key_that_posts(event):
    client = Client(enforce_csrf_checks=True)
    steward = make_user("drzwi@example.org", role=Role.DOOR)
    client.force_login(steward)
    here, later = make_registration(event, seats=2), make_registration(event)
    check_in(event, code=here.ticket_code, nonce="1", source=CheckInSource.QR, by=steward, at=NOW)

    figures = client.get(f"{DOOR}figures/").json()
    taken = client.post(
        "/api/v1/manage/events/meeting/check-ins/",
        [{"code": later.ticket_code, "nonce": "2", "at": NOW.isoformat(), "sent_at": NOW.isoformat(), "source": "qr"}],
        content_type="application/json",
        headers={"X-CSRFToken": figures.pop("csrf")},
    )

    assert figures == {"expected": 3, "present": 1, "headcount": 0, "sentence": "here of 3 expected"}
    assert [answer["result"] for answer in taken.json()] == ["admitted"]


def test_figures_cost_the_same_for_one_person_and_three(client, event, django_assert_max_num_queries):
    for _number in range(3):
        make_registration(event)
        with django_assert_max_num_queries(7):
            client.get(f"{DOOR}figures/")


def test_a_bundle_is_for_today_and_is_written_down(client, event, the_moment):
    registration = make_registration(event)

    bundle = client.get(BUNDLE)
    the_moment.move_to(NOW - timedelta(days=1))
    early = client.get(BUNDLE).json()

    facts = bundle.json()
    assert bundle["Cache-Control"] == "no-store"
    assert (facts["event"], len(facts["records"])) == ("meeting", 1)
    assert (facts["made_at"], facts["ends_at"]) == ("2027-01-12T10:00:00+01:00", "2027-01-13T00:00:00+01:00")
    assert registration.ticket_code not in bundle.content.decode()
    assert (early["records"], early["ends_at"]) == ([], early["made_at"])
    logged = AccessLog.objects.values_list("user__email", "kind", "about", "people")
    assert list(logged) == [("drzwi@example.org", AccessKind.REGISTRATIONS, "door bundle", 1)]


def test_a_pass_has_all_of_it_until_it_ends(event, the_moment):
    client, door_pass = with_pass(event, hours=3)
    make_registration(event)

    facts = client.get(BUNDLE).json()
    pages = [
        client.get(f"{DOOR}{name}").status_code for name in ("", "shell/", "worker.js", "app.webmanifest", "figures/")
    ]
    the_moment.shift(timedelta(hours=3))
    after = [client.get(f"{DOOR}figures/").status_code, client.get(BUNDLE).status_code]

    assert facts["ends_at"] == "2027-01-12T13:00:00+01:00"
    assert pages == [200] * 5
    assert after == [302, 401]
    [logged] = AccessLog.objects.all()
    assert (logged.user, logged.about, logged.people) == (door_pass.created_by, f"pass {door_pass.pk}", 1)
