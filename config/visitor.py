"""A person with a browser, as a program: opens pages, follows links, fills in forms; for `manage.py story`."""

import http.cookiejar
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT_SECONDS = 30


@dataclass
class Form:
    """A form of a page with what it would send if nothing were typed."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    """Collects links, forms and visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a person could use."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag in {"input", "select", "textarea", "button"} and self.forms and given.get("name"):
            self._note_field(tag, given)

    def _note_field(self, tag: str, given: Mapping[str, str]) -> None:
        form = self.forms[-1]
        form.names.add(given["name"])
        kind = given.get("type", "text")
        is_ticked = kind not in {"checkbox", "radio"} or "checked" in given
        if tag == "input" and kind not in {"submit", "button"} and is_ticked:
            form.values[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        """Keep what can be read."""
        if data.strip():
            self.texts.append(data.strip())


class Page:
    """What came back for an address."""

    def __init__(self, address: str, status: int, content: str) -> None:
        self.address = address
        self.status = status
        self.content = content
        self._reader = _Reader()
        self._reader.feed(content)

    @property
    def text(self) -> str:
        """Everything that can be read on it."""
        return " ".join(self._reader.texts)

    def articles(self) -> list["Page"]:
        """Its articles, each as a page of its own."""
        found = re.findall(r"<article\b.*?</article>", self.content, re.DOTALL)
        return [Page(self.address, self.status, article) for article in found]

    def links(self, part: str) -> list[str]:
        """Addresses that contain this part, in page order."""
        return [urljoin(self.address, link) for link in self._reader.links if part in link]

    def form(self, *, having: str = "", action: str = "") -> Form:
        """The first posting form that has this field, or whose address contains this part."""
        for form in self._reader.forms:
            if form.method == "post" and (not having or having in form.names) and action in form.action:
                return form
        message = f"{urlsplit(self.address).path} has no form with “{having or action}”."
        raise LookupError(message)


class Visitor:
    """One browser with its cookies."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def cookie(self, name: str) -> str:
        """The value of a cookie that the service has set, or nothing."""
        return next((cookie.value or "" for cookie in self._jar if cookie.name == name), "")

    def get(self, address: str) -> Page:
        """Open an address."""
        return self._open(urllib.request.Request(urljoin(self.base_url, address)))  # noqa: S310 - our own service

    def post(self, page: Page, form: Form, **typed: str) -> Page:
        """Fill in a form of a page and send it."""
        target = urljoin(page.address, form.action)
        body = urlencode({**form.values, **typed}).encode()
        request = urllib.request.Request(target, body, {"Referer": page.address})  # noqa: S310 - our own service
        return self._open(request)

    def send_json(self, address: str, body: bytes, headers: Mapping[str, str], method: str = "POST") -> Page:
        """Speak to the API."""
        target = urljoin(self.base_url, address)
        sent = {"Content-Type": "application/json", **headers}
        return self._open(urllib.request.Request(target, body, sent, method=method))  # noqa: S310 - our own service

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return Page(answer.url, answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Page(error.url or request.full_url, error.code, error.read().decode(errors="replace"))
