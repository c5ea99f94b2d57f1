"""Who is asking, at the doors of the API."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from events.enums import Role
from events.models import ApiToken
from events.tokens import hash_api_token
from tests.make import Program, make_event, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def asked_with(header):
    return Client().get(URL, headers={"Authorization": header, "Accept-Language": "en"})


@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN"])
def test_a_token_opens_its_owners_doors_and_only_its_hash_is_kept(scheme):
    ApiToken.objects.create(user=make_user(), token_hash=hash_api_token("secret"), created_at=NOW)

    assert asked_with(f"{scheme} secret").status_code == 200
    assert not ApiToken.objects.filter(token_hash="secret").exists()


@pytest.mark.parametrize(
    "header", ["Token wrong", "Token ", "Token", "Token \xff\xfe", f"Token {'x' * 5000}", "Basic YTpi", "Bearer secret"]
)
def test_what_is_no_token_of_ours_is_401_and_says_what_is_wanted(header):
    response = asked_with(header)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] in {"authentication_failed", "not_authenticated"}


@pytest.mark.parametrize("language", ["pl", "en"])
def test_nobody_is_401_in_their_language(language):
    response = Program(language=language).get(URL)

    assert (response.status_code, response["Content-Language"]) == (401, language)
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    ("expires_in", "status"), [(None, 200), (timedelta(seconds=1), 200), (timedelta(0), 401), (-timedelta(days=1), 401)]
)
def test_a_token_ends_when_it_said_it_would(expires_in, status):
    ApiToken.objects.create(
        user=make_user(),
        token_hash=hash_api_token("secret"),
        created_at=NOW,
        expires_at=None if expires_in is None else NOW + expires_in,
    )

    assert asked_with("Token secret").status_code == status


def test_a_token_ends_with_its_account():
    user = make_user()
    ApiToken.objects.create(user=user, token_hash=hash_api_token("secret"), created_at=NOW)
    user.is_active = False
    user.save()

    assert asked_with("Token secret").status_code == 401


def test_a_session_writes_only_from_our_own_pages():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    response = client.post(URL, {}, content_type="application/json")

    assert client.get(URL).status_code == 200
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert response.json()["code"] == "permission_denied"


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("enforces_token", [True, False])
def test_a_form_where_json_is_meant_is_no_empty_body(content_type, enforces_token):
    event = make_event("debata")
    page = Client(enforce_csrf_checks=enforces_token)
    page.force_login(make_user(role=Role.OWNER))
    page.cookies["csrftoken"] = "a" * 32
    form = b'--x\r\nContent-Disposition: form-data; name="reason"\r\n\r\nAwaria\r\n--x--\r\n'

    response = page.post(f"{URL}debata/postpone/", form, content_type=content_type, headers={"X-CSRFToken": "a" * 32})

    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    event.refresh_from_db()
    assert (event.status, event.changes.count()) == ("published", 0)


def test_a_move_without_a_word_needs_no_body():
    make_event("debata")
    page = Client()
    page.force_login(make_user(role=Role.OWNER))

    assert page.generic("POST", f"{URL}debata/postpone/").status_code == 200
