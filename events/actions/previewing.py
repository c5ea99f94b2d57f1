"""What an action would do, found out by doing it and undoing it: exact differences, and how many would be told."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from events.actions.definitions import EventEdit, SessionDefinition
from events.actions.editing import edit_event
from events.actions.publishing import cancel_event, postpone_event, set_new_date
from events.enums import ReminderChannel
from events.models import Event, EventChange, User
from events.queries.conflicts import Conflict, conflicts_of
from events.signals import telling_previewed

# People are told as much of one reason as of another, so a preview needs none.
_UNSAID: Final = "…"


@dataclass(frozen=True)
class Preview:
    """The rows of history that there would be (they are not stored), how many messages by channel, and what is in the way."""

    differences: Sequence[EventChange]
    told: Mapping[str, int]
    conflicts: Sequence[Conflict]


def preview_edit(
    event: Event,
    edit: EventEdit,
    *,
    notify: bool | None = None,
    expected_version: int | None = None,
    by: User,
    at: datetime,
) -> Preview:
    """What `edit_event` would do; it refuses what that refuses."""
    return preview(
        event, lambda own: edit_event(own, edit, notify=notify, expected_version=expected_version, by=by, at=at)
    )


def preview_postponement(event: Event, *, notify: bool = True, by: User, at: datetime) -> Preview:
    """What `postpone_event` would do."""
    return preview(event, lambda own: postpone_event(own, reason=_UNSAID, notify=notify, by=by, at=at))


def preview_new_date(
    event: Event,
    sessions: Sequence[SessionDefinition],
    *,
    override_reason: str = "",
    room_override_reason: str = "",
    notify: bool = True,
    by: User,
    at: datetime,
) -> Preview:
    """What `set_new_date` would do; it refuses what that refuses."""
    return preview(
        event,
        lambda own: set_new_date(
            own,
            sessions,
            override_reason=override_reason,
            room_override_reason=room_override_reason,
            notify=notify,
            by=by,
            at=at,
        ),
    )


def preview_cancellation(event: Event, *, notify: bool = True, by: User, at: datetime) -> Preview:
    """What `cancel_event` would do."""
    return preview(event, lambda own: cancel_event(own, reason=_UNSAID, notify=notify, by=by, at=at))


def preview(event: Event, act: Callable[[Event], object]) -> Preview:
    """What `act` would do with the event, and with the others of its series; it refuses what that refuses.

    It is done on a copy, because actions write what they did into the object that they are given; then it is undone.
    """
    mine = Q(event=event) if event.series_id is None else Q(event=event) | Q(event__series=event.series_id)
    # Rolled back with all that was to happen on commit; inside of another transaction only as far as this point.
    with transaction.atomic():
        last = EventChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
        own = Event.objects.get(pk=event.pk)
        act(own)
        changes = EventChange.objects.filter(mine, pk__gt=last).select_related("by", "session").order_by("id")
        differences = list(changes)
        told = _told([change.pk for change in differences])
        conflicts = conflicts_of(own)
        transaction.set_rollback(True)
    return Preview(differences, told, conflicts)


def _told(change_ids: list[int]) -> Mapping[str, int]:
    told = Counter(dict.fromkeys(ReminderChannel.values, 0))
    for _receiver, counts in telling_previewed.send(sender=EventChange, change_ids=change_ids):
        told.update(counts)
    return dict(told)
