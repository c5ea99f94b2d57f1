"""Unreadable input is refused, a database in trouble is a 503, and the address decides the language."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import translation
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from config.middleware import MAX_UPLOAD_BYTES, ClientAddressMiddleware

pytestmark = pytest.mark.urls(__name__)


def seen(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"language": translation.get_language(), "fields": len(request.POST)})


def broken(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused for ann@example.org")


@api_view(["POST"])
@permission_classes([AllowAny])
def echo(request: Request) -> Response:
    return Response(request.data)


@api_view(["POST"])
@permission_classes([AllowAny])
def interrupted(_request: Request) -> Response:
    raise InterfaceError("the connection is closed")


urlpatterns = [
    path("seen/", seen),
    path("en/seen/", seen),
    path("uk/seen/", seen),
    path("broken/", broken),
    path("api/v1/seen/", seen),
    path("api/v1/echo/", echo),
    path("api/v1/interrupted/", interrupted),
]


@pytest.mark.parametrize(
    "address",
    ["/se%00en/", "/seen/?q=%00", "/seen/?q=%ff", "/seen/?q=%ed%a0%80", "/seen/?%c3=1"],
)
def test_an_address_that_is_not_text_is_refused(client: Client, address: str) -> None:
    path_part, _, query = address.partition("?")

    response = client.get(path_part, QUERY_STRING=query)

    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("body", ["name=%00", "name=%ff", "na%00me=x", "name=%ed%a0%80"])
def test_a_form_that_is_not_text_is_refused(client: Client, body: str) -> None:
    response = client.post("/seen/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 400


def test_a_file_form_that_is_not_text_is_refused(client: Client) -> None:
    assert client.post("/seen/", {"name": "a\x00b"}).status_code == 400


def test_ordinary_text_passes(client: Client) -> None:
    response = client.post("/seen/?q=zażółć+gęślą+jaźń+🏛", {"name": "Zofia Żółć 🏛"})

    assert response.json() == {"language": "pl", "fields": 1}


@pytest.mark.parametrize(
    "body", [b'{"name": "\\u0000"}', b'{"name": "\\ud800"}', b'{"\\udfff": 1}', b'{"name": "\xff"}', b"[" * 100_000]
)
def test_json_that_cannot_be_kept_is_refused(client: Client, body: bytes) -> None:
    response = client.post("/api/v1/echo/", body, content_type="application/json")

    assert response.status_code == 400


def test_json_that_can_be_kept_arrives(client: Client) -> None:
    response = client.post("/api/v1/echo/", {"name": "Zofia 🏛", "list": [None, 1.5]}, content_type="application/json")

    assert response.json() == {"name": "Zofia 🏛", "list": [None, 1.5]}


def test_ten_megabytes_of_json_are_refused_unread(client: Client) -> None:
    body = b'{"name": "' + b"a" * 10_000_000 + b'"}'

    response = client.post("/api/v1/echo/", body, content_type="application/json")

    assert response.status_code == 413
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "too_large"


def test_a_form_without_end_is_refused_unread(client: Client) -> None:
    response = client.post(
        "/seen/", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(MAX_UPLOAD_BYTES + 1)
    )

    assert response.status_code == 413


def test_a_database_in_trouble_is_busy_for_a_page(client: Client) -> None:
    response = client.get("/broken/")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Cache-Control"] == "no-store"
    assert "ann@example.org" not in response.content.decode()


def test_a_database_in_trouble_is_a_problem_for_the_api(client: Client) -> None:
    response = client.post("/api/v1/interrupted/", HTTP_ACCEPT_LANGUAGE="en")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.json()["code"] == "unavailable"


@pytest.mark.parametrize(("address", "language"), [("/seen/", "pl"), ("/en/seen/", "en"), ("/uk/seen/", "uk")])
def test_a_pages_language_is_its_addresss_whatever_the_browser_wants(
    client: Client, address: str, language: str
) -> None:
    response = client.get(address, HTTP_ACCEPT_LANGUAGE="en,uk;q=0.9", HTTP_COOKIE="django_language=en")

    assert response.json()["language"] == language
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" not in response.headers.get("Vary", "")


@pytest.mark.parametrize(
    ("wish", "language"),
    [("", "pl"), ("en-GB,en;q=0.9", "en"), ("de,uk;q=0.5", "uk"), ("*", "pl"), ("de", "pl"), ("x" * 3000, "pl")],
)
def test_the_api_speaks_the_askers_language(client: Client, wish: str, language: str) -> None:
    response = client.get("/api/v1/seen/", HTTP_ACCEPT_LANGUAGE=wish)

    assert response.json()["language"] == language
    assert "Accept-Language" in response.headers["Vary"]


def test_the_language_of_one_request_does_not_stay_for_the_next(client: Client) -> None:
    client.get("/uk/seen/")

    assert translation.get_language() == "pl"


def test_every_answer_carries_the_number_of_its_request(client: Client) -> None:
    made = client.get("/seen/").headers["X-Request-ID"]
    kept = client.get("/seen/", HTTP_X_REQUEST_ID="proxy-12345678").headers["X-Request-ID"]
    replaced = client.get("/seen/", HTTP_X_REQUEST_ID="ann@example.org").headers["X-Request-ID"]

    assert len(made) == 32
    assert kept == "proxy-12345678"
    assert len(replaced) == 32


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("", "203.0.113.9", ""),
    ],
)
def test_the_visitors_address_is_believed_only_from_our_proxies(
    settings: Any, peer: str, forwarded: str, visitor: str
) -> None:
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    ClientAddressMiddleware(lambda _request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == visitor


@pytest.mark.parametrize(
    ("peer", "forwarded", "is_secure"),
    [
        ("10.0.0.1", "https", True),
        ("10.0.0.1", "http", False),
        ("10.0.0.1", "", False),
        ("198.51.100.7", "https", False),
        ("127.0.0.1", "https", False),
    ],
)
def test_tls_is_believed_only_from_our_proxies(settings: Any, peer: str, forwarded: str, is_secure: bool) -> None:
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    request = RequestFactory().get(
        "/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="203.0.113.9", HTTP_X_FORWARDED_PROTO=forwarded
    )

    ClientAddressMiddleware(lambda _request: HttpResponse())(request)

    assert request.is_secure() is is_secure
