"""One click in the mail program or a button on the page: no more reminders, and a way back; looking changes nothing."""

import pytest
from django.test import Client
from django.utils import translation

from notifications.delivery.sending import send_due
from notifications.models import Suppression
from notifications.tokens import unsubscribe_token
from registrations.tokens import email_key
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db

ADDRESS = f"/en/u/{unsubscribe_token(email_key('anna@example.org'))}/"
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def program() -> Client:
    """A mail program: it has no cookies and knows of no CSRF token."""
    return Client(enforce_csrf_checks=True)


def standing() -> list[tuple[str, str]]:
    return list(Suppression.objects.filter(lifted_at=None).values_list("address_key", "scope"))


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_the_header_of_a_reminder_leads_to_one_click(sink: MailSink, program: Client, language: str):
    make_message(make_registration(make_event(), email="anna@example.org", language=language), "reminder")
    send_due(clock=lambda: NOW)
    (mail,) = sink.mails
    address = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("http://127.0.0.1:8000")

    response = program.post(address, str(mail["List-Unsubscribe-Post"]), content_type=FORM)

    assert response.status_code == 200
    assert standing() == [(email_key("anna@example.org"), "optional")]


def test_who_has_clicked_gets_no_reminder_and_everything_else(sink: MailSink, program: Client):
    event = make_event()
    registration = make_registration(event, email="anna@example.org")
    program.post(ADDRESS, ONE_CLICK, content_type=FORM)
    spared, needed = make_message(registration, "reminder"), make_message(registration, "confirmed")

    send_due(clock=lambda: NOW)

    spared.refresh_from_db()
    needed.refresh_from_db()
    assert (spared.state, needed.state) == ("suppressed", "sent")
    assert len(sink.mails) == 1


def test_as_a_form_with_parts_it_is_the_same_click(program: Client):
    assert program.post(ADDRESS, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert program.post(ADDRESS, ONE_CLICK, content_type=FORM).status_code == 200

    assert len(standing()) == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(program: Client, method: str):
    response = getattr(program, method)(ADDRESS)

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert not Suppression.objects.exists()


def test_the_button_says_what_it_did_and_has_a_way_back(program: Client):
    page = program.get(ADDRESS).content.decode()
    assert "<h1>No more reminders?</h1>" in page
    assert 'value="stop"' in page

    page = program.post(ADDRESS, {"reminders": "stop"}).content.decode()
    assert "<h1>You get no more reminders</h1>" in page
    assert program.get(ADDRESS).content.decode().count("You get no more reminders") == page.count(
        "You get no more reminders"
    )

    page = program.post(ADDRESS, {"reminders": "again"}).content.decode()
    assert "<h1>You get reminders again</h1>" in page
    assert standing() == []


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_nobody_learns_whose_mailbox_it_is(program: Client, language: str):
    with translation.override(language):
        page = program.get(ADDRESS.replace("/en", "" if language == "pl" else f"/{language}"))

    assert "anna" not in page.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["unknown", "e" * 68, ADDRESS.split("/")[3][:-1] + "-"])
def test_a_made_up_key_opens_nothing(program: Client, method: str, token: str):
    response = getattr(program, method)(f"/en/u/{token}/")

    assert response.status_code == 404
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete", "options"])
def test_nothing_else_is_understood(program: Client, method: str):
    assert getattr(program, method)(ADDRESS).status_code == 405
