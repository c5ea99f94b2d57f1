"""People counted without names: how many of which group, and who counted when."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Sum
from django.http import Http404

from events.models import DoorActor, Event, ParticipantCategory, User
from registrations.models import HeadcountEntry

SHOWN_TAPS: Final = 20


@dataclass(frozen=True)
class GroupCount:
    """How many of a group were counted; `category` null: of no group in particular."""

    category: ParticipantCategory | None
    people: int


def headcount_groups(event: Event) -> list[GroupCount]:
    """The count of the event by group: those in general, then the groups that it lists or that were counted, in their order."""
    counted: dict[int | None, int] = dict(
        HeadcountEntry.objects.filter(event=event).order_by().values_list("category").annotate(Sum("delta"))
    )
    listed = ParticipantCategory.objects.filter(pools__event=event).order_by().values("pk")
    groups = ParticipantCategory.objects.filter(pk__in=listed) | ParticipantCategory.objects.filter(
        pk__in=[pk for pk in counted if pk is not None]
    )
    rows = [GroupCount(group, counted.get(group.pk, 0)) for group in groups.order_by("position", "pk")]
    return [GroupCount(None, counted.get(None, 0)), *rows]


def latest_taps(event: Event) -> list[HeadcountEntry]:
    """The last taps at the event, the newest first."""
    rows = HeadcountEntry.objects.filter(event=event).select_related("category", "by", "door_pass")
    return list(rows.order_by("-id")[:SHOWN_TAPS])


def undo_nonce(entry: HeadcountEntry) -> str:
    """The number of the tap that takes this one back: there can be one only."""
    return hashlib.sha256(f"undo:{entry.nonce}".encode()).hexdigest()


def last_own_tap(actor: DoorActor, taps: Sequence[HeadcountEntry]) -> HeadcountEntry | None:
    """The newest of these taps that somebody made and has not taken back; what takes another back is none."""
    nonces = {tap.nonce for tap in taps}
    taken_back = {undo_nonce(tap) for tap in taps}
    return next(
        (tap for tap in taps if _is_by(actor, tap) and undo_nonce(tap) not in nonces and tap.nonce not in taken_back),
        None,
    )


def _is_by(actor: DoorActor, tap: HeadcountEntry) -> bool:
    return tap.by_id == actor.pk if isinstance(actor, User) else tap.door_pass_id == actor.pk


def get_own_tap(event: Event, actor: DoorActor, number: int) -> HeadcountEntry:
    """A tap that this person made at this door; else 404."""
    tap = HeadcountEntry.objects.filter(event=event, pk=number).select_related("event", "category").first()
    if tap is None or not _is_by(actor, tap):
        raise Http404
    return tap
