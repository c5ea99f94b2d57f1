"""Tickets as pictures that a camera reads; answers and parts of an event as people read them."""

from typing import Final

import segno
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from events.models import Event, OrganizationalUnit, Session, in_language, unit_contact
from events.templatetags.event_tags import when_text
from registrations.models import Answer

register = template.Library()

_MODULE_PIXELS: Final = 5
_QUIET_ZONE: Final = 2


@register.simple_tag
def qr_code(address: str, title: str) -> SafeString:
    """An address as a QR code, drawn inside the page so that it works off-line and in print."""
    picture = segno.make(address, error="m", micro=False)
    svg: str = picture.svg_inline(scale=_MODULE_PIXELS, border=_QUIET_ZONE, omitsize=True, title=title)
    return mark_safe(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S308  # segno escapes the title


@register.simple_tag
def city_zone() -> str:
    """The zone of times that belong to no event."""
    zone: str = settings.TIME_ZONE
    return zone


@register.filter
def contact_of(event: Event) -> str:
    """Where people may ask about an event."""
    return unit_contact(event)


@register.simple_tag
def ticket_qr(code: str, name: str) -> SafeString:
    """The address behind somebody's entry code, for a camera at the door."""
    address = f"{settings.BASE_URL}{reverse('ticket-code', args=[code])}"
    return qr_code(address, _("Entry code of %(name)s as a QR code") % {"name": name})


@register.filter
def no_show_rule(unit: OrganizationalUnit) -> str:
    """The unit's rule about missed meetings in a sentence; "" where it has none."""
    if unit.no_show_limit is None:
        return ""
    meetings = npgettext("missed", "%(count)s meeting", "%(count)s meetings", unit.no_show_limit)
    within = npgettext("within", "%(count)s month", "%(count)s months", unit.no_show_months)
    lasting = npgettext("lasting", "%(count)s month", "%(count)s months", unit.no_show_pause_months)
    sentence = _(
        "Whoever misses %(meetings)s of this unit within %(within)s without cancelling"
        " is last on its reserve lists for %(lasting)s."
    )
    return sentence % {
        "meetings": meetings % {"count": unit.no_show_limit},
        "within": within % {"count": unit.no_show_months},
        "lasting": lasting % {"count": unit.no_show_pause_months},
    }


@register.filter
def answer_text(answer: Answer) -> str:
    """What somebody answered, with the words of the choices and in the reader's way of writing numbers."""
    labels: dict[str, str] = {choice["value"]: in_language(choice["label"]) for choice in answer.question.choices}
    match answer.value:
        case bool():
            return _("Yes") if answer.value else _("No")
        case int() | float():
            return str(localize(answer.value))
        case list():
            return ", ".join(str(labels.get(value, value)) for value in answer.value)
        case _:
            return str(labels.get(answer.value, answer.value))


def session_in_words(session: Session, zone: str) -> str:
    """A part of an event as people choose it: its title and when it is, or the latter alone."""
    when = when_text(session, zone)
    title = in_language(session.title)
    return f"{title} – {when}" if title else capfirst(when)
