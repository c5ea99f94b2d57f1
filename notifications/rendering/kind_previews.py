"""A kind of message as it would go out now: mail and SMS of an example person, and what the SMS would cost."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.conf import settings

from events.models import Event
from notifications.enums import Channel
from notifications.kinds import ANNOUNCEMENT, KINDS, Kind
from notifications.queries.audience import people_by_sms
from notifications.rendering.examples import Shown, example_letter, shown
from notifications.rendering.letters import Letter

# An announcement has a preview of its own, with its own words.
PREVIEWED: Final = tuple(name for name in KINDS if name != ANNOUNCEMENT.name)


@dataclass(frozen=True)
class KindPreview:
    """Mail and SMS of a kind; `people`: how many would get the SMS; `cost` null: nobody has said what one costs."""

    mail: Shown
    sms: Shown
    people: int
    cost: Decimal | None
    currency: str


def kind_letter(kind: Kind, event: Event, *, channel: Channel, language: str, at: datetime) -> Letter:
    """What an example person would get of a kind."""
    return example_letter(kind, event, channel=channel, language=language, at=at)


def kind_preview(kind: Kind, event: Event, *, language: str, at: datetime) -> KindPreview:
    """Both channels, and how many people of the event would get the SMS by now."""
    states = [state.value for state in kind.true_while]
    people = people_by_sms(event, states=states, is_for_all=kind.also_by_sms, with_consent=kind.needs_sms_consent)
    mail, sms = (
        shown(kind_letter(kind, event, channel=channel, language=language, at=at), channel=channel, language=language)
        for channel in (Channel.EMAIL, Channel.SMS)
    )
    price = settings.SMS_PRICE_PER_SEGMENT
    cost = None if price is None else (price * people * sms.segments).quantize(Decimal("0.01"))
    return KindPreview(mail=mail, sms=sms, people=people, cost=cost, currency=settings.SMS_CURRENCY)
