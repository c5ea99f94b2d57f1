"""Everybody of an event's list, whole: what goes out as a file, a few hundred registrations in memory at a time."""

from collections.abc import Iterator
from typing import Final, Unpack

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from events.models import Event, Question, Session
from registrations.models import Answer, PartyMember, Registration
from registrations.queries.lists import ListFilters, narrowed_registrations

_AT_ONCE: Final = 500


def exported_registrations(event: Event, **filters: Unpack[ListFilters]) -> Iterator[Registration]:
    """The registrations of a list with everything that a file shows of them, in the order they came in."""
    rows = narrowed_registrations(event, **filters)
    return (
        rows.select_related("participant", "category")
        .prefetch_related(
            Prefetch("sessions", Session.objects.order_by("starts_at", "id")),
            Prefetch("members", PartyMember.objects.order_by("id")),
            Prefetch("answers", Answer.objects.select_related("question").order_by("id")),
        )
        .order_by("created_at", "id")
        .iterator(chunk_size=_AT_ONCE)
    )


def exported_questions(event: Event) -> list[Question]:
    """The questions whose answers stand in the file: those that are asked, and retired ones that somebody answered."""
    answered = Answer.objects.filter(question=OuterRef("pk"))
    return list(event.questions.filter(Q(is_retired=False) | Exists(answered)).order_by("position", "id"))


def people_in(event: Event, **filters: Unpack[ListFilters]) -> int:
    """How many persons a list names: whoever registered, and the members of their parties."""
    rows = narrowed_registrations(event, **filters)
    count = rows.order_by().aggregate(registrations=Count("pk", distinct=True))["registrations"]
    members: int = PartyMember.objects.filter(registration__in=rows.order_by().values("pk")).count()
    return int(count) + members
