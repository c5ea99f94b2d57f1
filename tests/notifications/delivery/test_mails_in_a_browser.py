"""Mails as they were sent, in a real browser: by day and by night, on a narrow screen, without pictures, and in silence."""

import base64
import os
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from events.models import Event, EventChange
from notifications.delivery.sending import send_due
from notifications.models import Message
from tests.make import make_event, make_registration, make_unit, make_venue
from tests.make.events import NOW
from tests.notifications.far_ends import MailSink
from tests.notifications.make_messages import make_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Where to keep pictures of what was tested, for people to look at.
PICTURES = os.environ.get("WIEC_PICTURES")
WIDTHS = (800, 320)
KINDS = ["confirmed", "reminder", "event_changed"]
LONG_TITLE = "Konsultacje społeczne Zintegrowanej Strategii Rozwoju Miejskiego Obszaru Funkcjonalnego Lublina"


@pytest.fixture
def mails(sink: MailSink) -> dict[str, EmailMessage]:
    """A confirmation, a reminder and a change of one meeting with a long name, as its person got them."""
    unit = make_unit()
    unit.contact_email, unit.contact_phone = "konsultacje@example.org", "81 466 25 00"
    unit.save()
    event = make_event("debata", unit=unit, title=LONG_TITLE, venue=make_venue("ratusz"), sessions=2)
    venue = event.venue
    assert venue is not None
    venue.directions = {
        "pl": "Wejście od strony parkingu, winda na prawo za szatnią. " + "https://example.org/" + "dojazd" * 12
    }
    venue.save()
    registration = make_registration(event, seats=2)
    change = EventChange.objects.create(
        event=event,
        kind="rescheduled",
        before={
            "starts_at": f"{NOW + timedelta(days=3):%FT%TZ}",
            "ends_at": f"{NOW + timedelta(days=3, hours=2):%FT%TZ}",
        },
        session=event.sessions.first(),
        at=NOW,
        notify=True,
    )
    by_id = {f"<{make_message(registration, kind).pk}@127.0.0.1>": kind for kind in KINDS}
    Message.objects.filter(kind="event_changed").update(event_change=change)
    Event.objects.filter(pk=event.pk).update(contact_phone="81 466 25 00")
    send_due(clock=lambda: NOW)
    assert len(sink.mails) == len(KINDS)
    return {by_id[str(mail["Message-ID"])]: mail for mail in sink.mails}


def shown(page: Page, mail: EmailMessage, *, with_pictures: bool = True) -> None:
    """The HTML of a mail as a mail program shows it, its pictures from the mail itself."""
    body = mail.get_body(("html",))
    assert isinstance(body, EmailMessage)
    html = str(body.get_content())
    if with_pictures:
        for part in mail.walk():
            if part.get_content_maintype() == "image":
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                data = f"data:image/png;base64,{base64.b64encode(content).decode()}"
                html = html.replace(f"cid:{str(part['Content-ID']).strip('<>')}", data)
    page.set_content(html, wait_until="load")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_mail_is_read_by_day_and_by_night_on_any_screen(
    browser: Browser, mails: dict[str, EmailMessage], colours: Literal["light", "dark"]
):
    context = browser.new_context(color_scheme=colours)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    trouble: list[str] = []

    for kind, mail in mails.items():
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 700})
            shown(page, mail)
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/mail-{kind}-{width}-{colours}.png", full_page=True)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                trouble.append(f"{kind} is wider than {width}")
        page.evaluate(AXE.read_text())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules}).then(found => found.violations)", RULES)
        trouble += [f"{kind}: {one['id']} {[node['html'] for node in one['nodes']]}" for one in found]

    assert trouble == []
    # Nobody learns that it was opened.
    assert [url for url in asked if not url.startswith("data:")] == []
    context.close()


def test_without_pictures_the_code_still_stands_there(browser: Browser, mails: dict[str, EmailMessage]):
    page = browser.new_page(viewport={"width": 320, "height": 700})

    shown(page, mails["confirmed"], with_pictures=False)

    if PICTURES:
        page.screenshot(path=f"{PICTURES}/mail-confirmed-without-pictures.png", full_page=True)
    code = page.locator(".code").first.inner_text()
    assert code in (page.get_by_role("img").get_attribute("alt") or "")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()
