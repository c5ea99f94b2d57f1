"""Plays one person through the running service by real HTTP and prints each step (`make story`)."""

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.running import running_at
from config.visitor import Page, Visitor

START_SECONDS: Final = 120.0
REMINDER_IN: Final = timedelta(seconds=25)
REMINDED_BEFORE: Final = timedelta(hours=3)
_PHONE: Final = "+48500600700"
_QUEUE_SECONDS: Final = 70.0


class Command(BaseCommand):
    """`make story`."""

    help = "Play one person through the running service: find, register, confirm, be reminded, be checked in."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Use the service of this checkout that runs, or start one for as long as the story lasts."""
        if not (settings.DEBUG and settings.USES_EMBEDDED_DATABASE):
            raise CommandError(
                "The story plays on the example data of a local trial: unset DATABASE_URL and SECRET_KEY."
            )
        with _service(self._say) as base_url:
            try:
                _Story(base_url, self._say).play()
            except LookupError as error:
                raise CommandError(f"The story stops here: {error}") from error

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


class _Story:
    """One organiser, one citizen, one meeting."""

    def __init__(self, base_url: str, say: Callable[[str], None]) -> None:
        self._base_url = base_url
        self._say = say
        self._citizen = Visitor(base_url)
        self._organiser = Visitor(base_url)
        # A name nobody else has, so that the story can be played again and again.
        self._word = secrets.token_hex(3)
        self._email = f"story-{self._word}@example.org"
        self._slug = ""
        self._starts_at = timezone.localtime()

    def play(self) -> None:
        """Everything, in order."""
        self._organiser_publishes()
        self._citizen_finds()
        manage = self._citizen_registers()
        code = self._citizen_confirms(manage)
        self._calendar_shows(manage)
        self._citizen_is_reminded()
        self._organiser_checks_in(code)
        self._organiser_sees()
        self._say("\nThe end. Everything above went through real HTTP; /dev/inbox/ keeps what was sent.")

    def _step(self, number: int, sentence: str) -> None:
        self._say(f"\n{number}. {sentence}")

    def _detail(self, sentence: str) -> None:
        self._say(f"   {sentence}")

    def _organiser_publishes(self) -> None:
        email, password = (settings.VAR_DIR / "example_organiser.txt").read_text(encoding="utf-8").split()
        sign_in = self._organiser.get("/en/accounts/login/")
        desk = self._organiser.post(sign_in, sign_in.form(having="password"), login=email, password=password)
        if not desk.address.endswith("/manage/"):
            raise LookupError("the example organiser cannot sign in.")
        reminded_at = timezone.localtime() + REMINDER_IN
        self._starts_at = (reminded_at + REMINDED_BEFORE).replace(microsecond=0)
        before = {"minutes": int(REMINDED_BEFORE.total_seconds() // 60)}
        body = {
            "unit": "strategia",
            "kind": "workshop",
            "title": {"pl": f"Warsztat {self._word} (przykład)", "en": f"Workshop {self._word} (example)"},
            "summary": {"pl": "Opowieść przykładowa.", "en": "An example story."},
            "mode": "online",
            "join_url": "https://meeting.example.org/story",
            "sessions": [
                {
                    "starts_at": self._starts_at.isoformat(),
                    "ends_at": (self._starts_at + timedelta(hours=2)).isoformat(),
                }
            ],
            "registration": {"required": True, "capacity": 5, "confirm_email": True},
            "reminders": [{"channel": "email", "before": before}, {"channel": "sms", "before": before}],
        }
        created = self._api("/api/v1/manage/events/", body)
        self._slug = str(created["slug"])
        self._api(f"/api/v1/manage/events/{self._slug}/publish/", {"override_reason": "An example of the story"})
        self._step(
            1, f"The organiser publishes “Workshop {self._word} (example)”, {self._starts_at:%d %B %Y, %H:%M}, 5 seats."
        )

    def _citizen_finds(self) -> None:
        found = self._expect(self._citizen.get(f"/en/events/?q={self._word}"), "the list of events")
        links = found.links(f"/events/{self._slug}/")
        if not links:
            raise LookupError("the list of events does not show the meeting.")
        page = self._expect(self._citizen.get(links[0]), "the page of the event")
        self._step(2, "A citizen searches the list of events and opens the meeting's page.")
        self._detail(page.address)

    def _citizen_registers(self) -> str:
        page = self._expect(self._citizen.get(f"/en/events/{self._slug}/register/"), "the registration form")
        sent = self._citizen.post(
            page,
            page.form(having="email"),
            first_name="Anna",
            last_name="Przykładowa",
            email=self._email,
            phone=_PHONE,
            sms_reminders="on",
        )
        self._expect(sent, "the page after registering")
        self._step(
            3, "She registers without an account. The page says where the mail went, without showing the address whole."
        )
        mail = self._mail("hold_to_confirm")
        self._detail("The mail asks her to confirm her address.")
        return mail.links("/r/")[0]

    def _citizen_confirms(self, manage: str) -> str:
        page = self._expect(self._citizen.get(manage), "her own page")
        self._expect(self._citizen.post(page, page.form(action="confirm")), "the page after confirming")
        self._step(4, "She opens the link and presses the button: her seat is confirmed.")
        self._mail("confirmed")
        code = self._code_on(self._citizen.get(manage))
        self._detail(f"A second mail brings the calendar entry and her code, {code}.")
        return code

    def _code_on(self, page: Page) -> str:
        found = re.search(r'class="code">\s*([A-Z0-9]+)', page.content)
        if found is None:
            raise LookupError("her own page shows no ticket code.")
        return found[1]

    def _calendar_shows(self, manage: str) -> None:
        public = self._citizen.get(f"/events/{self._slug}.ics").content
        page = self._citizen.get(manage)
        page = self._citizen.post(page, page.form(action="/calendar/"))
        own_address = next(iter(page.links("/calendar/my/")), "")
        own = self._citizen.get(own_address.replace("webcal://", "http://")).content if own_address else ""
        for name, feed in (("the public feed", public), ("her own calendar", own)):
            if "BEGIN:VEVENT" not in feed or self._word not in feed.replace("\r\n ", ""):
                raise LookupError(f"{name} does not show the meeting.")
        self._step(5, "The meeting stands in the public calendar feed and in her own calendar.")

    def _citizen_is_reminded(self) -> None:
        due = self._starts_at - REMINDED_BEFORE
        self._step(6, f"Three hours before the meeting she is reminded. (Waiting until {due:%H:%M:%S} …)")
        time.sleep(max(0.0, (due - timezone.now()).total_seconds()) + 1)
        manage_py = [sys.executable, "manage.py", "work_once"]
        subprocess.run(manage_py, cwd=settings.BASE_DIR, check=True, stdout=subprocess.DEVNULL)
        self._mail("reminder")
        is_reminded_by_sms = any("SMS" in article.text for article in self._received("reminder"))
        self._detail("The reminder went out by e-mail" + (" and by SMS." if is_reminded_by_sms else "."))
        if not is_reminded_by_sms:
            self._detail("No SMS now: at this time of day the quiet hours hold it back (QUIET_HOURS).")

    def _organiser_checks_in(self, code: str) -> None:
        scanned_at = timezone.now().isoformat()
        body = {"code": code, "nonce": secrets.token_hex(8), "at": scanned_at, "device": "story"}
        answer = self._api(f"/api/v1/manage/events/{self._slug}/check-ins/", body)
        self._step(7, f"At the door her code is scanned: {answer['result']}.")
        again = self._api(f"/api/v1/manage/events/{self._slug}/check-ins/", {**body, "nonce": secrets.token_hex(8)})
        self._detail(f"A second scan says: {again['result']}.")

    def _organiser_sees(self) -> None:
        report = self._api(f"/api/v1/manage/events/{self._slug}/report/", None)
        self._step(8, f"The organiser sees who came: {report['confirmed']} confirmed, {report['present']} present.")

    def _api(self, address: str, body: Mapping[str, object] | None) -> dict[str, Any]:
        if body is None:
            answer = self._organiser.get(address)
        else:
            headers = {"X-CSRFToken": self._organiser.cookie("csrftoken"), "Referer": self._base_url}
            answer = self._organiser.send_json(address, json.dumps(body).encode(), headers)
        self._expect(answer, address)
        found: dict[str, Any] = json.loads(answer.content)
        return found

    def _expect(self, page: Page, name: str) -> Page:
        if page.status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
            raise LookupError(f"{name} answers {page.status}.")
        return page

    def _received(self, kind: str) -> list[Page]:
        """The messages of a kind to her, newest first, as the inbox of the trial shows them."""
        page = self._expect(self._citizen.get("/dev/inbox/"), "the inbox of the trial")
        mine = [article for article in page.articles() if self._email in article.text or _PHONE in article.text]
        return [article for article in mine if f" {kind} " in article.text and self._word in article.text]

    def _mail(self, kind: str) -> Page:
        """The mail of a kind; the queue has a minute to send it."""
        deadline = time.monotonic() + _QUEUE_SECONDS
        while time.monotonic() < deadline:
            if received := self._received(kind):
                return received[0]
            time.sleep(0.5)
        raise LookupError(f"the mail “{kind}” did not come within a minute.")


@contextlib.contextmanager
def _service(say: Callable[[str], None]) -> Iterator[str]:
    running = running_at(settings.VAR_DIR)
    if running is not None:
        say(f"The service runs at {running}/.")
        yield running
        return
    base_url = settings.BASE_URL
    say("The service does not run: starting it for the story …")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run"], cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for(base_url, process)
        yield base_url
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait_for(base_url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            if Visitor(base_url).get("/healthz").status == 200:  # noqa: PLR2004 - it answers
                return
        time.sleep(0.3)
    raise CommandError("The service did not start; `make run` says why.")
