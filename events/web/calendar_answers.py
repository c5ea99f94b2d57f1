"""What calendar programs are answered: an ETag per encoding, 304, gzip, HEAD; no session and no cookie."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.csrf import csrf_exempt

from events.web.calendar_bodies import CalendarBody

P = ParamSpec("P")

CALENDAR: Final = "text/calendar; charset=utf-8"
PLAIN: Final = "text/plain; charset=utf-8"
METHODS: Final = frozenset({"GET", "HEAD"})
OK: Final = 200
NOT_MODIFIED: Final = 304
_SECOND: Final = timedelta(seconds=1)
_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


@dataclass(frozen=True)
class Asked:
    """What a program says when it asks for a calendar; `if_none_match` is None where it names no tag at all."""

    is_head: bool
    accept_encoding: str
    if_none_match: str | None
    if_modified_since: str

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> "Asked":
        """Read it from the WSGI environment, which Django calls `META`."""
        return cls(
            environ["REQUEST_METHOD"] == "HEAD",
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH"),
            environ.get("HTTP_IF_MODIFIED_SINCE", ""),
        )


@dataclass(frozen=True)
class CalendarAnswer:
    """A whole answer, for whoever hands it over."""

    status: int
    headers: dict[str, str]
    content: bytes


def calendar_view(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view for calendar programs: GET and HEAD alone, whatever Accept says, without cookies and their checks."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method not in METHODS:
            response = plain_answer("", status=405)
            response["Allow"] = "GET, HEAD"
            return response
        return view(request, *args, **kwargs)

    return answer


def plain_answer(sentence: str, *, status: int) -> HttpResponse:
    """A refusal that a calendar program takes for one: never a page, never status 200."""
    content = f"{sentence}\n" if sentence else ""
    return HttpResponse(content, status=status, content_type=PLAIN, headers={"Cache-Control": "no-cache"})


def calendar_answer(request: HttpRequest, body: CalendarBody) -> HttpResponse:
    """The answer as Django hands it over."""
    answer = answer_with(body, Asked.of(request.META), at=timezone.now())
    response = HttpResponse(answer.content, status=answer.status, headers=answer.headers)
    if answer.status == NOT_MODIFIED:
        del response["Content-Type"]
    return response


def answer_with(body: CalendarBody, asked: Asked, *, at: datetime) -> CalendarAnswer:
    """The body in the encoding asked for, or 304 where the asker has it (RFC 9110, 13.2.2)."""
    is_compressed = accepts_gzip(asked.accept_encoding)
    tag = body.compressed_tag if is_compressed else body.tag
    content = body.compressed if is_compressed else body.plain
    headers = {
        "Cache-Control": body.manner.cache_control,
        "Content-Language": body.manner.language,
        # Of the file, with a 304 too: Django would add that of the empty answer, which would be a lie (RFC 9110, 8.6).
        "Content-Length": str(len(content)),
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    # Not before the second is over: a change in the same second would carry the same date.
    if body.last_modified is not None and body.last_modified + _SECOND <= at:
        headers["Last-Modified"] = _written(body.last_modified)
    held = _held_tag(asked.if_none_match, body, tag)
    if held is not None or _is_unmodified(asked, body):
        return CalendarAnswer(NOT_MODIFIED, headers | {"ETag": held or tag}, b"")
    headers["Content-Type"] = CALENDAR
    headers["Content-Disposition"] = body.manner.disposition
    if is_compressed:
        headers["Content-Encoding"] = "gzip"
    return CalendarAnswer(OK, headers, b"" if asked.is_head else content)


# Programs say few different things in these, and say them all day.
@lru_cache(maxsize=64)
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


@lru_cache(maxsize=64)
def _written(moment: datetime) -> str:
    return http_date(moment.timestamp())


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _equals, value = parameter.strip().partition("=")
        if name.strip() == "q":
            found = re.fullmatch(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", value.strip())
            return float(found[0]) if found else 0.0
    return 1.0


def _held_tag(header: str | None, body: CalendarBody, tag: str) -> str | None:
    """The tag by which the asker already has this content, in whichever encoding; weak comparison."""
    if header is None:
        return None
    if header.strip() == "*":
        return tag
    held = _TAG.findall(header)
    return next((one for one in (tag, body.tag, body.compressed_tag) if one in held), None)


def _is_unmodified(asked: Asked, body: CalendarBody) -> bool:
    """By date, which counts only for those who send no tag; a date that cannot be read counts for nothing."""
    if asked.if_none_match is not None or body.last_modified is None:
        return False
    since = parse_http_date_safe(asked.if_modified_since)
    return since is not None and int(body.last_modified.timestamp()) <= since
