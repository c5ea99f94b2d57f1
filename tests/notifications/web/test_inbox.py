"""The development inbox: as the recipient sees it, with links that work, and only on a development machine."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from notifications.delivery.sending import send_due
from notifications.enums import Channel
from notifications.models import Message
from registrations.models import Registration
from tests.make import make_event, make_registration
from tests.make.events import NOW
from tests.notifications.make_messages import make_message

INBOX = "/dev/inbox/"


@pytest.fixture(autouse=True)
def development(settings: Any) -> None:
    settings.DEBUG = True


def make_sent(kind: str = "confirmed", *, channel: Channel = Channel.EMAIL, minutes: int = 0, **person: Any) -> Message:
    registration = make_registration(make_event(), **{"phone": "+48501502503", "sms_reminders": True, **person})
    at = NOW + timedelta(minutes=minutes)
    message = make_message(registration, kind, channel=channel, at=at)
    send_due(clock=lambda: at)
    message.refresh_from_db()
    return message


@pytest.mark.django_db
def test_an_empty_inbox_says_what_to_do(client: Client):
    assert "work_once" in client.get(INBOX).content.decode()


@pytest.mark.django_db
def test_mails_and_sms_stand_there_newest_first_with_working_links(client: Client):
    make_sent(email="first@example.org")
    make_sent("reminder", channel=Channel.SMS, minutes=1)
    make_sent(email="last@example.org", minutes=2)

    page = client.get(INBOX).content.decode()

    assert page.index("last@example.org") < page.index("+48501502503") < page.index("first@example.org")
    for registration in Registration.objects.all():
        assert f'href="http://127.0.0.1:8000/r/{registration.manage_token}/"' in page


@pytest.mark.django_db
def test_the_html_of_a_mail_shows_its_picture_and_runs_nothing(client: Client):
    message = make_sent(first_name="<script>alert(1)</script>")

    answer = client.get(f"{INBOX}{message.pk}/html/")

    html = answer.content.decode()
    assert "data:image/png;base64," in html
    assert "cid:" not in html
    assert "{{" not in html
    assert "<script" not in html
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy or "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
def test_the_calendar_part_can_be_opened(client: Client):
    message = make_sent()

    answer = client.get(f"{INBOX}{message.pk}/calendar/")

    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert icalendar.Calendar.from_ical(answer.content)["METHOD"] == "REQUEST"
    waiting = make_sent("already_registered", minutes=1)
    assert client.get(f"{INBOX}{waiting.pk}/calendar/").status_code == 404


@pytest.mark.django_db
def test_in_production_there_is_no_inbox(client: Client, settings: Any):
    message = make_sent()
    settings.DEBUG = False

    for path in (INBOX, f"{INBOX}{message.pk}/html/", f"{INBOX}{message.pk}/calendar/"):
        assert client.get(path).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_the_inbox_is_read_page_by_page(client: Client, number: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("notifications.web.inbox._PAGE", 2)
    for minute in range(number):
        make_sent(minutes=minute)

    page = client.get(INBOX).content.decode()

    assert page.count("<article") == min(number, 2)
    assert ("?page=2" in page) == (number == 3)


@pytest.mark.django_db(transaction=True)
def test_a_link_in_a_mail_opens_the_page_of_the_registration(page: Page, live_server: Any, settings: Any):
    settings.BASE_URL = live_server.url
    make_sent()

    page.goto(INBOX)
    page.get_by_text("HTML").click()
    letter = page.frame_locator("iframe")
    expect(letter.locator("img")).to_be_visible()
    assert letter.locator("img").evaluate("picture => picture.naturalWidth") > 100
    letter.locator("a.button").click()

    page.wait_for_url("**/r/**")
