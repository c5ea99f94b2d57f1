"""Files of events as browsers get them: saved, never run, and only where the event may be seen."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from events.enums import EventStatus, Role, Visibility
from events.models import Attachment
from tests.make import make_attachment, make_event, make_unit, make_user

pytestmark = pytest.mark.django_db


def address(file: Attachment) -> str:
    return reverse("attachment", args=[file.pk, file.file_name])


def staff(**given) -> Client:
    client = Client()
    client.force_login(make_user(**given))
    return client


def test_a_file_is_saved_under_its_name_and_runs_nowhere(client, django_assert_num_queries):
    file = make_attachment(make_event(), file_name="Program żółty.txt", data=b"17:00")

    with django_assert_num_queries(2):
        response = client.get(address(file))

    assert (response.status_code, response.content) == (200, b"17:00")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Program%20%C5%BC%C3%B3%C5%82ty.txt"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["ETag"] == f'"{file.sha256}"'
    assert response["Content-Length"] == "5"
    assert "Cookie" not in response.get("Vary", "")
    assert response.cookies == {}


def test_whoever_has_the_file_is_told_so_without_its_bytes(client, django_assert_num_queries):
    file = make_attachment(make_event())

    with django_assert_num_queries(1):
        response = client.get(address(file), HTTP_IF_NONE_MATCH=f'"{file.sha256}"')

    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == f'"{file.sha256}"'
    assert response["Cache-Control"] == "public, max-age=300"


def test_head_tells_the_length(client, django_assert_num_queries):
    file = make_attachment(make_event())

    with django_assert_num_queries(1):
        response = client.head(address(file))

    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == str(file.size)


@pytest.mark.parametrize(
    "given",
    [{"status": EventStatus.DRAFT}, {"status": EventStatus.IN_REVIEW}, {"visibility": Visibility.RESTRICTED}],
)
def test_a_file_of_what_strangers_do_not_see_is_there_for_staff_only(client, given):
    file = make_attachment(make_event(**given))

    response = staff(role=Role.AUDITOR).get(address(file))

    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    strangers = [client, staff(role=Role.DOOR), staff(unit=make_unit("inna"))]
    assert [each.get(address(file)).status_code for each in strangers] == [404, 404, 404]
    assert client.get(address(file), HTTP_IF_NONE_MATCH=f'"{file.sha256}"').status_code == 404


def test_an_unlisted_event_shows_its_files_to_whoever_has_the_address(client):
    assert client.get(address(make_attachment(make_event(visibility=Visibility.UNLISTED)))).status_code == 200


def test_another_name_or_number_is_not_found(client):
    file = make_attachment(make_event())

    wrong = [
        reverse("attachment", args=[file.pk, "inny.txt"]),
        reverse("attachment", args=[uuid.uuid4(), file.file_name]),
        f"/attachments/x/{file.file_name}",
    ]
    assert [client.get(each).status_code for each in wrong] == [404, 404, 404]
    assert client.post(address(file)).status_code == 405
