"""The door page on a phone: the camera reads codes, a dead server loses nothing, every answer is told apart."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import segno
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from events.enums import Role
from events.models import Event, User
from registrations.actions.attendance import check_in
from registrations.actions.parties import cancel_contact
from registrations.enums import Attendance, CheckInKind, CheckInSource, RegistrationState
from registrations.models import CheckIn, Registration
from registrations.tokens import read_code
from tests.config.test_pages_in_a_browser import PICTURES, SMALL_PHONE, faults, overflows
from tests.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.make.events import make_category, make_event, make_user
from tests.make.registrations import make_member, make_registration

DOOR = "/en/manage/events/debata/door/"
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
WIDTH, HEIGHT = 640, 480

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def event() -> Event:
    """A meeting that is on now, streamed and recorded."""
    event = make_event(
        "debata",
        title="Debata o parku (przykład)",
        starts_at=timezone.now() - timedelta(minutes=5),
        capacity=40,
        categories=[("business", None)],
    )
    named(event, "Debate about the park (example)")
    Event.objects.filter(pk=event.pk).update(is_streamed=True, is_recorded=True)
    return event


def named(event: Event, title: str) -> Event:
    """The event with this English title."""
    event.title = {**event.title, "en": title}
    event.save(update_fields=["title"])
    return event


@pytest.fixture
def steward() -> User:
    return make_user("drzwi@example.org", role=Role.DOOR)


def film(path: Path, text: str) -> Path:
    """A film of a printed code that nobody moves, as a camera would give it: YUV4MPEG2, grey."""
    matrix = [list(row) for row in segno.make(text, error="m").matrix_iter(scale=8, border=4)]
    side = len(matrix)
    top, left = (HEIGHT - side) // 2, (WIDTH - side) // 2
    assert top >= 0
    picture = bytearray(b"\xd0" * (WIDTH * HEIGHT))
    for row, dots in enumerate(matrix):
        start = (top + row) * WIDTH + left
        picture[start : start + side] = bytes(0x20 if dot else 0xEB for dot in dots)
    frame = b"FRAME\n" + bytes(picture) + b"\x80" * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 5)
    return path


@contextmanager
def phone(browser: Browser, folder: Path, *arguments: str) -> Iterator[BrowserContext]:
    """A phone with a memory of its own, which a second one in the same folder finds again."""
    context = browser.browser_type.launch_persistent_context(
        folder,
        executable_path=CHROMIUM,
        args=[*CHROMIUM_ARGUMENTS, *arguments],
        locale="pl-PL",
        timezone_id="Europe/Warsaw",
        viewport=SMALL_PHONE,
    )
    context.set_default_timeout(10_000)
    try:
        yield context
    finally:
        context.close()


@pytest.fixture
def window(page: Page) -> BrowserContext:
    """A small phone that is not switched off."""
    page.set_viewport_size(SMALL_PHONE)
    return page.context


def open_door(context: BrowserContext, origin: str, user: User) -> Page:
    """Sign in and wait until the phone has what it needs without network."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(origin + DOOR)
    expect(page.locator("[data-phone=kept]")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def type_code(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")


def keep_screen(page: Page, name: str) -> None:
    """What a person at the door sees without scrolling."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"door-{name}.png")


def faults_of_answer(page: Page) -> list[str]:
    """What axe finds wrong with the answer, on a page where `faults` has looked already."""
    found: list[str] = page.evaluate(
        "axe.run('#answer').then(({violations}) => violations.map(({id, nodes}) => id + ' ' + nodes[0].failureSummary))"
    )
    return found


def stored(page: Page) -> dict[str, Any]:
    """Everything that the phone has written down about the door."""
    text = page.evaluate(
        """async () => {
            const opened = await new Promise((resolve, reject) => {
                const asking = indexedDB.open("wiec-door");
                asking.onsuccess = () => resolve(asking.result);
                asking.onerror = () => reject(asking.error);
            });
            const found = {};
            for (const name of opened.objectStoreNames) {
                const all = opened.transaction(name).objectStore(name).getAll();
                found[name] = await new Promise((resolve) => { all.onsuccess = () => resolve(all.result); });
            }
            opened.close();
            found.caches = [];
            for (const name of await caches.keys()) {
                for (const request of await (await caches.open(name)).keys()) found.caches.push(request.url);
            }
            return JSON.stringify(found);
        }"""
    )
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_camera_reads_a_code_and_lets_its_person_in(
    browser: Browser, live_server: Any, tmp_path: Path, event: Event, steward: User
) -> None:
    person = make_registration(event, first_name="Anna", last_name="Żółć", category="business")
    Registration.objects.filter(pk=person.pk).update(no_photo=True)
    seen = film(tmp_path / "code.y4m", f"{settings.BASE_URL}/t/{person.ticket_code}")

    with phone(browser, tmp_path / "phone", *CAMERA, f"--use-file-for-fake-video-capture={seen}") as context:
        page = open_door(context, live_server.url, steward)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.get_by_role("button", name="Scan").click()

        said = page.get_by_role("alert")
        expect(said.locator(".answer.admitted")).to_be_visible()
        expect(said).to_contain_text("Anna Żółć")
        expect(said).to_contain_text("No photographs, please")
        expect(page.locator(".door-counts")).to_contain_text("1 here of 1 expected")
        keep_screen(page, "camera")
        assert faults(page) == []
        assert not overflows(page)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#view")).to_be_hidden()

    row = CheckIn.objects.get()
    assert (row.registration, row.source, row.by) == (person, CheckInSource.QR, steward)
    assert row.device.startswith("phone-")
    assert row.device_at is not None
    assert complaints == []


class Server:
    """The service in a process of its own, which can be killed and started again at the same address."""

    def __init__(self, database_url: str, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = log
        keys = {"SECRET_KEY": settings.SECRET_KEY, "LINK_KEY": settings.LINK_KEY}
        mine = {"DATABASE_URL": database_url, "DEBUG": "1", "PORT": str(self.port), "WEB_WORKERS": "1"}
        self.environment = {"PATH": os.defpath, **keys, **mine}
        self.start()

    def start(self) -> None:
        with self.log.open("wb") as stream:
            self.process = psutil.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=stream,
            )
        deadline = time.monotonic() + 30
        while b"Started worker" not in self.log.read_bytes():
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def kill(self) -> None:
        if self.process.is_running():
            everything = [*self.process.children(recursive=True), self.process]
            for process in everything:
                process.kill()
            psutil.wait_procs(everything, timeout=10)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    server = Server(database_url, tmp_path / "server.log")
    yield server
    server.kill()


def test_scans_made_while_the_server_is_dead_survive_and_are_sent_once(
    browser: Browser, server: Server, tmp_path: Path, event: Event, steward: User
) -> None:
    anna = make_registration(event, first_name="Anna", last_name="Żółć")
    jan = make_registration(event, first_name="Jan", last_name="Kowalski")
    waiting = make_registration(event, first_name="Ewa", last_name="Wilk", state=RegistrationState.WAITLISTED)
    names = ("Anna", "Żółć", "Jan", "Kowalski", "Ewa", "Wilk")

    with phone(browser, tmp_path / "phone") as context:
        page = open_door(context, server.origin, steward)
        server.kill()
        page.goto(server.origin + DOOR)
        expect(page.get_by_role("heading", name="Debate about the park (example) Door")).to_be_visible()
        expect(page.locator("#offline")).to_have_text("No network. Scans kept here: 0", use_inner_text=True)
        keep_screen(page, "shell")
        assert faults(page) == []

        for person in (anna, jan):
            type_code(page, f"{settings.BASE_URL}/t/{person.ticket_code.lower()}")
            expect(page.get_by_role("alert")).to_contain_text(person.participant.full_name)
            expect(page.locator(".answer.kept.confirmed")).to_be_visible()
        keep_screen(page, "kept-confirmed")
        type_code(page, waiting.ticket_code)
        expect(page.locator(".answer.kept.warning")).to_contain_text("Ewa Wilk")
        expect(page.locator("#offline")).to_have_text("No network. Scans kept here: 3", use_inner_text=True)
        # In clear there are codes and times, and nobody's name.
        kept = json.dumps(stored(page), ensure_ascii=False)
        assert [name for name in names if name in kept] == []
        assert anna.ticket_code in kept.upper()

    # Somebody else lets Jan in while this phone is in a pocket, switched off.
    check_in(event, code=jan.ticket_code, nonce="other", source=CheckInSource.QR, by=steward, at=timezone.now())
    with phone(browser, tmp_path / "phone") as context:
        page = context.pages[0]
        page.goto(server.origin + DOOR)
        expect(page.locator("#offline")).to_have_text("No network. Scans kept here: 3", use_inner_text=True)
        server.start()
        # Browsers that close forget who was signed in; the scans wait for whoever signs in again.
        expect(page.locator("#offline")).to_have_text(
            "You are signed out, or your pass has ended. Scans kept here: 3 Sign in",
            timeout=30_000,
            use_inner_text=True,
        )
        keep_screen(page, "signed-out")
        open_door(context, server.origin, steward)
        rows = page.locator("#kept li")
        expect(rows.filter(has_text=anna.ticket_code)).to_contain_text("Admitted")
        expect(rows.filter(has_text=jan.ticket_code)).to_contain_text("Was inside already, since")
        expect(rows.filter(has_text=waiting.ticket_code)).to_contain_text("No seat yet")
        expect(page.locator("#offline")).to_be_hidden()
        page.locator("#kept").scroll_into_view_if_needed()
        keep_screen(page, "kept-list")
        page.reload()
        expect(rows).to_have_count(3)
        page.get_by_role("button", name="Clear those that went well").click()
        expect(rows).to_have_count(2)
        page.get_by_role("button", name=re.compile(f"^Seen.*{jan.ticket_code}$")).click()
        page.get_by_role("button", name=re.compile(f"^Seen.*{waiting.ticket_code}$")).click()
        expect(page.locator("#kept")).to_be_hidden()

    log = [(row.registration, row.kind) for row in CheckIn.objects.all()]
    assert log == [(jan, CheckInKind.ADMIT), (anna, CheckInKind.ADMIT), (jan, CheckInKind.REPEAT)]
    anna.refresh_from_db()
    assert anna.attendance == Attendance.PRESENT


def test_every_answer_is_told_apart_on_a_small_phone(
    window: BrowserContext, live_server: Any, event: Event, steward: User
) -> None:
    make_category("business")
    coming = make_registration(event, first_name="Anna", last_name="Żółć", category="business", seats=2)
    make_member(coming, first_name="Jan", last_name="Żółć")
    states = RegistrationState
    gone = make_registration(event, first_name="Iga", state=states.CANCELLED_BY_PARTICIPANT)
    waiting = make_registration(event, first_name="Ewa", last_name="Wilk", state=states.WAITLISTED)
    later = make_registration(event, first_name="Ola", last_name="Lis")
    other = make_registration(named(make_event(), "Meeting about the school (example)"))
    party_less = make_registration(event, first_name="Adam", last_name="Nieobecny")
    make_member(party_less, first_name="Zofia", last_name="Nowa")
    cancel_contact(party_less, by=steward, at=timezone.now())
    online = [
        ("admitted", coming.ticket_code, ".answer.admitted", "Anna Żółć"),
        ("already-present", coming.ticket_code, ".answer.already_present", "by drzwi@example.org"),
        ("wrong-event", other.ticket_code, ".answer.wrong_event", "Meeting about the school (example)"),
        ("cancelled", gone.ticket_code, ".answer.cancelled", "Does not come"),
        ("stays-at-home", party_less.ticket_code, ".answer.cancelled", "Does not come"),
        ("waitlisted", waiting.ticket_code, ".answer.waitlisted", "This person is on the reserve list."),
        ("unknown", "ABCD2345", ".answer.unknown", "ABCD2345"),
    ]
    offline = [
        ("kept-confirmed", later.ticket_code, ".answer.kept.confirmed", "Ola Lis"),
        ("kept-again", later.ticket_code, ".answer.kept.warning", "Scanned before"),
        ("kept-cancelled", gone.ticket_code, ".answer.kept.warning", "Does not come"),
        ("kept-waitlisted", waiting.ticket_code, ".answer.kept.warning", "Ewa Wilk"),
        ("kept-unknown", other.ticket_code, ".answer.kept.warning", "Not on this phone's list"),
    ]
    trouble: dict[str, list[str]] = {}

    page = open_door(window, live_server.url, steward)
    keep_screen(page, "start")
    assert faults(page) == []
    refusal = [{"result": "refused", "detail": "This number was used for somebody else already."}]
    page.route("**/check-ins/", lambda route: route.fulfill(json=refusal), times=1)
    type_code(page, later.ticket_code)
    expect(page.locator(".answer.refused")).to_contain_text("This number was used for somebody else already.")
    keep_screen(page, "refused")
    trouble.update({"refused": found} if (found := faults_of_answer(page)) else {})
    for answers in (online, offline):
        for name, code, answer, words in answers:
            type_code(page, code)
            said = page.get_by_role("alert").locator(answer)
            expect(said).to_contain_text(words)
            keep_screen(page, name)
            if found := faults_of_answer(page):
                trouble[name] = found
            if overflows(page):
                trouble.setdefault(name, []).append("overflows")
        window.set_offline(True)
    # Without a list of people the phone says that it knows nothing.
    page.get_by_role("button", name="Forget this event on this phone").click()
    expect(page.locator("[data-phone=waiting]")).to_contain_text("scans that nobody has checked yet: 5")
    assert stored(page)["records"] == []
    type_code(page, coming.ticket_code)
    expect(page.locator(".answer.kept")).to_contain_text("You decide")
    keep_screen(page, "kept")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / "door-whole.png", full_page=True)
    trouble.update({"kept": found} if (found := faults(page)) else {})

    assert trouble == {}


def test_names_and_parties_check_in_without_leaving_the_page(
    window: BrowserContext, live_server: Any, event: Event, steward: User
) -> None:
    anna = make_registration(event, first_name="Anna", last_name="Żółć", seats=2)
    jan = make_member(anna, first_name="Jan", last_name="Żółć")

    page = open_door(window, live_server.url, steward)
    page.get_by_role("searchbox").fill("zolc")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("button", name=re.compile("^Check in.*Anna Żółć$")).click()
    expect(page.get_by_role("alert")).to_contain_text("Come in")
    page.locator("#after-answer").get_by_role("button", name=re.compile("^Check in.*Jan Żółć$")).click()
    expect(page.get_by_role("alert")).to_contain_text("with Anna Żółć")
    page.get_by_text("Take this admission back").click()
    page.get_by_label("Why it is taken back").fill("Pomyłka")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The admission is taken back.")).to_be_visible()

    anna.refresh_from_db()
    jan.refresh_from_db()
    assert (anna.attendance, jan.attendance) == (Attendance.PRESENT, Attendance.NOT_RECORDED)


def test_signing_out_leaves_nothing_about_people_on_the_phone(
    window: BrowserContext, live_server: Any, event: Event, steward: User
) -> None:
    person = make_registration(event)
    page = open_door(window, live_server.url, steward)
    before = stored(page)
    window.set_offline(True)
    type_code(page, person.ticket_code)
    expect(page.locator(".answer.kept.confirmed")).to_be_visible()
    window.set_offline(False)
    page.route("**/check-ins/", lambda route: route.abort())
    page.goto(f"{live_server.url}/en/accounts/logout/")
    expect(page.locator("#unsent")).to_contain_text("are kept on this phone: 1")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{live_server.url}/")
    after = stored(page)

    assert len(before["records"]) == 1
    assert any(address.endswith("/door/shell/") for address in before["caches"])
    # What nobody has checked yet is the only trace of who came in; it has no name.
    assert [tap["code"] for tap in after.pop("taps")] == [person.ticket_code]
    assert after == {"bundles": [], "records": [], "caches": []}


def test_what_a_phone_keeps_ends_with_the_day(
    window: BrowserContext, live_server: Any, event: Event, steward: User
) -> None:
    make_registration(event)
    page = open_door(window, live_server.url, steward)
    ends_at = stored(page)["bundles"][0]["ends_at"]
    page.route("**/bundle/", lambda route: route.abort())
    page.clock.install(time=ends_at)
    page.reload()
    expect(page.locator("[data-phone=none]")).to_be_visible()

    after = stored(page)

    assert (after["bundles"], after["records"]) == ([], [])


def test_phone_and_server_read_a_code_alike(page: Page, live_server: Any) -> None:
    texts = [" abcd2345 ", "https://wiec.example/t/ABCD-2345/", "АВСЕНКМР", "ＡＢ０Ｏ", "ab cd-23.45", "Ⅻ½x", "", "/"]
    page.goto(f"{live_server.url}/en/accounts/login/")
    read = page.evaluate("texts => import('/static/js/door/codes.js').then(({readCode}) => texts.map(readCode))", texts)

    assert read == [read_code(text) for text in texts]
