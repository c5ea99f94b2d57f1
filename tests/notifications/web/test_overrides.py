"""The pages of the city's own words, and their endpoints."""

import pytest
from django.test import Client

from events.enums import Role
from notifications.queries.overrides import own_words
from tests.make import Program, make_user

pytestmark = pytest.mark.django_db

LIST = "/en/manage/messages/texts/"
URL = f"{LIST}still_coming/en/"
API = "/api/v1/manage/messages/texts/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_user(role=Role.ADMIN))
    return client


def test_the_original_stands_beside_with_the_names_that_may_be_used(desk: Client):
    page = desk.get(URL).content.decode()

    assert "<code>{{ manage_link }}</code>" in page
    assert "The original words" in page
    assert "It has to hold: {{ answer_by }}" in page
    assert desk.get(f"{LIST}announcement/en/").status_code == 404


def test_they_are_looked_at_and_then_saved(desk: Client):
    words = {"subject": "Are you coming to {{ title }}?", "lead": ""}

    looked = desk.post(URL, {**words, "preview": "yes"}).content.decode()
    assert "Are you coming to Meeting about a park (example)?" in looked
    assert own_words().texts == {}
    saved = desk.post(URL, words, follow=True).content.decode()

    assert "The texts are saved" in saved
    assert "own words" in saved
    assert own_words().of("still_coming", "en") == {"subject": "Are you coming to {{ title }}?"}
    assert "original words throughout" in desk.post(URL, {"preview": "yes"}).content.decode()


def test_what_does_not_fit_is_said_at_its_field(desk: Client):
    page = desk.post(URL, {"sms": "Come!"}).content.decode()

    assert "{{ answer_by }} has to be in it" in page
    assert own_words().texts == {}


def test_the_endpoints_do_the_same():
    program = Program(make_user(role=Role.ADMIN))

    said = program.patch(f"{API}still_coming/en/", {"subject": "Coming?"}, format="json").json()
    wrong = program.patch(f"{API}still_coming/en/", {"sms": "Come!"}, format="json")

    assert said["own"] == {"subject": "Coming?"}
    assert "{{ manage_link }}" in said["original"]["sms"]
    assert program.get(API).json() == [{"kind": "still_coming", "language": "en", "parts": ["subject"]}]
    assert list(wrong.json()["errors"]) == ["sms"]
    assert program.get(f"{API}announcement/en/").status_code == 404
    assert Program(make_user()).get(API).status_code == 404
