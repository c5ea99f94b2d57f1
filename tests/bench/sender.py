"""One worker of `make bench messages`, as a process of its own: sends what is due when it is told to, and says what that took."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import django


@dataclass(frozen=True)
class Spent:
    """What one worker did, and what it took: wall and CPU seconds, statements (without BEGIN and COMMIT)."""

    sent: int
    seconds: float
    cpu: float
    statements: int


class _Counter:
    """Counts the statements of a connection."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        self.statements += 1
        return execute(*given)


def main() -> None:
    """Load everything, say so, wait for a line, send."""
    django.setup()
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    from notifications.delivery.sending import send_due  # noqa: PLC0415 - as above

    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    counter = _Counter()
    began, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counter):
        sent = send_due().sent
    spent = Spent(sent, time.perf_counter() - began, time.process_time() - cpu, counter.statements)
    sys.stdout.write(f"{json.dumps(asdict(spent))}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
