"""Sending an example of a message to whoever wants to see it in their own mailbox or on their own telephone."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from events.errors import DomainError
from events.models import Event, User, unit_contact
from notifications.channels import Attachment, Outgoing, is_set_up, open_channel
from notifications.enums import Channel
from notifications.errors import ChannelError
from notifications.kinds import Kind
from notifications.rendering.examples import EXAMPLE_CODE
from notifications.rendering.kind_previews import kind_letter
from notifications.rendering.letters import TICKET_CID
from notifications.rendering.secret_links import without_links
from notifications.rendering.tickets import ticket_png
from registrations.actions.rates import count_attempt

# So many tests in so many seconds for each member of staff: an SMS costs money and rings at somebody's.
_RATE: Final = (5, 3600)
_LINK: Final = re.compile(r"\{\{(?:manage|mine|invitation)_link:\d+\}\}")


class NothingLeaves(DomainError):
    """Sending is off, or the channel is not set up."""

    code = "nothing_leaves"
    default_message = _("Nothing leaves this machine: this channel is not set up, or sending is switched off.")


class TrialNotTaken(DomainError):
    """The provider did not take it; `details` has its code."""

    code = "not_taken"
    default_message = _("The test message was not taken.")


def send_trial(kind: Kind, event: Event, *, channel: Channel, to: str, language: str, by: User, at: datetime) -> None:
    """Hand one example to the provider at once: it is nobody's message, so it has no row and is not tried again."""
    if not settings.SENDING_ENABLED or not is_set_up(channel):
        raise NothingLeaves
    count_attempt(f"trial:{by.pk}", rate=_RATE, at=at)
    letter = kind_letter(kind, event, channel=channel, language=language, at=at)
    outgoing = Outgoing(
        id=uuid.uuid4(),
        to=to,
        subject=f"[test] {letter.subject}",
        text=without_links(letter.body),
        html=_LINK.sub(settings.BASE_URL, letter.html),
        language=language,
        sent_at=at,
        useful_until=at + timedelta(hours=1),
        reply_to=unit_contact(event) if channel == Channel.EMAIL else "",
        attachments=_pictures(letter.html),
    )
    try:
        with open_channel(channel) as carrier:
            carrier.send(outgoing)
    except ChannelError as error:
        sentence = _("The test message was not taken: %(error)s") % {"error": error}
        raise TrialNotTaken(sentence, details={"code": error.code}) from error


def _pictures(html: str) -> tuple[Attachment, ...]:
    if f"cid:{TICKET_CID}" not in html:
        return ()
    content = ticket_png(f"{settings.BASE_URL}/t/{EXAMPLE_CODE}")
    return (Attachment(name="qr.png", media_type="image/png", content=content, content_id=TICKET_CID),)
