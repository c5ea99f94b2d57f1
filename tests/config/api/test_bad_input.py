"""Whatever is sent, the answer is a problem of the 4xx kind, and nothing is stored."""

import json

import pytest
from django.test import Client
from werkzeug.test import Client as WSGIClient

from events.enums import Role
from events.models import Event
from registrations.models import Registration
from tests.make import make_event, make_registration, make_user

pytestmark = pytest.mark.django_db

PERSON = {"first_name": "Anna", "last_name": "Nowak", "email": "anna@example.org"}
DEEP = 100_000


@pytest.fixture
def world():
    event = make_event("debata")
    return make_registration(event, email="jan@example.org")


@pytest.fixture
def doors(world):
    """Every kind of body: a stranger's, a person's own, an organiser's and the door's."""
    staff = Client()
    staff.force_login(make_user(role=Role.OWNER))
    nobody = Client()
    return [
        (nobody, "post", "/api/v1/events/debata/registrations/"),
        (nobody, "patch", f"/api/v1/registrations/{world.manage_token}/"),
        (staff, "post", "/api/v1/manage/events/"),
        (staff, "patch", "/api/v1/manage/events/debata/"),
        (staff, "post", "/api/v1/manage/events/debata/cancel/"),
        (staff, "post", "/api/v1/manage/events/debata/check-ins/"),
        (staff, "post", "/api/v1/manage/venues/"),
        (staff, "post", "/api/v1/manage/series/"),
        (staff, "post", "/api/v1/manage/organizations/"),
        (staff, "post", "/api/v1/manage/audiences/"),
        (staff, "post", "/api/v1/manage/events/debata/new-date/"),
        (staff, "post", "/api/v1/manage/events/debata/questions/"),
        (staff, "post", "/api/v1/manage/events/debata/agenda/"),
        (staff, "patch", f"/api/v1/manage/events/debata/sessions/{world.event.sessions.get().pk}/"),
    ]


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b"{", {400}),
        (b"null", {400}),
        (b"[]", {400, 200}),
        (b"[1, null, {}]", {400}),
        (b'"text"', {400}),
        (b"17", {400}),
        (b"NaN", {400}),
        (b'{"first_name": Infinity}', {400}),
        (b"9" * 5000, {400}),
        (b"\xff\xfe{}", {400}),
        (b'{"first_name": "\xc3\x28"}', {400}),
        (b'{"first_name": "\\u0000", "reason": "\\u0000", "title": {"pl": "\\u0000"}}', {400}),
        (b'{"first_name": "\\ud800", "reason": "\\ud800", "code": "\\ud800"}', {400}),
        (b'{"\\u0000": 1}', {400}),
        (b'{"\\udfff": 1}', {400}),
        (b"[" * DEEP + b"]" * DEEP, {400}),
        (b'{"title":' * DEEP + b"1" + b"}" * DEEP, {400}),
        (json.dumps({**PERSON, "first_name": "x" * 10_000_000}).encode(), {413}),
        (
            json.dumps({"title": {"pl": "x" * 1_000_000}, "reason": "x" * 1_000_000, "phone": "1" * 10_000}).encode(),
            {400},
        ),
        (json.dumps({"sessions": [{}] * 10_000, "rooms": [{}] * 10_000}).encode(), {400}),
        (json.dumps({"sessions": [10**30], "latitude": 10**300, "nonce": 10**30, "reason": [[]]}).encode(), {400}),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
def test_a_body_that_cannot_be_read_is_refused_at_every_door(doors, body, statuses):
    before = list(Event.objects.values()), list(Registration.objects.values())

    for client, method, address in doors:
        response = getattr(client, method)(address, body, content_type="application/json")

        assert response.status_code in statuses, (address, response.text)
        if response.status_code != 200:
            assert response["Content-Type"] == "application/problem+json"
            assert response.json()["status"] == response.status_code

    assert (list(Event.objects.values()), list(Registration.objects.values())) == before


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "nonsense",
    ],
)
def test_another_type_of_body_is_refused_at_every_door(doors, content_type):
    for client, method, address in doors:
        response = getattr(client, method)(address, json.dumps(PERSON).encode(), content_type=content_type)

        assert response.status_code in {400, 415}, (address, response.status_code)
        assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/events/?q=%00",
        "/api/v1/events/?q=%ff",
        "/api/v1/events/?q=%ed%a0%80",
        "/api/v1/events/?page=100000000000000000000",
        "/api/v1/events/?page=1e9",
        "/api/v1/events/?stage=99999999999999999999",
        "/api/v1/events/?kind=%F0%9F%8C%B3",
        f"/api/v1/events/?q={'x' * 5000}",
        "/api/v1/events/?starts_after=99999-01-01T00:00",
        "/api/v1/events/?starts_after=0001-01-01",
        f"/api/v1/events/{'x' * 5000}/",
        "/api/v1/events/%00/",
        "/api/v1/events/%ff/",
        "/api/v1/registrations/%00/",
        "/api/v1/registrations/99999999999999999999999/",
        "/api/v1/manage/events/debata/registrations/?q=%00",
        "/api/v1/manage/events/debata/registrations/?page=100000000000000000000",
        "/api/v1/manage/events/debata/registrations/%F0%9F%8C%B3/",
        "/api/v1/manage/events/debata/messages/?page=0",
        "/api/v1/manage/events/?page=-1",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(world, address):
    staff = Client()
    staff.force_login(make_user(role=Role.OWNER))

    response = staff.get(address)

    assert response.status_code in {400, 404}
    assert response["Content-Type"] == "application/problem+json"


def test_an_answer_that_nobody_can_write_is_406(client, world):
    response = client.get("/api/v1/events/", headers={"Accept": "image/png"})

    assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_what_clients_usually_accept_is_given(client, world, accept):
    assert client.get("/api/v1/events/", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize("charset", ["hex", "utf-16", "idna", "undefined", "nothing"])
def test_every_request_is_read_as_utf_8_whatever_it_says(world, served, charset):
    server = WSGIClient(served)
    body = json.dumps({**PERSON, "first_name": "Łucja"}, ensure_ascii=False).encode()

    questions = [
        server.get(address, content_type=f"text/plain; charset={charset}").status_code
        for address in ("/api/v1/events/?q=x", "/events/?q=x", "/")
    ]
    answer = server.post(
        "/api/v1/events/debata/registrations/", data=body, content_type=f"application/json; charset={charset}"
    )

    assert questions == [200, 200, 200]
    assert answer.status_code == 201, answer.text
    assert Registration.objects.latest("id").participant.first_name == "Łucja"
