"""A short way for calendar programs: what is finished and still true is answered before Django looks at the request."""

import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.db import Error
from django.utils import timezone

from events.web.calendar_answers import METHODS, NOT_MODIFIED, OK, Asked, answer_with
from events.web.calendar_bodies import CalendarBody
from events.web.feeds import KEPT_AS, still_true

Environment = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environment, StartResponse], Iterable[bytes]]

_Address = tuple[object, ...]

# Losing one costs one answer by the long way.
MOST_ADDRESSES: Final = 500
_ENDING: Final = ".ics"
_LEARNT_FROM: Final = (f"{OK} ", f"{NOT_MODIFIED} ")
# What `answer_with` says anew for every request, and what belongs to one request alone.
_SAID_ANEW: Final = frozenset(
    {
        "Cache-Control",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-Type",
        "ETag",
        "Last-Modified",
        "Vary",
        "X-Request-ID",
    }
)
_STATUS_LINES: Final = {status: f"{status} {HTTPStatus(status).phrase}" for status in (OK, NOT_MODIFIED)}


@dataclass(frozen=True)
class _Known:
    """An address that Django has answered: which kept file it was, and what the middlewares added."""

    key: Hashable
    headers: tuple[tuple[str, str], ...]


class CalendarShortCut:
    """Stands before the application; whatever is not certain goes through it.

    An address is one host, scheme, path and query, byte for byte, that Django has answered with a kept file before. So
    hosts, redirects, filters and headers are decided in one place, and here only whether that file is still true.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._known: dict[_Address, _Known] = {}
        self._guard = threading.Lock()

    def __call__(self, environ: Environment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or hand the request on and learn from its answer."""
        if not environ["PATH_INFO"].endswith(_ENDING) or environ["REQUEST_METHOD"] not in METHODS:
            return self._application(environ, start_response)
        address = _address(environ)
        known = self._known.get(address)
        at = timezone.now()
        body = _still_true(known, at=at) if known is not None else None
        if known is None or body is None:
            return self._long_way(address, environ, start_response)
        answer = answer_with(body, Asked.of(environ), at=at)
        # With a 304 the asker has them from the answer that it keeps (RFC 9110, 15.4.5).
        added = known.headers if answer.status == OK else ()
        start_response(_STATUS_LINES[answer.status], [*answer.headers.items(), *added])
        return [answer.content]

    def _long_way(self, address: _Address, environ: Environment, start_response: StartResponse) -> Iterable[bytes]:
        given: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            given.append((status, headers))
            return start_response(status, headers, *rest)

        content = self._application(environ, start)
        ((status, headers),) = given
        if KEPT_AS in environ and status.startswith(_LEARNT_FROM):
            added = tuple((name, value) for name, value in headers if name not in _SAID_ANEW)
            self._learn(address, _Known(environ[KEPT_AS], added))
        return content

    def _learn(self, address: _Address, known: _Known) -> None:
        with self._guard:
            if len(self._known) >= MOST_ADDRESSES and address not in self._known:
                del self._known[next(iter(self._known))]
            self._known[address] = known


def _still_true(known: _Known, *, at: datetime) -> CalendarBody | None:
    try:
        return still_true(known.key, at=at)
    except Error:
        # Django words the trouble, and opens a new connection.
        return None


def _address(environ: Environment) -> _Address:
    return (
        environ.get("HTTP_HOST"),
        environ.get("wsgi.url_scheme"),
        environ.get("HTTP_X_FORWARDED_PROTO"),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
    )
