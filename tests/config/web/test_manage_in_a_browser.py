"""Staff pages in a real browser: axe finds nothing, nothing overflows, and an event goes from nothing to the door."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from events.enums import EventChangeKind, EventStatus
from events.models import Event, EventChange, User
from notifications.enums import AttemptResult, Channel, MessageState, Priority
from notifications.models import DeliveryAttempt, Message
from registrations.enums import RegistrationState
from tests.config.test_pages_in_a_browser import DESKTOP, PHONE, faults, keep_picture, overflows
from tests.make import make_event, make_notice, make_registration, make_unit, make_user, make_venue
from tests.make.events import make_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@dataclass(frozen=True)
class Desk:
    """A unit at work; staff addresses by name."""

    owner: User
    event: Event
    pages: dict[str, str]


@pytest.fixture
def desk() -> Desk:
    now = timezone.now()
    make_notice(at=now)
    make_unit("inny", name="Inny wydział")
    owner = make_user("ola@example.org")
    owner.full_name = "Ola Przykładowa"
    owner.save()
    venue = make_venue("ratusz")
    event = make_event(
        "spotkanie",
        title="Otwarte spotkanie w dzielnicy Rury",
        venue=venue,
        starts_at=now + timedelta(hours=3),
        categories=[("business", 16), ("resident", None)],
        capacity=3,
    )
    make_session(event, starts_at=now + timedelta(days=1), title="Drugi dzień")
    EventChange.objects.create(event=event, kind=EventChangeKind.PUBLISHED, by=owner, at=now - timedelta(days=3))
    EventChange.objects.create(
        event=event,
        kind=EventChangeKind.RELOCATED,
        by=owner,
        at=now,
        before={"venue": "dom", "name": {"pl": "Dom Kultury"}},
        after={"venue": "ratusz", "name": {"pl": "Ratusz"}},
        notify=True,
        reason="Więcej miejsc.",
    )
    draft = make_event("szkic", title="Szkic bez miejsca", status=EventStatus.DRAFT, starts_at=now + timedelta(days=2))
    make_event("punkt", title="Punkt mobilny", required=False, starts_at=now + timedelta(hours=1))
    make_event("odwolane", title="Odwołane", status=EventStatus.CANCELLED, starts_at=now + timedelta(days=9))
    person = make_registration(event, first_name="Anna", last_name="Żółć", category="business", at=now)
    make_registration(event, first_name="Jan", last_name="Kowalski", state=RegistrationState.HELD, at=now)
    make_registration(event, first_name="Ewa", last_name="Nowak", state=RegistrationState.WAITLISTED, at=now)
    for state in (MessageState.DELIVERED, MessageState.FAILED):
        message = Message.objects.create(
            dedupe_key=state,
            kind="confirmed",
            channel=Channel.EMAIL,
            priority=Priority.CONFIRMATION,
            registration=person,
            event=event,
            language="pl",
            to="anna@example.org",
            subject="Masz miejsce",
            body="Dzień dobry,\n\nmasz miejsce.\n{{manage_link:1}}",
            state=state,
            created_at=now,
            due_at=now,
            useful_until=now + timedelta(days=1),
            next_attempt_at=now,
        )
        DeliveryAttempt.objects.create(message=message, at=now, result=AttemptResult.ACCEPTED, code="250")
    reference = person.reference
    return Desk(
        owner=owner,
        event=event,
        pages={
            "sign-in": "/accounts/login/",
            "forgotten password": "/accounts/password/reset/",
            "password link used": "/accounts/password/reset/key/1-set-password/",
            "no sign-up": "/accounts/signup/",
            "change password": "/accounts/password/change/",
            "sign-out": "/accounts/logout/",
            "today": "/manage/",
            "events": "/manage/events/?when=all",
            "no events": "/manage/events/?q=nic-takiego",
            "new event": "/manage/events/new/",
            "overview": "/manage/events/spotkanie/",
            "edit": "/manage/events/spotkanie/edit/",
            "draft": f"/manage/events/{draft.slug}/",
            "publish": f"/manage/events/{draft.slug}/publish/",
            "cancel": "/manage/events/spotkanie/cancel/",
            "registrations": "/manage/events/spotkanie/registrations/",
            "registration": f"/manage/events/spotkanie/registrations/{reference}/",
            "registration cancel": f"/manage/events/spotkanie/registrations/{reference}/cancel/",
            "messages": "/manage/events/spotkanie/messages/",
            "no messages": "/manage/events/punkt/messages/",
            "door": "/manage/events/spotkanie/door/?q=n",
            "door search": "/manage/events/spotkanie/door/?q=nowa",
            "headcount": "/manage/events/punkt/door/",
            "ticket": f"/t/{person.ticket_code}",
            "places": "/manage/places/",
            "place": "/manage/places/ratusz/",
            "new place": "/manage/places/new/",
            "notices": "/manage/notices/",
            "notice": "/manage/notices/strategia/",
        },
    )


def sign_in(page: Page, user: User) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    origin = str(page.evaluate("location.origin"))
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_any_staff_page(page: Page, desk: Desk, size: dict[str, int], colours: str) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colours)
    trouble: dict[str, list[str]] = {}
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.goto("/accounts/login/")
    keep_picture(page, f"staff sign-in {size['width']} {colours}")
    sign_in(page, desk.owner)

    for name, path in desk.pages.items():
        page.goto(path)
        keep_picture(page, f"staff {name} {size['width']} {colours}")
        if found := faults(page):
            trouble[name] = found
        if overflows(page):
            trouble.setdefault(name, []).append("overflows")

    assert trouble == {}
    assert complaints == []
