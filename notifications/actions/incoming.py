"""What people write back: who wants no SMS any more gets none, and who wants them again does."""

from datetime import datetime

from django.db import transaction

from notifications.actions.suppressing import lift, suppress
from notifications.enums import Channel, SmsWord, SuppressionReason
from notifications.models import IncomingSms
from registrations.actions.consents import withdraw_sms_reminders
from registrations.tokens import phone_key


@transaction.atomic
def take_in(*, provider_id: str, number: str, word: SmsWord, at: datetime) -> bool:
    """Do what an SMS asks for, once; False: it has been taken in before. Neither number nor words are kept.

    STOP also takes the wish for SMS reminders back. START lifts only what the person has asked for, and leaves it to them
    to wish for reminders again.
    """
    _row, is_new = IncomingSms.objects.get_or_create(
        provider_id=provider_id, defaults={"address_key": phone_key(number), "word": word, "at": at}
    )
    if not is_new:
        return False
    if word == SmsWord.STOP:
        suppress(Channel.SMS, number, reason=SuppressionReason.OPTED_OUT, at=at)
        withdraw_sms_reminders(number, at=at)
    elif word == SmsWord.START:
        lift(Channel.SMS, number, reasons=[SuppressionReason.OPTED_OUT], at=at)
    return True
