"""Who may have written an SMS to us, as far as an answer needs it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from events.enums import Language
from events.models import Event
from notifications.enums import SmsWord
from notifications.models import IncomingSms
from registrations.models import Registration
from registrations.tokens import phone_key

_ANSWERED_ONCE_IN: Final = timedelta(days=1)


@dataclass(frozen=True)
class Correspondent:
    """In which language to answer, and about which event people were written to; None: nobody has this number."""

    language: str
    event: Event | None


def correspondent(number: str) -> Correspondent:
    """By the latest registration with this number."""
    registrations = Registration.objects.filter(participant__phone=number, erased_at=None)
    latest = registrations.select_related("event__unit").order_by("-created_at", "-id").first()
    return Correspondent(Language.PL, None) if latest is None else Correspondent(latest.language, latest.event)


def is_talkative(number: str, *, at: datetime) -> bool:
    """Whether a number keeps writing what nobody reads: two machines would answer each other for ever."""
    lately = IncomingSms.objects.filter(
        address_key=phone_key(number), word=SmsWord.OTHER, at__gt=at - _ANSWERED_ONCE_IN
    )
    return lately.count() > 1
