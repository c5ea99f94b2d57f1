"""Run the benchmarks: `make bench`, or `make bench NAME` for one of them."""

import os
import sys
from collections.abc import Callable

import django

from tests.bench.server import environment, free_port, own_database

# Memory first: what the others leave in the database would count as rest.
NAMES = ("memory", "web", "registrations", "messages", "calendars", "door")


def main(names: list[str]) -> int:
    """Prepare a database of the run's own, then run what was asked for."""
    if unknown := [name for name in names if name not in NAMES]:
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.\n")
        return 2
    with own_database() as url:
        port = free_port()
        os.environ.update(environment(url, port))
        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 - Django is set up by now

        from tests.bench import calendars, door, registrations, suites  # noqa: PLC0415 - as above

        sys.stdout.write("Preparing a database of its own …\n")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        chosen: dict[str, Callable[[int], None]] = {
            "web": suites.web,
            "registrations": registrations.registrations,
            "messages": suites.messages,
            "memory": suites.memory,
            "calendars": calendars.calendars,
            "door": door.door,
        }
        for name in names or NAMES:
            chosen[name](port)
        suites.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
