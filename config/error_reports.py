"""Reports errors to a Sentry server, when there is one, without the people they happened to."""

from typing import Any

from config.logging import scrub


def report_errors(dsn: str) -> None:
    """Start reporting; `sentry-sdk` is an optional package."""
    import sentry_sdk  # noqa: PLC0415  # only who reports errors has it

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        # Local variables hold the persons being registered.
        include_local_variables=False,
        max_request_body_size="never",
        before_send=without_people,
    )


def without_people(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """The report without addresses, numbers and links."""
    for part in ("user", "request"):
        event.pop(part, None)
    return dict(scrub(None, "", event))
