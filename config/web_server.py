"""How the pages are served: granian, its settings, and the application loaded once for all its workers."""

import gc
import multiprocessing
import socket
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandError
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from config.logging import LOGGING_SETTINGS
from config.supervision import die_with_parent

Application = Callable[..., Any]

ADDRESS: Final = "127.0.0.1"
THREADS: Final = 4  # of each worker; every one keeps a database connection of its own
IDLE_THREAD_SECONDS: Final = 600  # PostgreSQL ends what a thread leaves open after the same time.
# Open connections of each worker, those at rest included; whoever is next waits in the backlog.
CONNECTIONS: Final = 512
KEEP_ALIVE_MILLISECONDS: Final = 60_000
STOP_SECONDS: Final = 5
# Neither the visitor's address nor the query: both may say who it was.
ACCESS_LOG_FORMAT: Final = "%(method)s %(path)s %(status)d %(dt_ms).0fms"


def serve_pages() -> None:
    """Be the web server until told to stop."""
    # Loaded once and shared by the workers: less memory, and a page that is broken stops the start.
    _application()
    # What is loaded by now is never freed: the collector need not touch it.
    gc.collect()
    gc.freeze()
    multiprocessing.set_start_method("fork", force=True)
    Server(
        "config.wsgi:application",
        address=ADDRESS,
        port=settings.ENVIRONMENT.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=KEEP_ALIVE_MILLISECONDS),
        websockets=False,
        workers=settings.ENVIRONMENT.web_workers,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=IDLE_THREAD_SECONDS,
        backpressure=CONNECTIONS,
        log_dictconfig=LOGGING_SETTINGS,
        log_access=True,
        log_access_format=ACCESS_LOG_FORMAT,
        process_name="wiec web",
    ).serve(target_loader=_application_of_a_worker, wrap_loader=False)


def _application() -> Application:
    from config.wsgi import application  # noqa: PLC0415  # loads everything: only the server's processes need it

    return application


def _application_of_a_worker() -> Application:
    # A worker that outlives the first process would go on answering beside the next one.
    die_with_parent()
    return _application()


def refuse_a_taken_port(port: int) -> None:
    """Name the port and what to do: the workers share theirs, so a second server would start without a word."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            another = f"choose another, as in `make run PORT={port % 65_535 + 1}`"
            raise CommandError(f"Port {port} cannot be used ({error.strerror}): {another}.") from error
