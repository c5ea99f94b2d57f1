"""A pass for a day: it opens one event's door from the button on, and nothing else, and ends by itself."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from events.actions.door_passes import revoke_door_pass
from events.enums import Role, Visibility
from events.models import AccessLog, DoorPass
from registrations.enums import Attendance
from registrations.models import CheckIn, HeadcountEntry
from registrations.tokens import make_token
from tests.make import make_door_pass, make_event, make_registration, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

DOOR = "/en/manage/events/meeting/door/"
API = "/api/v1/manage/events/meeting/"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False) as clock, translation.override("en"):
        yield clock


@pytest.fixture
def event():
    return make_event("meeting", title="Spotkanie", starts_at=NOW + timedelta(hours=1))


@pytest.fixture
def given(event):
    return make_door_pass(event, label="Wejście A")


def link(given, generation=None):
    token = make_token("door", row_id=given.pk, generation=generation or given.generation)
    return f"/en/door/{token}/"


def with_pass(given, **options):
    client = Client(HTTP_ACCEPT_LANGUAGE="en", **options)
    assert client.post(link(given)).status_code == 302
    return client


def send(client, path, body, **headers):
    return client.post(f"{API}{path}", body, content_type="application/json", headers=headers)


def test_the_link_says_which_door_it_opens_and_only_its_button_opens_it(event, given):
    client = Client()

    page = client.get(link(given))
    before = client.get(DOOR)
    entered = client.post(link(given))

    assert "Wejście A" in page.content.decode()
    assert "Stand at this door" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert (before.status_code, before["Location"]) == (302, f"/en/accounts/login/?next={DOOR}")
    assert (entered.status_code, entered["Location"]) == (302, DOOR)
    assert client.get(DOOR).status_code == 200
    assert client.session.get_expiry_date() == given.valid_until


def test_the_button_is_protected_as_every_form(given):
    client = Client(enforce_csrf_checks=True)

    assert client.post(link(given)).status_code == 403
    assert client.get(DOOR).status_code == 302


def test_who_has_a_pass_checks_in_searches_counts_and_takes_back_and_the_log_says_so(event, given):
    registration = make_registration(event, last_name="Nowak")
    client = with_pass(given)

    found = client.get(f"{DOOR}?q=nowak")
    (_person, nonce), *_others = found.context["people"]
    client.post(DOOR, {"nonce": nonce, "reference": registration.reference})
    again = client.post(DOOR, {"nonce": "again", "code": registration.ticket_code})
    client.post(f"{DOOR}undo/", {"reference": registration.reference, "reason": "Pomyłka"})
    client.post(f"{DOOR}headcount/", {"delta": "5", "nonce": "count"})
    client.post(f"/t/{registration.ticket_code}", {"nonce": "camera"})

    assert "by Wejście A" in again.content.decode()
    assert [(row.kind, row.by, row.door_pass) for row in CheckIn.objects.all()] == [
        ("admit", None, given),
        ("repeat", None, given),
        ("void", None, given),
        ("admit", None, given),
    ]
    assert [(row.by, row.door_pass) for row in HeadcountEntry.objects.all()] == [(None, given)]
    looks = AccessLog.objects.values_list("user", "event", "about", "people")
    assert list(looks) == [(given.created_by_id, event.pk, f"pass {given.pk}", 1)]


def test_the_api_of_the_door_takes_the_pass_with_the_token_of_the_page(event, given):
    registration = make_registration(event)
    client = with_pass(given)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    answer = send(client, "check-ins/", {"code": registration.ticket_code, "nonce": "1"})
    refused = send(strict, "check-ins/", {"code": registration.ticket_code, "nonce": "2"})
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', strict.get(DOOR).content.decode())
    assert token
    again = send(strict, "check-ins/", {"code": registration.ticket_code, "nonce": "3"}, **{"X-CSRFToken": token[1]})
    voided = send(client, "check-ins/1/void/", {"reason": "Pomyłka"})
    counted = send(client, "headcounts/", {"delta": 2, "nonce": "4"})

    assert (answer.status_code, answer.json()["result"], answer.json()["by"]) == (200, "admitted", "Wejście A")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert again.json()["result"] == "already_present"
    assert (voided.status_code, counted.json()) == (200, {"headcount": 2})
    registration.refresh_from_db()
    assert registration.attendance == Attendance.NOT_RECORDED


def test_a_pass_opens_nothing_else(event, given):
    other = make_event("inne")
    stranger = make_registration(other)
    mine = make_registration(event)
    client = with_pass(given)

    pages = [
        "/en/manage/",
        "/en/manage/events/",
        "/en/manage/events/meeting/",
        "/en/manage/events/meeting/registrations/",
        "/en/manage/events/meeting/registrations/export.csv",
        f"/en/manage/events/meeting/registrations/{mine.reference}/",
        "/en/manage/events/meeting/needs/",
        "/en/manage/events/meeting/messages/",
        f"{DOOR}conflicts/",
        f"{DOOR}passes/",
    ]
    endpoints = [
        "/api/v1/manage/events/",
        API,
        f"{API}registrations/",
        f"{API}registrations/export.csv",
        f"{API}report/",
        f"{API}needs/",
        f"{API}check-ins/conflicts/",
    ]

    assert {client.get(page).status_code for page in pages} == {302}
    assert {client.get(endpoint).status_code for endpoint in endpoints} == {401}
    assert client.get("/en/manage/events/inne/door/").status_code == 404
    assert client.get("/en/manage/events/nothing/door/").status_code == 404
    tap = {"code": stranger.ticket_code, "nonce": "1"}
    url = "/api/v1/manage/events/inne/check-ins/"
    assert client.post(url, tap, content_type="application/json").status_code == 404
    assert "Nowak" not in client.get(f"/t/{stranger.ticket_code}").content.decode()
    assert not CheckIn.objects.exists()


def test_a_pass_hears_the_name_of_a_public_event_only(event, given):
    public = make_registration(make_event("otwarte"))
    hidden = make_registration(make_event("tajne", visibility=Visibility.RESTRICTED))
    client = with_pass(given)

    answers = [
        send(client, "check-ins/", {"code": row.ticket_code, "nonce": row.reference}).json() for row in (public, hidden)
    ]

    assert [(answer["result"], answer["event"]) for answer in answers] == [
        ("wrong_event", "otwarte"),
        ("wrong_event", None),
    ]


@pytest.mark.parametrize("end", ["revoked", "over", "deleted"])
def test_after_its_end_everything_is_404_and_says_so(event, given, the_moment, end):
    registration = make_registration(event)
    client = with_pass(given)
    if end == "revoked":
        revoke_door_pass(given, at=NOW)
    elif end == "deleted":
        DoorPass.objects.all().delete()
    else:
        # The cookie would be gone with the session; a clock that is behind keeps it.
        session = client.session
        session.set_expiry(timedelta(days=3))
        session.save()
        the_moment.move_to(given.valid_until)

    tap = {"code": registration.ticket_code, "nonce": "1"}
    page = client.get(DOOR)
    answers = [page, client.post(DOOR, tap), client.post(f"{DOOR}undo/", tap), client.post(f"{DOOR}headcount/", tap)]
    answers += [send(client, "check-ins/", tap), send(client, "headcounts/", {"delta": 1, "nonce": "1"})]
    answers += [client.get(link(given)), client.post(link(given))]

    assert [answer.status_code for answer in answers] == [404] * 8
    assert "This pass has ended" in page.content.decode()
    assert "Nowak" not in client.get(f"/t/{registration.ticket_code}").content.decode()
    assert not CheckIn.objects.exists()


def test_a_session_ends_with_its_pass(given, the_moment):
    client = with_pass(given)

    the_moment.move_to(given.valid_until)

    assert client.get(DOOR)["Location"] == f"/en/accounts/login/?next={DOOR}"


def test_before_its_day_the_link_says_when_that_is(event):
    given = make_door_pass(event, at=NOW + timedelta(hours=1))
    client = Client()

    page, pressed = client.get(link(given)), client.post(link(given))

    assert (page.status_code, pressed.status_code) == (200, 409)
    assert "The pass opens the door on its day" in page.content.decode()
    assert "Stand at this door" not in page.content.decode()
    assert client.get(DOOR).status_code == 302


def test_forged_links_are_404(event, given):
    other = make_door_pass(make_event())
    token = make_token("manage", row_id=given.pk, generation=1)
    nobody = make_token("door", row_id=given.pk + 100, generation=1)
    orphan = make_door_pass(event)
    DoorPass.objects.filter(pk=orphan.pk).update(created_by=None)

    addresses = [f"/en/door/{token}/", f"/en/door/{nobody}/", "/en/door/x/", link(given, 2), link(orphan)]
    answers = [getattr(Client(), method)(address) for address in addresses for method in ("get", "post")]

    assert {answer.status_code for answer in answers} == {404}
    assert with_pass(other).get(DOOR).status_code == 404


def test_the_generation_in_the_browser_counts(given):
    client = with_pass(given)

    DoorPass.objects.update(generation=2)

    assert client.get(DOOR).status_code == 404


def test_staff_stand_there_as_themselves_and_keep_their_session(event, given):
    registration, other = make_registration(event), make_registration(event)
    organiser, stranger = make_user(), make_user(unit=make_unit("inny"))
    clients = []
    for user in (organiser, stranger):
        client = Client()
        client.force_login(user)
        ends = client.session.get_expiry_date()
        client.post(link(given))
        assert client.session.get_expiry_date() == ends
        clients.append(client)

    mine = send(clients[0], "check-ins/", {"code": registration.ticket_code, "nonce": "1"})
    theirs = send(clients[1], "check-ins/", {"code": other.ticket_code, "nonce": "2"})
    revoke_door_pass(given, at=NOW)

    assert [(row.by, row.door_pass) for row in CheckIn.objects.all()] == [(organiser, None), (None, given)]
    assert (mine.status_code, theirs.status_code) == (200, 200)
    assert [send(client, "headcounts/", {"delta": 1, "nonce": "3"}).status_code for client in clients] == [200, 404]
    assert [client.get(DOOR).status_code for client in clients] == [200, 404]


# The organiser's page


def test_an_organiser_gives_a_pass_sees_its_link_once_and_takes_it_back(event):
    client = Client()
    client.force_login(make_user(role=Role.EDITOR))
    address = reverse("manage-door-passes", args=["meeting"])

    form = client.get(address)
    given = client.post(address, {"label": "Wejście B", "day": "2027-01-12"})
    row = DoorPass.objects.get()
    path = link(row)
    later = client.get(address)
    door = with_pass(row)
    opened = door.get(DOOR).status_code
    revoked = client.post(reverse("manage-door-pass-revoke", args=["meeting", row.pk]), follow=True)

    assert "Tuesday, 12 January 2027" in form.content.decode()
    assert f"http://testserver{path}" in given.content.decode() or path in given.content.decode()
    assert "<svg" in given.content.decode()
    assert path not in later.content.decode()
    assert "Wejście B" in later.content.decode()
    assert (opened, door.get(DOOR).status_code) == (200, 404)
    assert "Taken back" in revoked.content.decode()


def test_what_is_missing_is_said_at_its_field(event):
    client = Client()
    client.force_login(make_user())
    address = reverse("manage-door-passes", args=["meeting"])

    empty = client.post(address, {"label": "", "day": "2027-01-13"})
    blank = client.post(address, {"label": "\u2003", "day": "2027-01-12"})

    assert sorted(empty.context["form"].errors) == ["day", "label"]
    assert sorted(blank.context["form"].errors) == ["label"]
    assert not DoorPass.objects.exists()


def test_a_meeting_without_a_date_has_no_passes(event):
    event.sessions.all().delete()
    client = Client()
    client.force_login(make_user())

    page = client.get(reverse("manage-door-passes", args=["meeting"])).content.decode()

    assert "The event has no date yet." in page
    assert "Day" not in page


def test_the_conflicts_are_listed_for_staff(event):
    registration = make_registration(event, first_name="Ewa", last_name="Zając")
    client = Client()
    client.force_login(make_user("drzwi@example.org", role=Role.DOOR))
    address = f"{DOOR}conflicts/"

    nobody = client.get(address).content.decode()
    for device in ("Telefon 1", "Telefon 2"):
        send(client, "check-ins/", {"code": registration.ticket_code, "nonce": device, "device": device})
    page = client.get(address).content.decode()
    (answer,) = client.get(f"{API}check-ins/conflicts/").json()

    assert "Nobody was scanned by more than one device." in nobody
    assert "Ewa Zając" in page
    assert "Telefon 2 · drzwi@example.org" in page
    assert (answer["reference"], answer["member"], answer["last_name"]) == (registration.reference, None, "Zając")
    assert [(scan["nonce"], scan["by"], scan["at"]) for scan in answer["scans"]] == [
        (device, "drzwi@example.org", "2027-01-12T10:00:00+01:00") for device in ("Telefon 1", "Telefon 2")
    ]
    assert AccessLog.objects.count() == 2
