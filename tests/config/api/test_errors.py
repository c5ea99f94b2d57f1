"""Every refusal below /api/ is a problem in the asker's language."""

import pytest
from django.test import Client
from rest_framework import exceptions
from rest_framework.response import Response

from config.api.errors import flat_errors, handle
from events.errors import DomainError, EditConflict, FieldErrors
from registrations.errors import RateLimited


def _handled(error: Exception) -> Response:
    response = handle(error, {})
    assert response is not None
    return response


def test_a_refusal_of_the_domain_is_409_with_its_code_and_what_it_knows():
    response = _handled(DomainError("Not today.", details={"opens_at": "2027-01-07T17:00:00+01:00"}))

    assert (response.status_code, response.content_type) == (409, "application/problem+json")
    assert response.data == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "Not today.",
        "code": "refused",
        "opens_at": "2027-01-07T17:00:00+01:00",
    }


def test_what_a_refusal_knows_cannot_stand_in_for_the_problem_itself():
    response = _handled(EditConflict(details={"status": 200, "code": "fine"}))

    assert (response.data["status"], response.data["code"]) == (409, "edit_conflict")


def test_field_errors_are_400_by_field():
    response = _handled(FieldErrors({"title": ["Say how it is called."]}))

    assert response.status_code == 400
    assert response.data["code"] == "invalid"
    assert response.data["errors"] == {"title": ["Say how it is called."]}


def test_errors_of_nested_fields_are_named_by_their_way():
    errors = {"non_field_errors": ["No."], "sessions": [{}, {"ends_at": ["Too early."]}], "title": {"pl": ["Missing."]}}

    assert dict(flat_errors(errors)) == {"": ["No."], "sessions.1.ends_at": ["Too early."], "title.pl": ["Missing."]}


@pytest.mark.parametrize(("details", "seconds"), [({"retry_after": 17}, "17"), ({}, "60"), ({"retry_after": 0}, "1")])
def test_too_many_attempts_are_429_and_say_when_to_come_back(details: dict[str, object], seconds: str):
    response = _handled(RateLimited(details=details))

    assert (response.status_code, response["Retry-After"]) == (429, seconds)
    assert response.data["code"] == "rate_limited"


def test_a_bug_is_left_to_the_log():
    assert handle(ZeroDivisionError(), {}) is None


def test_the_frameworks_own_refusals_keep_their_status():
    response = _handled(exceptions.UnsupportedMediaType("text/plain"))

    assert (response.status_code, response.data["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(("language", "sentence"), [("pl", None), ("en", "There is nothing here that you may see.")])
def test_an_unknown_address_is_a_problem_in_the_askers_language(client: Client, language: str, sentence: str | None):
    response = client.get("/api/v1/nothing/", headers={"Accept-Language": language})

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response["Content-Language"] == language
    assert response.json()["code"] == "not_found"
    assert sentence is None or response.json()["detail"] == sentence


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_an_unknown_address_is_404_whatever_one_wants_with_it(client: Client, method: str):
    assert getattr(client, method)("/api/v1/nothing/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forgotten_slash_leads_on_with_method_body_and_query(client: Client, method: str):
    response = getattr(client, method)("/api/v1/schema?a=1")

    assert (response.status_code, response["Location"]) == (308, "/api/v1/schema/?a=1")


def test_a_wrong_method_is_405(client: Client):
    response = client.post("/api/v1/schema/")

    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


def test_a_bug_is_a_problem_without_its_inside(client: Client, monkeypatch: pytest.MonkeyPatch):
    def broken(_language: str) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("config.api.schema.schema_in", broken)
    client.raise_request_exception = False

    response = client.get("/api/v1/schema/")

    assert (response.status_code, response.json()["code"]) == (500, "server_error")
    assert "secret" not in response.text
