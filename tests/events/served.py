"""The service behind a real socket, in the test's own process: its clock and its database are the test's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.db import connections

from config.wsgi import application


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False  # Whoever closes it waits for what is being answered.


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


def _served(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    answer = application(environ, start_response)
    try:
        yield from answer
    finally:
        getattr(answer, "close", lambda: None)()
        connections.close_all()


@contextmanager
def service() -> Iterator[str]:
    """The address of the service while it runs."""
    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(_served)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
