"""A refusal as RFC 9457 wants it: one JSON shape for everything that goes wrong below `/api/`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

CONTENT_TYPE: Final = "application/problem+json"


def problem(
    status: int,
    *,
    code: str,
    detail: str,
    errors: Mapping[str, Sequence[str]] | None = None,
    details: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """The body: `code` is for programs and never changes, `detail` is for people and is translated.

    What a refusal knows besides (when registration opens, which gaps there are) stands beside them under its own name.
    """
    body: dict[str, object] = {
        **(details or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors is not None:
        body["errors"] = errors
    return body
