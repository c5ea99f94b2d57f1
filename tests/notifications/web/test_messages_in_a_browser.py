"""Pages about messages in a real browser: axe finds nothing, nothing overflows, mails show in frames, the keyboard sends."""

from datetime import timedelta
from typing import Literal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from events.enums import Role
from events.models import Event, User
from notifications.enums import Channel, MessageState
from notifications.models import Announcement, ChannelState, DeliveryAttempt, Message
from registrations.models import Participant
from tests.config.test_pages_in_a_browser import DESKTOP, SMALL_PHONE, faults, keep_picture, overflows
from tests.make import make_event, make_registration, make_user, make_venue
from tests.notifications.make_messages import make_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def event() -> Event:
    now = timezone.now()
    event = make_event(
        "spotkanie",
        title="Otwarte spotkanie w dzielnicy Rury",
        venue=make_venue("ratusz"),
        starts_at=now + timedelta(days=9),
    )
    for number, state in enumerate(
        (MessageState.FAILED, MessageState.SENT, MessageState.DELIVERED, MessageState.PLANNED)
    ):
        person = make_registration(event, first_name="Anna", last_name=f"Żółć-Przykładowa {number}", at=now)
        channel = Channel.SMS if state == MessageState.SENT else Channel.EMAIL
        message = make_message(person, channel=channel, at=now)
        Message.objects.filter(pk=message.pk).update(
            state=state,
            to="anna.zolc.przykladowa@example.org",
            subject="Masz miejsce",
            body="Dzień dobry,\n\nmasz miejsce.",
            state_reason="550 5.1.1 no such mailbox here" if state == MessageState.FAILED else "",
            sent_at=now - timedelta(days=3) if channel == Channel.SMS else None,
            provider_id="SM1" if channel == Channel.SMS else "",
            segments=2 if channel == Channel.SMS else None,
        )
        DeliveryAttempt.objects.create(message=message, at=now, result="refused", code="550", detail="no such mailbox")
    caller = make_registration(event, phone="+48501502503", language="uk", at=now)
    Participant.objects.filter(registration=caller).update(email="")
    ChannelState.objects.create(
        channel=Channel.SMS, refilled_at=now, open_until=now + timedelta(hours=1), last_error="20003 Authenticate"
    )
    Announcement.objects.create(
        event=event,
        at=now,
        subject={"pl": "Weź dokument"},
        body={"pl": "Prosimy o dokument."},
        nonce="00000000-0000-0000-0000-000000000001",
        planned_at=now,
        messages_planned=4,
    )
    make_event("punkt", title="Punkt mobilny", starts_at=now + timedelta(days=3))
    return event


def sign_in(page: Page, user: User) -> None:
    page.goto("/healthz")
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    origin = str(page.evaluate("location.origin"))
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])


PAGES = {
    "today": "/manage/",
    "messages": "/manage/events/spotkanie/messages/",
    "messages not found": "/manage/events/spotkanie/messages/?q=nikt",
    "no messages": "/manage/events/punkt/messages/",
    "write": "/manage/events/spotkanie/announcements/new/",
    "what people get": "/manage/events/spotkanie/messages/preview/?kind=confirmed&language=pl",
    "texts": "/manage/messages/texts/",
    "text": "/manage/messages/texts/still_coming/pl/",
}


@pytest.mark.parametrize(("size", "colours"), [(SMALL_PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_any_page_about_messages(
    page: Page, event: Event, size: ViewportSize, colours: Literal["dark", "light"]
) -> None:
    del event
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colours)
    sign_in(page, make_user(role=Role.ADMIN))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    trouble: dict[str, list[str]] = {}

    for name, path in PAGES.items():
        page.goto(path)
        keep_picture(page, f"messages {name} {size['width']} {colours}")
        if found := faults(page):
            trouble[name] = found
        if overflows(page):
            trouble.setdefault(name, []).append("overflows")

    assert trouble == {}
    assert complaints == []


def test_the_keyboard_alone_looks_at_an_announcement_and_sends_it(page: Page, event: Event) -> None:
    page.set_viewport_size(SMALL_PHONE)
    sign_in(page, make_user())
    page.goto("/en/manage/events/spotkanie/announcements/new/")
    page.fill("[name=subject_pl]", "Wejście od podwórza")
    page.fill("[name=body_pl]", "Prosimy wejść od ulicy Lipowej.\n\nMapa: https://lublin.eu/mapa")

    page.get_by_role("button", name="See who gets it and how it looks").press("Enter")

    expect(page.get_by_text("5 people get this.")).to_be_visible()
    mail = page.frame_locator("iframe.mail")
    expect(mail.get_by_text("Prosimy wejść od ulicy Lipowej.")).to_be_visible()
    # Its own styles hold in the frame.
    assert mail.locator(".facts").evaluate("node => getComputedStyle(node).borderLeftWidth") == "4px"
    keep_picture(page, "messages announcement preview 360")
    assert faults(page) == []
    assert not overflows(page)
    page.get_by_role("button", name="Send it to 5 people").press("Enter")
    expect(page.get_by_text("The announcement goes out within a minute.")).to_be_visible()
    assert Announcement.objects.filter(event=event, subject__pl="Wejście od podwórza").count() == 1


def test_own_words_are_looked_at_before_they_are_saved(page: Page, event: Event) -> None:
    del event
    page.set_viewport_size(SMALL_PHONE)
    sign_in(page, make_user(role=Role.ADMIN))
    page.goto("/en/manage/messages/texts/confirmed/pl/")
    page.fill("[name=lead]", "Witamy, {{ name }}.")
    page.fill("[name=sms]", "Bez kodu")

    page.get_by_role("button", name="See how it looks").press("Enter")
    expect(page.get_by_text("{{ ticket_code }} has to be in it").first).to_be_visible()
    assert faults(page) == []
    page.fill("[name=sms]", "Kod: {{ ticket_code }}")
    page.get_by_role("button", name="See how it looks").press("Enter")

    expect(
        page.get_by_text("Witamy, Anna (przykład).").or_(page.get_by_text("Witamy, Anna (example)."))
    ).to_be_visible()
    keep_picture(page, "messages text preview 360")
    assert faults(page) == []
    assert not overflows(page)
