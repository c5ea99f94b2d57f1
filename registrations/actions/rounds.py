"""A round through many events: each has its turn, whatever goes wrong with another."""

from collections.abc import Callable, Iterable

import structlog

log = structlog.get_logger(__name__)


def go_round(event_ids: Iterable[int], do: Callable[[int], int]) -> int:
    """Do it for each event in the order of their numbers, each in the transaction that it makes; the sum of the answers.

    The first failure is raised at the end, so nothing is hidden.
    """
    done = 0
    failures: list[Exception] = []
    for event_id in sorted(set(event_ids)):
        try:
            done += do(event_id)
        except Exception as failure:
            log.exception("what was due at an event could not be done", event_id=event_id)
            failures.append(failure)
    if failures:
        raise failures[0]
    return done
