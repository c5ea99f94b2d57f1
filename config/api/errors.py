"""Words every refusal below `/api/` as a problem (RFC 9457): the domain's and the framework's."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from config.api.problems import CONTENT_TYPE, problem
from events.errors import DomainError, FieldErrors, TooManyFilterValues, UnknownFilterValue
from registrations.errors import RateLimited

# Names of the framework that say less than ours.
CODES: Final = {"parse_error": "unreadable", "throttled": "rate_limited", "error": "server_error"}
DEFAULT_RETRY_AFTER: Final = 60
# Refusals of what was asked, not of what is.
WRONG_QUESTIONS: Final = (TooManyFilterValues, UnknownFilterValue)


def handle(error: Exception, context: Mapping[str, object]) -> Response | None:  # noqa: ARG001 - the framework's signature
    """The answer to a refusal; None leaves a bug to the log and a 500."""
    if isinstance(error, DomainError):
        return _domain(error)
    if isinstance(error, exceptions.ValidationError):
        return _fields(dict(flat_errors(error.detail)))
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is nothing here that you may see."))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _framework(error)
    return None


def _domain(error: DomainError) -> Response:
    if isinstance(error, FieldErrors):
        return _fields({name: [str(text) for text in texts] for name, texts in error.errors.items()})
    if isinstance(error, RateLimited):
        return _answer(
            429, error.code, error.message, details=error.details, retry_after=error.details.get("retry_after")
        )
    status = 400 if isinstance(error, WRONG_QUESTIONS) else 409
    return _answer(status, error.code, error.message, details=error.details)


def _fields(errors: Mapping[str, Sequence[str]]) -> Response:
    return _answer(400, FieldErrors.code, FieldErrors({}).message, errors=errors)


def _framework(error: exceptions.APIException) -> Response:
    detail = error.detail if isinstance(error.detail, str) else error.default_detail
    code = getattr(error.detail, "code", None) or error.default_code
    response = _answer(error.status_code, CODES.get(code, code), str(detail), retry_after=getattr(error, "wait", None))
    challenge = getattr(error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def _answer(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    details: Mapping[str, object] | None = None,
    retry_after: object = None,
) -> Response:
    body = problem(status, code=code, detail=detail, errors=errors, details=details)
    response = Response(body, status=status, content_type=CONTENT_TYPE)
    if status == exceptions.Throttled.status_code:
        seconds = retry_after if isinstance(retry_after, int | float) else DEFAULT_RETRY_AFTER
        response["Retry-After"] = str(max(1, round(seconds)))
    response["Cache-Control"] = "no-store"
    return response


def flat_errors(detail: object, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Field → sentences, with the way to a nested field joined by dots: `sessions.0.ends_at`; "" is the whole input."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from flat_errors(inner, ".".join(part for part in (path, own) if part))
    elif isinstance(detail, list | tuple) and any(isinstance(item, Mapping | list) for item in detail):
        for number, item in enumerate(detail):
            if item:
                yield from flat_errors(item, f"{path}.{number}" if path else str(number))
    elif isinstance(detail, list | tuple):
        yield path, [str(item) for item in detail]
    else:
        yield path, [str(detail)]
