"""Staff pages in a real browser: axe finds nothing, nothing overflows, and an event goes from nothing to the door."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from events.enums import EventChangeKind, EventStatus, QuestionKind, Role
from events.models import (
    AgendaItem,
    Audience,
    Event,
    EventChange,
    EventRole,
    EventSeries,
    Organization,
    UnitMembership,
    User,
)
from notifications.enums import AttemptResult, Channel, MessageState, Priority
from notifications.models import DeliveryAttempt, Message
from registrations.enums import Attendance, RegistrationState
from registrations.models import Registration
from tests.config.test_pages_in_a_browser import DESKTOP, PHONE, SMALL_PHONE, faults, keep_picture, overflows
from tests.make import (
    make_attachment,
    make_event,
    make_invitation,
    make_kind,
    make_member,
    make_notice,
    make_question,
    make_registration,
    make_unit,
    make_user,
    make_venue,
)
from tests.make.events import PASSWORD, make_session

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
    _with_parts(event)
    draft = make_event("szkic", title="Szkic bez miejsca", status=EventStatus.DRAFT, starts_at=now + timedelta(days=2))
    make_event("punkt", title="Punkt mobilny", required=False, starts_at=now + timedelta(hours=1))
    make_event("odwolane", title="Odwołane", status=EventStatus.CANCELLED, starts_at=now + timedelta(days=9))
    make_event("przelozone", title="Przełożone", status=EventStatus.POSTPONED, starts_at=now + timedelta(days=8))
    review = make_event("przeglad", title="Do sprawdzenia", status=EventStatus.IN_REVIEW, starts_at=now)
    for each in (event, review):
        EventRole.objects.create(event=each, kind="speaker", name="Ewa Przykład", identity="ewa@example.org")
    series = EventSeries.objects.create(unit=owner.memberships.get().unit, name="Cykl", created_at=now)
    Event.objects.filter(pk=review.pk).update(series=series)
    pattern = make_event("wzor", title="Wzór spotkania", status=EventStatus.DRAFT)
    Event.objects.filter(pk=pattern.pk).update(is_template=True)
    body = Organization.objects.create(slug="izba", name="Izba Gospodarcza (przykład)")
    Audience.objects.create(slug="podmioty", name={"pl": "Podmioty konsultacji"}).organizations.add(body)
    # Kinds and topics are for administrators.
    UnitMembership.objects.create(user=owner, unit=make_unit("inny"), role=Role.ADMIN)
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
    application = make_registration(
        event, first_name="Ola", last_name="Wilk", state=RegistrationState.AWAITING_APPROVAL, at=now
    )
    waiting = make_registration(event, first_name="Iga", state=RegistrationState.WAITLISTED, at=now)
    make_member(person, first_name="Jan", last_name="Żółć")
    event.policy.approval, event.policy.group_max = True, 4
    event.policy.save()
    invited = make_invitation(event, first_name="Ewa", last_name="Przykład", organisation="Izba (przykład)")
    make_invitation(event, last_name="Kowalska", send_requested_at=now, planned_at=now)
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
            "agenda": "/manage/events/spotkanie/agenda/",
            "empty agenda": "/manage/events/punkt/agenda/",
            "questions": "/manage/events/spotkanie/questions/",
            "no questions": "/manage/events/punkt/questions/",
            "files": "/manage/events/spotkanie/files/",
            "no files": "/manage/events/punkt/files/",
            "draft": f"/manage/events/{draft.slug}/",
            "publish": f"/manage/events/{draft.slug}/publish/",
            "cancel": "/manage/events/spotkanie/cancel/",
            "postpone": "/manage/events/spotkanie/postpone/",
            "in review": "/manage/events/przeglad/",
            "approve": "/manage/events/przeglad/publish/",
            "send back": "/manage/events/przeglad/send-back/",
            "send for review": f"/manage/events/{draft.slug}/submit/",
            "postponed": "/manage/events/przelozone/",
            "new date": "/manage/events/przelozone/new-date/",
            "close": "/manage/events/spotkanie/close/",
            "repeat": "/manage/events/spotkanie/repeat/",
            "table": "/manage/events/spotkanie/table/",
            "delete": f"/manage/events/{draft.slug}/delete/",
            "templates": "/manage/templates/",
            "all series": "/manage/series/",
            "series": f"/manage/series/{series.pk}/",
            "edit in a series": "/manage/events/przeglad/edit/",
            "lists": "/manage/lists/",
            "organizations": "/manage/organizations/",
            "audience": "/manage/audiences/podmioty/",
            "paste": "/manage/audiences/podmioty/paste/",
            "kinds": "/manage/kinds/",
            "kind": "/manage/kinds/workshop/",
            "new topic": "/manage/topics/new/",
            "registrations": "/manage/events/spotkanie/registrations/",
            "registration": f"/manage/events/spotkanie/registrations/{reference}/",
            "registration cancel": f"/manage/events/spotkanie/registrations/{reference}/cancel/",
            "applications": "/manage/events/spotkanie/registrations/?state=awaiting_approval",
            "application": f"/manage/events/spotkanie/registrations/{application.reference}/",
            "reject": f"/manage/events/spotkanie/registrations/{application.reference}/reject/",
            "give a seat": f"/manage/events/spotkanie/registrations/{waiting.reference}/promote/",
            "register by phone": "/manage/events/spotkanie/registrations/new/",
            "edit a registration": f"/manage/events/spotkanie/registrations/{reference}/edit/",
            "invitations": "/manage/events/spotkanie/invitations/",
            "no invitations": "/manage/events/punkt/invitations/",
            "invite": "/manage/events/spotkanie/invitations/new/",
            "invitation": f"/manage/events/spotkanie/invitations/{invited.pk}/",
            "invite from a table": "/manage/events/spotkanie/invitations/import/",
            "release seats": "/manage/events/spotkanie/release/",
            "messages": "/manage/events/spotkanie/messages/",
            "no messages": "/manage/events/punkt/messages/",
            "door": "/manage/events/spotkanie/door/?q=n",
            "door search": "/manage/events/spotkanie/door/?q=nowa",
            "headcount": "/manage/events/punkt/door/",
            "headcount in full": "/manage/events/punkt/door/headcount/",
            "walk-in": "/manage/events/spotkanie/door/walk-in/",
            "ticket": f"/t/{person.ticket_code}",
            "places": "/manage/places/",
            "place": "/manage/places/ratusz/",
            "new place": "/manage/places/new/",
            "notices": "/manage/notices/",
            "notice": "/manage/notices/strategia/",
            "notice of a kind": "/manage/notices/strategia/?kind=workshop",
            "contact": "/manage/notices/strategia/contact/",
        },
    )


def _with_parts(event: Event) -> None:
    """An agenda with people, a question and files."""
    item = AgendaItem.objects.create(
        session=event.sessions.order_by("id")[0],
        title={"pl": "Powitanie", "en": "Welcome"},
        starts_at=event.starts_at,
        description={"pl": "Krótko o tym, po co się spotykamy."},
    )
    for position, (kind, where) in enumerate([("speaker", item), ("interpreter", None)]):
        name = f"Osoba {position}"
        EventRole.objects.create(
            event=event,
            agenda_item=where,
            kind=kind,
            position=position,
            name=name,
            email="os@example.org",
            identity=name,
        )
    make_question(event, QuestionKind.CHOICE, choices=["Rury", "Wieniawa"])
    make_attachment(event, title="Program spotkania")
    make_attachment(event, title="Mapa", file_name="mapa.txt", data=b"mapa")


def sign_in(page: Page, user: User) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    origin = str(page.evaluate("location.origin"))
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])


@pytest.mark.parametrize(("size", "colours"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_any_staff_page(
    page: Page, desk: Desk, size: ViewportSize, colours: Literal["dark", "light"]
) -> None:
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


# A look at a page takes a second: every page is seen in one of the other languages, by turns.
@pytest.mark.parametrize(("language", "turn"), [("en", 0), ("uk", 1)])
def test_axe_finds_nothing_in_the_other_languages_on_the_smallest_phone(
    page: Page, desk: Desk, language: str, turn: int
) -> None:
    page.set_viewport_size(SMALL_PHONE)
    page.goto(f"/{language}/accounts/login/")
    sign_in(page, desk.owner)
    trouble: dict[str, list[str]] = {}

    for name, path in list(desk.pages.items())[turn::2]:
        page.goto(path if path.startswith("/t/") else f"/{language}{path}")
        keep_picture(page, f"staff {name} {language} 360")
        if found := faults(page):
            trouble[name] = found
        if overflows(page):
            trouble.setdefault(name, []).append("overflows")

    assert trouble == {}


def test_what_would_change_is_shown_and_saved_without_losing_anything(page: Page, desk: Desk) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/accounts/login/")
    sign_in(page, desk.owner)
    page.goto("/en/manage/events/spotkanie/edit/")
    page.fill("[name=title_pl]", "Spotkanie w „Rurach” & okolicy")

    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    keep_picture(page, "staff preview 390")
    assert faults(page) == []
    page.get_by_role("button", name="Back to the form").click()
    assert page.input_value("[name=title_pl]") == "Spotkanie w „Rurach” & okolicy"
    page.get_by_role("button", name="See what would change").click()
    page.get_by_role("button", name="Save the changes").click()

    expect(page.get_by_text("The changes are saved.")).to_be_visible()
    assert Event.objects.get(slug="spotkanie").title["pl"] == "Spotkanie w „Rurach” & okolicy"


@pytest.mark.parametrize("language", ["", "/uk"])
def test_the_languages_stay_in_the_first_line(page: Page, desk: Desk, language: str) -> None:
    page.set_viewport_size(DESKTOP)
    page.goto("/accounts/login/")
    sign_in(page, desk.owner)

    page.goto(f"{language}/manage/events/")

    brand, languages = page.locator(".brand").bounding_box(), page.locator(".languages").bounding_box()
    assert brand is not None
    assert languages is not None
    assert abs((brand["y"] + brand["height"] / 2) - (languages["y"] + languages["height"] / 2)) < brand["height"] / 2


def test_an_event_goes_from_nothing_to_the_door(page: Page, desk: Desk) -> None:
    page.set_viewport_size(DESKTOP)
    page.goto("/en/manage/events/new/")
    page.fill("[name=login]", "ola@example.org")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    _make_a_draft(page)
    _publish(page)

    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="See the public page").click()
    registration = _register(page)

    page.goto("/en/manage/")
    page.get_by_role("link", name=re.compile("^Open the door.*Zielone podwórka$")).click()
    _try_code(page, registration.ticket_code.lower(), "Come in")
    expect(page.get_by_role("alert")).to_contain_text("Anna Żółć")
    assert faults(page) == []
    _try_code(page, registration.ticket_code, "Already inside")
    _try_code(page, "NONSENSE", "No such code")
    assert faults(page) == []
    registration.refresh_from_db()
    assert (registration.state, registration.attendance) == (RegistrationState.CONFIRMED, Attendance.PRESENT)


def _make_a_draft(page: Page) -> None:
    starts_at = timezone.localtime() + timedelta(hours=20)
    expect(page.get_by_role("heading", level=1)).to_have_text("New event")
    page.select_option("[name=kind]", value=str(make_kind("workshop").pk))
    page.fill("[name=title_pl]", "Zielone podwórka")
    page.fill("[name=sessions-0-starts_at]", f"{starts_at:%Y-%m-%dT%H:%M}")
    page.fill("[name=sessions-0-ends_at]", f"{starts_at + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Add a date").click()
    expect(page.locator("[name=sessions-1-starts_at]")).to_be_visible()
    assert page.input_value("[name=title_pl]") == "Zielone podwórka"
    page.select_option("[name=venue]", label="Town hall (example)")
    page.fill("[name=capacity]", "20")
    page.fill("[name=contact_email]", "pytania@example.org")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()


def _publish(page: Page) -> None:
    page.get_by_role("link", name="Publish").click()
    keep_picture(page, "journey publish")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("The event is published.")).to_be_visible()


def _register(page: Page) -> Registration:
    page.get_by_role("link", name="Register", exact=True).first.click()
    page.fill("[name=first_name]", "Anna")
    page.fill("[name=last_name]", "Żółć")
    page.fill("[name=email]", "anna@example.org")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("a•••@example.org")).to_be_visible()
    registration = Registration.objects.get(participant__email="anna@example.org")
    page.goto(f"/en/r/{registration.manage_token}/")
    page.get_by_role("button", name="Confirm my registration").click()
    expect(page.get_by_role("heading", name="You have a seat")).to_be_visible()
    return registration


def _try_code(page: Page, code: str, verdict: str) -> None:
    """Type without touching anything else: the focus is where the next code goes."""
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(verdict)
    keep_picture(page, f"journey {verdict}")


def test_every_answer_at_the_door_is_readable(page: Page, desk: Desk) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/en/accounts/login/")
    sign_in(page, make_user(role=Role.DOOR))
    codes = {
        "waitlisted": make_registration(desk.event, state=RegistrationState.WAITLISTED).ticket_code,
        "cancelled": make_registration(desk.event, state=RegistrationState.CANCELLED_BY_PARTICIPANT).ticket_code,
        "wrong event": make_registration(make_event(title="Inne spotkanie")).ticket_code,
    }
    trouble = {}

    for name, code in codes.items():
        page.goto("/en/manage/events/spotkanie/door/")
        expect(page.locator("#code")).to_be_focused()
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(page.locator(f".answer.{name.replace(' ', '_')}")).to_be_visible()
        keep_picture(page, f"answer {name}")
        if found := faults(page):
            trouble[name] = found

    assert trouble == {}
