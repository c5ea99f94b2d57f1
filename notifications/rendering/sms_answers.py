"""What somebody is answered who writes an SMS to us. Pure."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import unit_contact
from notifications.enums import SmsWord
from notifications.queries.incoming import Correspondent
from notifications.rendering.short_messages import plain_latin


def answer_to(word: SmsWord, who: Correspondent) -> str:
    """The answer in the language of their latest registration, of which it tells only who organises the meeting."""
    with translation.override(who.language):
        answer = _answer(word, who)
    return plain_latin(answer) if settings.SMS_TRANSLITERATE else answer


def _answer(word: SmsWord, who: Correspondent) -> str:
    contact = settings.DEFAULT_FROM_EMAIL if who.event is None else unit_contact(who.event)
    values = {
        "organiser": "" if who.event is None else str(who.event.unit),
        "address": settings.BASE_URL,
        "contact": contact.rpartition("<")[2].rstrip(">"),
    }
    if word == SmsWord.STOP:
        return (
            _(
                "You get no more SMS from %(address)s. If you gave an e-mail address, we write there. START turns SMS on."
            )
            % values
        )
    if word == SmsWord.START:
        return (
            _("You get SMS from %(address)s again. Reminders only if you choose them on your page. STOP turns SMS off.")
            % values
        )
    if word == SmsWord.OTHER:
        return _("Nobody reads this number. Write to %(contact)s or look at %(address)s.") % values
    if who.event is None:
        return _("SMS about meetings at %(address)s. Questions: %(contact)s. STOP turns SMS off.") % values
    return _("SMS about meetings, %(organiser)s, %(address)s. Questions: %(contact)s. STOP turns SMS off.") % values
