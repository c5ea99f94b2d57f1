"""How calendar files are answered: kept bodies, ETags per encoding, 304, gzip, HEAD; no session and no cookie."""

import gzip
import hashlib
import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.csrf import csrf_exempt

P = ParamSpec("P")

CALENDAR: Final = "text/calendar; charset=utf-8"
PLAIN: Final = "text/plain; charset=utf-8"
_GZIP_LEVEL: Final = 6
_SECOND: Final = timedelta(seconds=1)
_LOCKS: Final = 64
_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@dataclass(frozen=True, kw_only=True)
class CalendarBody:
    """A finished file, plain and compressed, with the tag of its content and the moment of its last change."""

    plain: bytes
    compressed: bytes
    digest: str
    last_modified: datetime | None
    freshness: tuple[int, str] = (0, "")

    @property
    def tag(self) -> str:
        """The ETag of the plain bytes."""
        return f'"{self.digest}"'

    @property
    def compressed_tag(self) -> str:
        """The ETag of the compressed bytes: another encoding is another representation."""
        return f'"{self.digest}.gz"'

    @property
    def size(self) -> int:
        """What it takes in memory, by and large."""
        return sum(map(sys.getsizeof, (self, self.plain, self.compressed, self.digest)))


def finished_body(text: str, *, last_modified: datetime | None, freshness: tuple[int, str] = (0, "")) -> CalendarBody:
    """Compress once and hash; without a time in the gzip head, so that equal files are equal bytes."""
    plain = text.encode()
    return CalendarBody(
        plain=plain,
        compressed=gzip.compress(plain, compresslevel=_GZIP_LEVEL, mtime=0),
        digest=hashlib.sha256(plain).hexdigest()[:32],
        last_modified=last_modified,
        freshness=freshness,
    )


class KeptBodies:
    """Finished files by address, as many as fit; what was asked for longest ago goes first.

    A file is built by one thread while the others that want it wait, and is kept while its freshness (a version and a
    day) is not older than the one asked for.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bodies: OrderedDict[Hashable, CalendarBody] = OrderedDict()
        self._size = 0
        self._guard = threading.Lock()
        # A fixed number of them, so that addresses that nobody asks for again leave nothing behind.
        self._turns = [threading.Lock() for _ in range(_LOCKS)]

    def get(self, key: Hashable, freshness: tuple[int, str], build: Callable[[], CalendarBody]) -> CalendarBody:
        """The kept body, or the one that `build` makes now."""
        kept = self._fresh(key, freshness)
        if kept is not None:
            return kept
        with self._turns[hash(key) % _LOCKS]:
            kept = self._fresh(key, freshness)
            if kept is not None:
                return kept
            built = build()
            self._keep(key, built)
            return built

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._bodies.clear()
            self._size = 0

    @property
    def size(self) -> int:
        """The memory of everything kept, by and large."""
        return self._size

    def _fresh(self, key: Hashable, freshness: tuple[int, str]) -> CalendarBody | None:
        with self._guard:
            kept = self._bodies.get(key)
            if kept is None or kept.freshness < freshness:
                return None
            self._bodies.move_to_end(key)
            return kept

    def _keep(self, key: Hashable, body: CalendarBody) -> None:
        with self._guard:
            before = self._bodies.pop(key, None)
            if before is not None:
                self._size -= before.size
            if body.size > self._limit:
                return
            self._bodies[key] = body
            self._size += body.size
            while self._size > self._limit:
                _key, gone = self._bodies.popitem(last=False)
                self._size -= gone.size


def calendar_view(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view for calendar programs: GET and HEAD alone, whatever Accept says, without cookies and their checks."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            response = plain_answer("", status=405)
            response["Allow"] = "GET, HEAD"
            return response
        return view(request, *args, **kwargs)

    return answer


def plain_answer(sentence: str, *, status: int) -> HttpResponse:
    """A refusal that a calendar program takes for one: never a page, never status 200."""
    content = f"{sentence}\n" if sentence else ""
    return HttpResponse(content, status=status, content_type=PLAIN, headers={"Cache-Control": "no-cache"})


def calendar_answer(
    request: HttpRequest, body: CalendarBody, *, cache_control: str, filename: str, is_download: bool, language: str
) -> HttpResponse:
    """The body in the encoding asked for, or 304 where the asker has it (RFC 9110, 13.2.2)."""
    is_compressed = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    tag = body.compressed_tag if is_compressed else body.tag
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    # Not before the second is over: a change in the same second would carry the same date.
    if body.last_modified is not None and body.last_modified + _SECOND <= timezone.now():
        headers["Last-Modified"] = http_date(body.last_modified.timestamp())
    content = body.compressed if is_compressed else body.plain
    headers |= {"ETag": tag, "Content-Language": language, "Content-Length": str(len(content))}
    held = _held_tag(request, body, tag)
    if held is not None or _is_unmodified(request, body):
        unchanged = HttpResponse(status=304, headers={**headers, "ETag": held or tag})
        del unchanged["Content-Type"]
        return unchanged
    headers |= {
        "Content-Type": CALENDAR,
        "Content-Disposition": f'{"attachment" if is_download else "inline"}; filename="{filename}"',
    }
    if is_compressed:
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(b"" if request.method == "HEAD" else content, headers=headers)


def accepts_gzip(header: str) -> bool:
    """Whether the asker takes gzip at least as gladly as plain bytes.

    >>> [accepts_gzip(text) for text in ("gzip, br", "gzip;q=0", "*", "identity, gzip;q=0.5", "")]
    [True, False, True, False, False]
    """
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _semicolon, parameters = part.strip().partition(";")
        weights[name.strip()] = _weight(parameters)
    gzip_weight = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip_weight > 0 and gzip_weight >= weights.get("identity", 0.0)


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _equals, value = parameter.strip().partition("=")
        if name.strip() == "q":
            found = re.fullmatch(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", value.strip())
            return float(found[0]) if found else 0.0
    return 1.0


def _held_tag(request: HttpRequest, body: CalendarBody, tag: str) -> str | None:
    """The tag by which the asker already has this content, in whichever encoding; weak comparison."""
    header = request.headers.get("If-None-Match", "").strip()
    if header == "*":
        return tag
    held = _TAG.findall(header)
    return next((one for one in (tag, body.tag, body.compressed_tag) if one in held), None)


def _is_unmodified(request: HttpRequest, body: CalendarBody) -> bool:
    """By date, which counts only for those who send no tag; a date that cannot be read counts for nothing."""
    if "If-None-Match" in request.headers or body.last_modified is None:
        return False
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(body.last_modified.timestamp()) <= since
