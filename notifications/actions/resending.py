"""Sending a message once more because somebody asks for it: a new row of the same kind about the same occasion."""

import uuid
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.errors import DomainError
from events.models import User
from notifications.actions.outbox import still_true
from notifications.enums import Channel, MessageState
from notifications.kinds import KINDS
from notifications.models import Message
from notifications.queries.suppressions import suppression_of
from notifications.signals import message_wanted

log = structlog.get_logger(__name__)

MOST: Final = 3
_S: Final = MessageState
# What is planned or being sent comes anyway; what was cancelled is not so any more.
ENDED: Final = frozenset({_S.FAILED, _S.UNKNOWN, _S.SENT, _S.DELIVERED, _S.MISSED, _S.SUPPRESSED})
_AGAIN: Final = ":again:"
_SAME: Final = (
    "kind",
    "channel",
    "priority",
    "registration_id",
    "member_id",
    "invitation_id",
    "role_id",
    "staff_id",
    "event_id",
    "session_id",
    "session_starts_at",
    "event_change_id",
    "registration_change_id",
    "announcement_id",
    "language",
)


class NotToBeSentAgain(DomainError):
    """What it says is not so any more, or it is on its way."""

    code = "not_to_be_sent_again"
    default_message = _("What this message says is not so any more, so it is not sent again.")


class SentAgainOften(DomainError):
    """A message may be sent again so often and no more."""

    code = "sent_again_often"
    default_message = _("This message has been sent again three times. Ring the person instead.")


class AddressStopped(DomainError):
    """The address must not be used."""

    code = "address_stopped"
    default_message = _("This address must not be used: the person has stopped messages to it, or it does not exist.")


@transaction.atomic
def resend(message: Message, *, by: User, at: datetime) -> Message:
    """Put the same message into the queue anew; whoever asks for it has seen that the first one failed."""
    base = message.dedupe_key.partition(_AGAIN)[0]
    # Two buttons pressed at once wait for each other here.
    list(Message.objects.select_for_update(no_key=True).filter(dedupe_key=base).values_list("pk"))
    again = list(Message.objects.filter(dedupe_key__startswith=f"{base}{_AGAIN}"))
    message.refresh_from_db()
    _refuse(message, at=at)
    if any(one.state in {_S.PLANNED, _S.SENDING} for one in again):
        raise NotToBeSentAgain(_("It is being sent again already."))
    if len(again) >= MOST:
        raise SentAgainOften
    copy = Message.objects.create(
        id=uuid.uuid4(),
        **{name: getattr(message, name) for name in _SAME},
        dedupe_key=f"{base}{_AGAIN}{len(again) + 1}",
        instead_of=message,
        created_at=at,
        due_at=at,
        useful_until=_useful_until(message, at=at),
        next_attempt_at=at,
    )
    Message.objects.filter(pk=message.pk, state=_S.FAILED, seen_at=None).update(seen_at=at, seen_by=by)
    message_wanted.send(sender=Message)
    log.info("message sent again", message=str(message.pk), again=str(copy.pk), by=by.pk)
    return copy


def _refuse(message: Message, *, at: datetime) -> None:
    if message.state in {_S.PLANNED, _S.SENDING}:
        raise NotToBeSentAgain(_("It is still on its way."))
    if message.is_asked_about:
        raise NotToBeSentAgain(_("Whether it has arrived is being found out. Look again in a few minutes."))
    is_true = Message.objects.filter(pk=message.pk).filter(still_true(KINDS[message.kind], message)).exists()
    if message.state not in ENDED or not is_true:
        raise NotToBeSentAgain
    if _useful_until(message, at=at) <= at:
        raise NotToBeSentAgain(_("It would come too late to be useful."))
    if _is_stopped(message):
        raise AddressStopped


def _useful_until(message: Message, *, at: datetime) -> datetime:
    """An answer to a click is of use again from now on; all else as long as it was."""
    if message.registration is None:
        return message.useful_until
    return max(message.useful_until, KINDS[message.kind].useful_until(message.registration, at))


def _is_stopped(message: Message) -> bool:
    """Whether something stands against the address that it would go to now; without one, sending finds out."""
    is_optional = KINDS[message.kind].is_optional
    return suppression_of(message, _address(message), is_optional=is_optional) is not None


def _address(message: Message) -> str:
    """Where it would go now, which may be another address than the first time."""
    reader = message.member or message.invitation or getattr(message.registration, "participant", None)
    if message.channel == Channel.SMS:
        return str(getattr(reader, "phone", ""))
    reader = reader or message.role or message.staff
    return reader.email if reader is not None else ""
