"""Public pages in a real browser: axe finds nothing, nothing overflows, and the keyboard alone gets a seat."""

import os
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect

from events.actions.history import record
from events.enums import AgeRule, EventChangeKind, EventMode, EventStatus, QuestionKind
from events.models import (
    AgendaItem,
    Event,
    EventRole,
    Organization,
    Question,
    RecordedActivity,
    RecordedFigure,
    SeatRule,
    Session,
    Stage,
    Venue,
)
from notifications.actions.unsubscribing import stop_reminders
from notifications.tokens import unsubscribe_token
from registrations.enums import NeedKind, RegistrationState
from registrations.models import Registration
from registrations.tokens import email_key
from tests.make.events import (
    NOW,
    make_attachment,
    make_event,
    make_notice,
    make_process,
    make_question,
    make_session,
    make_topic,
    make_unit,
    make_venue,
)
from tests.make.registrations import make_invitation, make_member, make_registration

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL_PHONE: ViewportSize = {"width": 360, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
# Where to keep pictures of what was tested, for people to look at.
PICTURES = os.environ.get("WIEC_PICTURES")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def town() -> dict[str, str]:
    """A town with one of everything that a public page shows; addresses by name."""
    now = timezone.now()
    make_notice(at=now)
    venue = make_venue("ratusz")
    Venue.objects.filter(pk=venue.pk).update(latitude="51.247900", longitude="22.568300")
    process = make_process("strategia")
    stage = Stage.objects.create(
        process=process,
        number=1,
        roman="I",
        title={"pl": "Diagnoza"},
        period_text="IV kwartał 2019",
        start_year=2019,
        start_quarter=4,
        end_year=2019,
        end_quarter=4,
    )
    for number, (form, people) in enumerate([("punkty mobilne", 773), ("ankiety", None), ("kafejki", 1500)]):
        activity = RecordedActivity.objects.create(
            process=process, stage=stage, code=f"a{number}", position=number, form="form", form_text=form
        )
        RecordedFigure.objects.create(
            process=process,
            activity=activity,
            name="participants",
            value=people,
            qualifier="nearly" if people else "",
        )
    SeatRule.objects.create(process=process, position=1, role="leader", label="lider", seats=1)
    topic = make_topic("zielen")
    open_event = make_event(
        "otwarte", venue=venue, starts_at=now + timedelta(days=9), categories=[("business", 16)], confirm_email=True
    )
    open_event.topics.add(topic)
    Event.objects.filter(pk=open_event.pk).update(
        process=process,
        stage=stage,
        summary={"pl": "Porozmawiajmy o parkach.", "en": "Let us talk about parks."},
        description={"pl": "**Program**\n\n- spacer\n- rozmowa"},
    )
    second = make_session(open_event, starts_at=now + timedelta(days=10), title="Drugi dzień")
    add_programme(open_event, second)
    online = make_event("zdalne", venue=venue, mode=EventMode.ONLINE, starts_at=now + timedelta(days=6))
    record(online, EventChangeKind.MODE_CHANGED, by=None, at=NOW + timedelta(seconds=1))
    make_event("przelozone", venue=venue, status=EventStatus.POSTPONED, starts_at=now + timedelta(days=7))
    asking = make_event("pytania", venue=venue, starts_at=now + timedelta(days=8), confirm_email=True)
    for kind in QuestionKind:
        make_question(asking, kind, choices=["zupa", "chleb"], is_required=kind == QuestionKind.NUMBER)
    Event.objects.filter(pk=asking.pk).update(age_rule=AgeRule.GUARDIAN_STATEMENT, age_limit=16)
    answering = make_registration(asking, at=now)
    answering.needs.create(kind=NeedKind.PJM, note="Dwie osoby", created_at=now)
    answering.answers.create(question=asking.questions.get(kind=QuestionKind.CHOICE), value="zupa")
    full = make_event("pelne", venue=venue, starts_at=now + timedelta(days=3), capacity=1)
    make_registration(full, at=now)
    waiting = make_registration(full, state=RegistrationState.WAITLISTED, at=now)
    make_event("odwolane", status=EventStatus.CANCELLED, starts_at=now + timedelta(days=4))
    make_event("minione", starts_at=now - timedelta(days=30))
    together = make_event("razem", venue=venue, starts_at=now + timedelta(days=5), group_max=4, approval=True)
    party = make_registration(together, seats=2, at=now)
    member = make_member(party, email="ewa@example.org")
    applying = make_registration(together, state=RegistrationState.AWAITING_APPROVAL, at=now)
    held = make_registration(open_event, state=RegistrationState.HELD, at=now)
    confirmed = make_registration(open_event, category="business", at=now)
    offered = make_registration(open_event, state=RegistrationState.OFFERED, at=now)
    gone = make_registration(open_event, state=RegistrationState.CANCELLED_BY_PARTICIPANT, at=now)
    invited = make_invitation(open_event, seats=3)
    used = make_invitation(open_event)
    Registration.objects.filter(pk=confirmed.pk).update(invitation=used)
    spared = email_key("spared@example.org")
    stop_reminders(spared, at=now)
    return {
        "home": "/",
        "list": "/events/",
        "list filtered": "/events/?kind=workshop&q=nic-takiego",
        "list past": "/events/?when=past",
        "month": f"/events/?month={now + timedelta(days=9):%Y-%m}",
        "event": "/events/otwarte/",
        "event full": "/events/pelne/",
        "event cancelled": "/events/odwolane/",
        "event online": "/events/zdalne/",
        "event postponed": "/events/przelozone/",
        "register": "/events/otwarte/register/",
        "invited": f"/invited/{invited.token}/",
        "invitation used": f"/invited/{used.token}/",
        "no invitation": "/invited/nothing/",
        "no more reminders": f"/u/{unsubscribe_token(spared)}/",
        "no more reminders?": f"/u/{unsubscribe_token(email_key('ewa@example.org'))}/",
        "register with questions": "/events/pytania/register/",
        "answered": f"/r/{answering.manage_token}/",
        "needs and answers": f"/r/{answering.manage_token}/details/",
        "register together": "/events/razem/register/",
        "party": f"/r/{party.manage_token}/",
        "party leave": f"/r/{party.manage_token}/leave/",
        "party cancel": f"/r/{party.manage_token}/party/{member.pk}/cancel/",
        "party substitute": f"/r/{party.manage_token}/party/{member.pk}/substitute/",
        "party pass on": f"/r/{party.manage_token}/substitute/",
        "application": f"/r/{applying.manage_token}/",
        "processes": "/processes/",
        "process": "/processes/strategia/",
        "calendar": "/calendar/?kind=workshop",
        "my": "/my/",
        "privacy": "/privacy/",
        "accessibility": "/accessibility/",
        "held": f"/r/{held.manage_token}/",
        "confirmed": f"/r/{confirmed.manage_token}/",
        "waiting": f"/r/{waiting.manage_token}/",
        "offered": f"/r/{offered.manage_token}/",
        "gone": f"/r/{gone.manage_token}/",
        "cancel": f"/r/{confirmed.manage_token}/cancel/",
        "unknown link": "/r/unknown/",
        "not found": "/no-such-page/",
    }


def add_programme(event: Event, session: Session) -> None:
    """An agenda with a chair and a speaker, a file, and everything that is said before one registers."""
    Event.objects.filter(pk=event.pk).update(
        languages=["pl", "uk"], is_streamed=True, is_recorded=True, age_rule=AgeRule.GUARDIAN_STATEMENT, age_limit=16
    )
    opening = AgendaItem.objects.create(
        session=session,
        title={"pl": "Otwarcie i powitanie mieszkańców", "en": "Opening"},
        description={"pl": "Krótko o tym, **co już wiemy**."},
        starts_at=session.starts_at,
        ends_at=session.starts_at + timedelta(minutes=15),
    )
    AgendaItem.objects.create(session=session, position=1, title={"pl": "Dyskusja"})
    body = Organization.objects.create(slug="izba", name="Izba Gospodarcza (przykład)")
    for kind, name, item in (("chair", "Jan Przykład", None), ("speaker", "Ewa Przykład", opening)):
        EventRole.objects.create(
            event=event, agenda_item=item, kind=kind, name=name, organization=body, is_public=True, identity=name
        )
    make_attachment(event)


def faults(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: {type: 'tag', values: rules}})", RULES)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def keep_picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name.replace(' ', '-')}.png", full_page=True)


