"""The API's description of itself."""

import json

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema

from config.api.docs import type_name
from config.api.schema import schema_in
from tests.make import Program

PUBLIC = ("/api/v1/registrations/", "/api/v1/events", "/api/v1/processes/")


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_the_description_is_openapi_3_1(client: Client, language: str):
    response = client.get("/api/v1/schema/", headers={"Accept-Language": language, "Accept": "application/json"})

    assert response.status_code == 200
    description = response.json()
    validate_schema(description)
    assert description["openapi"].startswith("3.1")


def test_yaml_for_who_wants_it(client: Client):
    response = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi"})

    assert response.status_code == 200
    assert response.text.startswith("openapi: 3.1")


def test_making_the_description_warns_of_nothing(capsys: pytest.CaptureFixture[str]):
    schema_in.cache_clear()

    schema_in("en")

    assert capsys.readouterr().err == ""


def test_every_operation_says_what_it_is_for_and_how_it_refuses():
    for path, operations in schema_in("en")["paths"].items():
        for method, operation in operations.items():
            assert operation["description"], (method, path)
            assert "4XX" in operation["responses"], (method, path)
            needs_token = any(operation.get("security", ()))
            assert needs_token == path.startswith("/api/v1/manage/"), (method, path)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_the_docs_are_a_page_without_scripts_and_strangers(language: str):
    response = Program(language=language).get("/api/v1/docs/")

    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.text
    for foreign in ("<script", "style=", "//cdn", "http://", "https://unpkg"):
        assert foreign not in response.text
    for path in schema_in(language)["paths"]:
        assert path in response.text


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({"$ref": "#/components/schemas/Event"}, "Event"),
        ({"type": "array", "items": {"type": "string"}}, "string[]"),
        ({"type": ["string", "null"], "format": "uuid"}, "string (uuid) | null"),
        ({"oneOf": [{"type": "integer"}, {"$ref": "#/x/Y"}]}, "integer | Y"),
        ({"enum": ["pl", None]}, '"pl" | null'),
        ({}, "any"),
    ],
)
def test_types_are_written_as_people_do(schema: dict[str, object], name: str):
    assert type_name(json.loads(json.dumps(schema))) == name
