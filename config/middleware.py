"""What every request passes through before the pages and the API see it."""

import re
import uuid
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final
from urllib.parse import unquote_to_bytes

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from config.api.problems import CONTENT_TYPE, problem

Handler = Callable[[HttpRequest], HttpResponseBase]

API_PATH: Final = "/api/"
# One file as large as may be attached (`events.actions.attachments`) and the form around it.
MAX_UPLOAD_BYTES: Final = 11_000_000
RETRY_AFTER_SECONDS: Final = 5

log = structlog.get_logger(__name__)


def refusal(request: HttpRequest, *, status: int, code: str, title: str) -> HttpResponse:
    """A refusal from before or below the pages: a problem for the API, a page for everybody else.

    The page is drawn without the request: neither a session nor the database may be asked any more.
    """
    if request.path_info.startswith(API_PATH):
        return JsonResponse(problem(status, code=code, detail=title), status=status, content_type=CONTENT_TYPE)
    language = translation.get_language() or settings.LANGUAGE_CODE
    home = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
    page = render_to_string("refusal.html", {"title": title, "status": status, "home": home})
    return HttpResponse(page, status=status)


class RequestIdMiddleware:
    """Gives every request a number that its log lines and its answer carry."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Bind the number for the time of the request."""
        given = request.headers.get("X-Request-ID", "")
        number = given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=number):
            response = self._get_response(request)
        response["X-Request-ID"] = number
        return response


class ClientAddressMiddleware:
    """Makes the address and the scheme the visitor's own where a proxy of ours stands in front."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Walk the forwarded addresses from the nearest on, as long as they are our proxies."""
        address = request.META.get("REMOTE_ADDR", "")
        if _is_trusted(address) and request.META.get("HTTP_X_FORWARDED_PROTO") == "https":
            request.META["wsgi.url_scheme"] = "https"
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        while hops and _is_trusted(address) and _is_address(hops[-1]):
            address = hops.pop()
        request.META["REMOTE_ADDR"] = address
        return self._get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in settings.TRUSTED_PROXIES)


class DatabaseTroubleMiddleware:
    """Answers 503 when the database is away, full or too slow: it is not the visitor's fault, and it passes."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand the request on; trouble arrives at `process_exception`."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Word the trouble, or leave the exception to others."""
        if isinstance(exception, OperationalError | InterfaceError):
            return unavailable(request, exception)
        return None


def unavailable(request: HttpRequest, exception: BaseException) -> HttpResponse:
    """The answer while the database cannot be asked."""
    log.error("database_unavailable", reason=type(exception.__cause__ or exception).__name__)
    title = _("The service is busy or being repaired. Please try again in a moment.")
    response = refusal(request, status=503, code="unavailable", title=title)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


class ReadableInputMiddleware:
    """Refuses what is not text or too long, before anybody reads it."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the address and the announced length."""
        # Django leaves bytes of the path that are no UTF-8 percent-encoded: such an address is simply not found.
        if "\x00" in request.path_info or not _is_text(unquote_to_bytes(request.META.get("QUERY_STRING", ""))):
            return _unreadable(request)
        is_upload = request.content_type == "multipart/form-data"
        limit = MAX_UPLOAD_BYTES if is_upload else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if _announced_length(request) > limit:
            return refusal(request, status=413, code="too_large", title=_("This is too much data at once."))
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _arguments: object, _named: object
    ) -> HttpResponse | None:
        """Look at a form's fields, which only now may be read."""
        if request.method == "POST" and request.content_type in {
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        }:
            for name, values in request.POST.lists():
                # Django has put U+FFFD where the bytes were no UTF-8.
                if any("\x00" in text or "\ufffd" in text for text in (name, *map(str, values))):
                    return _unreadable(request)
        return None


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in raw


def _announced_length(request: HttpRequest) -> int:
    announced = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(announced) if announced.isdecimal() else 0


def _unreadable(request: HttpRequest) -> HttpResponse:
    title = _("The request holds characters that are not text.")
    return refusal(request, status=400, code="unreadable", title=title)


class LanguageMiddleware:
    """Speaks the language of the page's address; the API speaks the asker's."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate one language for the request and say which it was."""
        is_api = request.path_info.startswith(API_PATH)
        if is_api:
            language = _accepted_language(request)
        else:
            language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", language)
        if is_api:
            patch_vary_headers(response, ["Accept-Language"])
        return response


def _accepted_language(request: HttpRequest) -> str:
    for wish, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        if wish == "*":
            break
        try:
            return translation.get_supported_language_variant(wish)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