@pytest.mark.parametrize(("size", "colours"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_any_public_page(
    page: Page, town: dict[str, str], size: ViewportSize, colours: Literal["dark", "light"]
) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colours)
    trouble: dict[str, list[str]] = {}
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)

    for name, path in town.items():
        page.goto(path)
        keep_picture(page, f"{name} {size['width']} {colours}")
        if found := faults(page):
            trouble[name] = found
        if overflows(page):
            trouble.setdefault(name, []).append("overflows")

    assert trouble == {}
    assert complaints == []


@pytest.mark.parametrize("language", ["en", "uk"])
def test_axe_finds_nothing_in_the_other_languages_on_the_smallest_phone(
    page: Page, town: dict[str, str], language: str
) -> None:
    page.set_viewport_size(SMALL_PHONE)
    trouble: dict[str, list[str]] = {}

    for name, path in town.items():
        page.goto(f"/{language}{path}")
        keep_picture(page, f"{name} {language} 360")
        if found := faults(page):
            trouble[name] = found
        if overflows(page):
            trouble.setdefault(name, []).append("overflows")

    assert trouble == {}


def test_everything_one_taps_is_large_enough(page: Page, town: dict[str, str]) -> None:
    page.set_viewport_size(SMALL_PHONE)
    small: dict[str, list[str]] = {}
    measure = """() => [...document.querySelectorAll('button, [role=button], .button, input:not([type=hidden]), select,'
        + ' summary, .site-nav a, .languages a, .tabs a')]
        .filter(e => e.offsetParent !== null && !['checkbox', 'radio'].includes(e.type))
        .filter(e => e.getBoundingClientRect().height < 43.5)
        .map(e => e.outerHTML.slice(0, 80))"""

    for name, path in town.items():
        page.goto(path)
        if found := page.evaluate(measure):
            small[name] = found

    assert small == {}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_keyboard_alone_gets_a_confirmed_seat(page: Page, town: dict[str, str], size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto("/en/events/otwarte/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    _reach(page, "Register")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Register")

    _reach(page, "Register", tag="button")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Nothing you typed is lost")
    keep_picture(page, f"errors {size['width']}")

    _type(page, "first_name", "Anna")
    _type(page, "last_name", "Żółć")
    _type(page, "email", "anna@example.org")
    _reach_field(page, "category")
    page.keyboard.press("Space")
    _reach_field(page, "age_statement")
    page.keyboard.press("Space")
    _reach(page, "Register", tag="button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("a•••@example.org")).to_be_visible()
    keep_picture(page, f"sent {size['width']}")
    assert faults(page) == []

    registration = Registration.objects.get(participant__email="anna@example.org")
    assert registration.state == RegistrationState.HELD
    page.goto(f"/en/r/{registration.manage_token}/")
    registration.refresh_from_db()
    assert registration.state == RegistrationState.HELD
    _reach(page, "Confirm my registration", tag="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You have a seat")).to_be_visible()
    keep_picture(page, f"ticket {size['width']}")
    registration.refresh_from_db()
    assert registration.state == RegistrationState.CONFIRMED


def test_nothing_typed_is_lost_and_errors_lead_to_their_fields(page: Page, town: dict[str, str]) -> None:
    page.goto("/en/events/otwarte/register/")
    page.fill("[name=first_name]", "Anna")
    page.fill("[name=email]", "not an address")
    page.check("[name=sms_reminders]")

    page.get_by_role("button", name="Register").click()

    assert page.input_value("[name=first_name]") == "Anna"
    assert page.input_value("[name=email]") == "not an address"
    assert page.is_checked("[name=sms_reminders]")
    assert page.evaluate("document.activeElement.id") == "errors"
    described = page.get_attribute("[name=category]", "aria-describedby") or ""
    assert page.locator(f"#{described}").count() == 1
    page.get_by_role("alert").get_by_role("link", name="E-mail address").click()
    expect(page).to_have_url(re.compile("#id_email$"))
    described = page.get_attribute("#id_email", "aria-describedby") or ""
    assert "id_email_error" in described
    assert faults(page) == []


def test_the_keyboard_alone_answers_and_asks_for_an_interpreter(page: Page, town: dict[str, str]) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/en/events/pytania/register/")
    number, choice = (Question.objects.get(kind=kind).pk for kind in (QuestionKind.NUMBER, QuestionKind.CHOICE))

    _type(page, "first_name", "Anna")
    _type(page, "last_name", "Żółć")
    _type(page, "email", "anna@example.org")
    _reach(page, "Register", tag="button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Please answer this question.")
    expect(page.locator(f"#id_answer_{number}")).to_have_attribute("aria-invalid", "true")
    assert faults(page) == []

    _reach_field(page, f"answer_{choice}")
    page.keyboard.press("ArrowDown")  # From “no answer” to the first one.
    _type(page, f"answer_{number}", "2")
    _reach_field(page, "needs")
    page.keyboard.press("Space")
    _type(page, "needs_note", "Two people")
    _reach_field(page, "age_statement")
    page.keyboard.press("Space")
    _reach(page, "Register", tag="button")
    page.keyboard.press("Enter")
    expect(page.get_by_text("a•••@example.org")).to_be_visible()

    registration = Registration.objects.get(participant__email="anna@example.org")
    assert dict(registration.answers.values_list("question", "value")) == {choice: "zupa", number: 2}
    assert list(registration.needs.values_list("kind", "note")) == [("pjm", "Two people")]


def _reach(page: Page, text: str, *, tag: str = "a, button") -> None:
    """Press Tab until the focus is on what says this."""
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(
            "([tags, text]) => document.activeElement.matches(tags) && document.activeElement.innerText.trim() === text",
            [tag, text],
        ):
            return
    raise AssertionError(f"the keyboard does not reach “{text}”")


def _reach_field(page: Page, name: str) -> None:
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("name => document.activeElement.name === name", name):
            return
    raise AssertionError(f"the keyboard does not reach the field {name}")


def _type(page: Page, name: str, text: str) -> None:
    _reach_field(page, name)
    page.keyboard.type(text)


def test_the_process_of_the_city_fits_the_narrowest_screen(page: Page) -> None:
    make_unit("strategia")
    call_command("import_process", str(settings.BASE_DIR / "events/data/lublin2030.yaml"), stdout=StringIO())
    page.set_viewport_size({"width": 320, "height": 568})

    for language in ("", "/en", "/uk"):
        page.goto(f"{language}/processes/lublin2030/")

        assert not overflows(page), language


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_keyboard_alone_brings_somebody_along(page: Page, town: dict[str, str], size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto("/en/events/razem/register/")

    _type(page, "first_name", "Anna")
    _type(page, "last_name", "Żółć")
    _type(page, "email", "anna@example.org")
    for number in range(2):
        _reach(page, "Add somebody who comes with me" if number == 0 else "Add one more person", tag="button")
        page.keyboard.press("Enter")
        expect(page.locator(f"[name=party_{number}_first_name]")).to_be_focused()
    page.keyboard.type("Jan")
    keep_picture(page, f"register party {size['width']}")
    assert faults(page) == []
    assert not overflows(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Person 3: last name")
    assert faults(page) == []
    keep_picture(page, f"register party errors {size['width']}")
    _reach(page, "Remove person 2", tag="button")
    page.keyboard.press("Enter")
    expect(page.locator("[name=party_1_first_name]")).to_have_count(0)
    _type(page, "party_0_last_name", "Zając")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("We have your application")
    registration = Registration.objects.get(participant__email="anna@example.org")
    assert [member.full_name for member in registration.members.all()] == ["Jan Zając"]
