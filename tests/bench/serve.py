"""The service as `manage.py serve` serves it, and beside it views that no middleware touches: the lowest floors."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import django

django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.test import override_settings  # noqa: E402

from config import web_server, wsgi  # noqa: E402

BARE: Final = "/bench/bare/"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def beside(service: Application) -> Application:
    """The service, and below its path Django without middlewares."""
    with override_settings(MIDDLEWARE=[]):
        bare = WSGIHandler()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_bare = environ["PATH_INFO"].startswith(BARE)
        return bare(environ, start_response) if is_bare else service(environ, start_response)

    return application


if __name__ == "__main__":
    wsgi.application = beside(wsgi.application)  # type: ignore[assignment]
    web_server.serve_pages()
