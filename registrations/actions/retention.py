"""Deleting what has had its time, in batches: each its own transaction, under the lock that a legal hold takes.

Each `purge_` yields how many it took, batch by batch, so that whoever runs it may stop in between; what is left is found
the next time. Figures stay as they are, because rows that are counted are emptied and not deleted.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from events.actions.retries import retried
from events.actions.seats import lock_queue
from registrations.actions.emptying import (
    empty_invitations,
    empty_people,
    empty_replaced,
    end_consents,
    part_with_consents,
)
from registrations.models import Consent, Invitation, PartyMember, Registration, RetentionRun
from registrations.queries.retention import (
    answers_over,
    consents_over,
    given_answers_over,
    invitations_over,
    needs_over,
    registrations_over,
    replaced_over,
)

_BATCH: Final = 1000

Row = TypeVar("Row", bound=Model)
Batches = Iterator[int]


def purge_needs(*, at: datetime) -> Batches:
    """Delete what people needed, with everything that became of it."""
    return _by_event(needs_over, "registration__event", _delete, at=at)


def purge_answers(*, at: datetime) -> Batches:
    """Delete answers, each question's by its own time."""
    return _by_event(answers_over, "registration__event", _delete, at=at)


def purge_people(*, at: datetime) -> Batches:
    """Empty who registered and who came along; how many registrations."""

    def empty(registrations: QuerySet[Registration]) -> int:
        batch = list(registrations)
        part_with_consents(batch, at=at)
        empty_people(batch, by=None, at=at)
        return len(batch)

    return _by_event(registrations_over, "event", empty, at=at)


def purge_replaced(*, at: datetime) -> Batches:
    """Empty people who were replaced, as soon as they have been told."""

    def empty(members: QuerySet[PartyMember]) -> int:
        batch = list(members)
        empty_replaced(batch)
        return len(batch)

    return _by_event(replaced_over, "registration__event", empty, at=at)


def purge_invitations(*, at: datetime) -> Batches:
    """Empty who was invited, whether they came or not."""

    def empty(invitations: QuerySet[Invitation]) -> int:
        return empty_invitations(Invitation.objects.filter(pk__in=[one.pk for one in invitations]), at=at)

    return _by_event(invitations_over, "event", empty, at=at)


def purge_consents(*, at: datetime) -> Batches:
    """Forget whose consents were that were taken back."""
    while ids := list(consents_over(at=at).values_list("pk", flat=True)[:_BATCH]):
        yield end_consents(Consent.objects.filter(pk__in=ids), at=at)


def purge_given_answers(*, at: datetime) -> Batches:
    """Delete what was kept for requests that might have been repeated."""
    while deleted := _delete(given_answers_over(at=at)[:_BATCH]):
        yield deleted


@transaction.atomic
def record_run(counts: Mapping[str, int], *, at: datetime) -> None:
    """Write down what was deleted, if anything was."""
    if any(counts.values()):
        RetentionRun.objects.create(at=at, counts=dict(counts))


def _by_event(
    over: Callable[..., QuerySet[Row]], to_event: str, purge: Callable[[QuerySet[Row]], int], *, at: datetime
) -> Batches:
    rows = over(at=at).order_by(to_event)
    for event_id in list(rows.values_list(to_event, flat=True).distinct()):
        while taken := _batch(over, to_event, event_id, purge, at=at):
            yield taken


@retried
def _batch(
    over: Callable[..., QuerySet[Row]],
    to_event: str,
    event_id: int,
    purge: Callable[[QuerySet[Row]], int],
    *,
    at: datetime,
) -> int:
    # Who puts the event under a hold waits, or has been quicker: then there is nothing left to do here.
    lock_queue(event_id)
    return purge(over(at=at).filter(**{to_event: event_id})[:_BATCH])


def _delete(rows: QuerySet[Model]) -> int:
    ids = [row.pk for row in rows.only("pk")]
    rows.model._default_manager.filter(pk__in=ids).delete()  # noqa: SLF001 - Django's documented way to a model's rows
    return len(ids)
