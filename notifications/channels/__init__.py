"""Ways to reach a person; a channel that is not set up keeps its messages here."""

from contextlib import AbstractContextManager

from django.conf import settings

from notifications.channels.email import open_email
from notifications.channels.kept import open_kept
from notifications.channels.outgoing import Acceptance, Attachment, Carrier, Outgoing
from notifications.channels.sms import open_sms
from notifications.enums import Channel

__all__ = ["Acceptance", "Attachment", "Carrier", "Outgoing", "is_set_up", "open_channel"]


def is_set_up(channel: Channel) -> bool:
    """Whether messages on this channel leave the machine."""
    return bool(settings.MAIL_IS_SET_UP if channel == Channel.EMAIL else settings.TWILIO_ACCOUNT_SID)


def open_channel(channel: Channel) -> AbstractContextManager[Carrier]:
    """The channel, open for a batch of messages."""
    if not is_set_up(channel):
        return open_kept()
    return open_email() if channel == Channel.EMAIL else open_sms()
