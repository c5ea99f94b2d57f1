"""The retention rules of all apps, run together: what has had its time goes, and what went is counted."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from django.db.models import QuerySet

from events.actions.retention import purge_accesses
from notifications.actions.erasing import NO_TEXT, empty_messages
from notifications.models import Message
from notifications.queries.retention import addresses_over, incoming_over, suppressions_over, texts_over
from registrations.actions.rates import forget_attempts
from registrations.actions.retention import (
    purge_answers,
    purge_consents,
    purge_given_answers,
    purge_invitations,
    purge_needs,
    purge_people,
    purge_replaced,
    record_run,
)

log = structlog.get_logger(__name__)

_BATCH: Final = 1000

Purge = Callable[..., Iterator[int]]


@dataclass(frozen=True)
class Purged:
    """How many of what went, or would go; `is_finished` false: time ran out, and the next run goes on."""

    counts: Mapping[str, int]
    is_finished: bool


def run_retention(*, at: datetime, until: float = float("inf"), is_rehearsal: bool = False) -> Purged:
    """Delete what has had its time, in transactions of their own, until the clock of the machine says `until`.

    A rehearsal does the real thing in one transaction and takes it back, so it counts what a run would (decision 0014).
    """
    if is_rehearsal:
        with transaction.atomic():
            purged = _run(at=at, until=until)
            transaction.set_rollback(True)
        return purged
    purged = _run(at=at, until=until)
    record_run(purged.counts, at=at)
    if any(purged.counts.values()):
        log.info("retention", **purged.counts)
    return purged


def _run(*, at: datetime, until: float) -> Purged:
    counts = dict.fromkeys(_STEPS, 0)
    for name, purge in _STEPS.items():
        for taken in purge(at=at):
            counts[name] += taken
            if time.monotonic() >= until:
                return Purged(counts, is_finished=False)
    return Purged(counts, is_finished=True)


def purge_addresses(*, at: datetime) -> Iterator[int]:
    """Empty to whom and what was said about events whose contact data have had their time."""
    return _in_batches(addresses_over(at=at), empty_messages)


def purge_texts(*, at: datetime) -> Iterator[int]:
    """Empty the texts of messages; that they were sent, to whom and about what stays for now."""
    return _in_batches(texts_over(at=at), lambda messages: messages.update(**NO_TEXT))


def purge_incoming(*, at: datetime) -> Iterator[int]:
    """Delete that people wrote SMS."""
    yield incoming_over(at=at).delete()[0]


def purge_suppressions(*, at: datetime) -> Iterator[int]:
    """Delete that addresses once were not used."""
    yield suppressions_over(at=at).delete()[0]


def purge_attempts(*, at: datetime) -> Iterator[int]:
    """Delete how often addresses have asked."""
    yield forget_attempts(at=at)


def _in_batches(rows: QuerySet[Message], empty: Callable[[QuerySet[Message]], int]) -> Iterator[int]:
    """One walk through the table, however much there is."""
    ids = list(rows.values_list("pk", flat=True)[:_BATCH])
    while ids:
        yield _batch(rows.filter(pk__in=ids), empty)
        ids = list(rows.filter(pk__gt=ids[-1]).values_list("pk", flat=True)[:_BATCH])


@transaction.atomic
def _batch(rows: QuerySet[Message], empty: Callable[[QuerySet[Message]], int]) -> int:
    return empty(rows)


# What counts, by the name that a run is kept under.
_STEPS: Final[Mapping[str, Purge]] = {
    "needs": purge_needs,
    "answers": purge_answers,
    "registrations": purge_people,
    "replaced": purge_replaced,
    "invitations": purge_invitations,
    "message_addresses": purge_addresses,
    "message_texts": purge_texts,
    "incoming_sms": purge_incoming,
    "suppressions": purge_suppressions,
    "consents": purge_consents,
    "accesses": purge_accesses,
    "repeated_requests": purge_given_answers,
    "attempts": purge_attempts,
}
