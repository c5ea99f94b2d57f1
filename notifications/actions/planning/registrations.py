"""What happened to registrations, as messages to their people: who registered, and who comes along with an own address."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef

from events.actions.retries import retried
from events.models import EventChange
from notifications.actions.planning.gathering import leaves_at
from notifications.enums import Channel, MessageState, StateReason
from notifications.kinds import KIND_OF_CHANGE, KIND_OF_WHOLE, KINDS, MEMBER_KINDS_OF_CHANGE, Kind
from notifications.models import Message
from registrations.enums import ChangeCause, RegistrationState
from registrations.models import PartyMember, Registration, RegistrationChange
from registrations.queries.parties import concerned, replaced

BATCH: Final = 500
_GATHERED: Final = tuple(kind.name for kind in KINDS.values() if kind.gathers and kind.causes)


@retried
def plan_registration_changes(*, at: datetime) -> int | None:
    """One batch; None when there is none left."""
    changes = list(
        RegistrationChange.objects.filter(planned_at=None, notify=True)
        .select_related("registration__event", "registration__participant")
        .prefetch_related("registration__members")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")[:BATCH]
    )
    if not changes:
        return None
    messages = [message for change in changes for message in _messages_of(change, at=at)]
    _hold([message for message in messages if message.kind in _GATHERED], at=at)
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    _gather(message for message in messages if message.kind in _GATHERED)
    RegistrationChange.objects.filter(pk__in=[change.pk for change in changes]).update(planned_at=at)
    return len(messages)


def told_along_with(event_change_ids: Sequence[int]) -> Mapping[str, int]:
    """How many messages say that somebody gets a seat because of these changes of events, by channel.

    Seats that a change frees are given away in its transaction, at its moment.
    """
    causes = EventChange.objects.filter(pk__in=event_change_ids)
    moved = (
        RegistrationChange.objects.filter(cause=ChangeCause.PROMOTED, planned_at=None, notify=True)
        .filter(registration__event__in=causes.values("event"), at__in=causes.values("at"))
        .select_related("registration__event", "registration__participant")
        .prefetch_related("registration__members")
    )
    return Counter(message.channel for change in moved for message in _messages_of(change, at=change.at))


def _messages_of(change: RegistrationChange, *, at: datetime) -> Iterator[Message]:
    pair = (change.cause, change.to_state)
    kind, channel = KIND_OF_CHANGE.get(pair), _channel_of(change.registration)
    if change.member_id is None:
        kind = KIND_OF_WHOLE.get(pair, kind)
    if kind is not None and channel is not None and _may_be_told(change.registration, kind):
        yield _message(kind, channel, change, at=at)
    # Who has never been told that they come need not be told that they do not.
    if RegistrationState.CONFIRMED not in {change.from_state, change.to_state}:
        return
    members = change.registration.members.all()
    for kind_for_member in MEMBER_KINDS_OF_CHANGE.get(pair, ()):
        for member in (replaced if kind_for_member.tells_replaced else concerned)(change, members):
            if member.email:
                yield _message(kind_for_member, Channel.EMAIL, change, member=member, at=at)


def _message(
    kind: Kind, channel: Channel, change: RegistrationChange, *, member: PartyMember | None = None, at: datetime
) -> Message:
    registration = change.registration
    reader = "" if member is None else f"member:{member.pk}:"
    due_at = leaves_at(kind, last=change.at, since=change.at)
    return Message(
        dedupe_key=f"{kind.name}:{registration.pk}:{change.pk}:{reader}{channel}",
        kind=kind.name,
        channel=channel,
        priority=kind.priority,
        registration=registration,
        member=member,
        event=registration.event,
        registration_change=change,
        language=registration.language,
        created_at=at,
        due_at=due_at,
        useful_until=kind.useful_until(registration, change.at),
        next_attempt_at=max(at, due_at),
    )


def _hold(messages: Sequence[Message], *, at: datetime) -> None:
    """Let them leave together with what waits already; what takes the place of something has waited as long."""
    if not messages:
        return
    waiting = Message.objects.filter(
        registration__in=[message.registration_id for message in messages],
        kind__in=_GATHERED,
        state=MessageState.PLANNED,
    )
    since = dict(waiting.order_by("-created_at").values_list("registration", "created_at"))
    for message in messages:
        change = message.registration_change
        assert message.registration_id is not None
        assert change is not None
        message.created_at = since.setdefault(message.registration_id, message.created_at)
        message.due_at = leaves_at(KINDS[message.kind], last=change.at, since=message.created_at)
        message.next_attempt_at = max(at, message.due_at)


def _gather(messages: Iterable[Message]) -> None:
    """Take back what a newer message of the same kind says as well, as long as it has not left."""
    told = {message.registration_id for message in messages}
    if not told:
        return
    newer = Message.objects.filter(
        kind=OuterRef("kind"),
        registration=OuterRef("registration"),
        registration_change__gt=OuterRef("registration_change"),
    )
    waiting = Message.objects.filter(registration__in=told, kind__in=_GATHERED, state=MessageState.PLANNED)
    waiting.filter(Exists(newer)).update(state=MessageState.CANCELLED, state_reason=StateReason.SUPERSEDED)


def _may_be_told(registration: Registration, kind: Kind) -> bool:
    """Of a need only who has shown that the address is theirs; who applies has not always done that."""
    if not kind.tells_of_needs or registration.state != RegistrationState.AWAITING_APPROVAL:
        return True
    return registration.address_confirmed_at is not None


def _channel_of(registration: Registration) -> Channel | None:
    """By mail, or by SMS to people who gave no address (they were registered by telephone or at the door)."""
    participant = getattr(registration, "participant", None)
    if participant is None:
        return None
    if participant.email:
        return Channel.EMAIL
    return Channel.SMS if participant.phone else None
