"""The API's description of itself."""

import json

import pytest
from django.conf import settings
from django.test import Client
from drf_spectacular.validation import validate_schema

from config.api.docs import example, operations, type_name
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
    for path, methods in schema_in("en")["paths"].items():
        for method, operation in methods.items():
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
        assert foreign not in response.text.replace(settings.BASE_URL, "")
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


def test_the_docs_show_what_every_operation_takes_and_gives():
    for operation in operations(schema_in("en")):
        good = [answer.content for answer in operation.answers if answer.status.startswith("2")]
        assert good, operation.id
        for content in [operation.body, *good]:
            if content.shape:
                assert content.fields, operation.id
                assert json.loads(content.example), operation.id
        assert operation.path in operation.curl
        assert ("Authorization" in operation.curl) == operation.needs_token


def test_an_example_ends_where_an_object_holds_its_like():
    box = {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Box"}, "day": {"format": "date"}}}
    whole = {"components": {"schemas": {"Box": box}}}

    assert example({"$ref": "#/components/schemas/Box"}, whole) == {"inner": {}, "day": "2027-02-07"}


@pytest.mark.django_db
def test_the_index_leads_to_what_everybody_may_read():
    program = Program()
    links = program.get("/api/v1/").json()

    assert links["events"].endswith("/api/v1/events/")
    for word, link in links.items():
        assert program.get(link.removeprefix("http://testserver")).status_code == 200, word
