"""What was said so long ago that its text, or its address, has had its time."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from events.queries.retention import events_over
from notifications.enums import MessageState
from notifications.models import IncomingSms, Message, Suppression

# Long enough to answer somebody who did not get, or did not understand, a message.
TEXTS_KEPT: Final = timedelta(days=30)
# So long a provider may deliver what somebody wrote a second time, and somebody may ask why they get no more SMS.
INCOMING_KEPT: Final = timedelta(days=30)
# An address that is used again is nobody's secret any more; until then its suppression is what keeps us from it.
LIFTED_KEPT: Final = timedelta(days=365)
_AT_WORK: Final = (MessageState.PLANNED, MessageState.SENDING)


def texts_over(*, at: datetime) -> QuerySet[Message]:
    """Messages with a text that has had its time, by their number; what may still be sent keeps it."""
    old = Message.objects.annotate(said_at=Coalesce(F("sent_at"), F("created_at"))).filter(said_at__lte=at - TEXTS_KEPT)
    said = old.exclude(state__in=_AT_WORK).exclude(body="", html="", calendar="")
    return said.filter(Q(event=None) | Q(event__legal_hold="")).order_by("id")


def addresses_over(*, at: datetime) -> QuerySet[Message]:
    """Messages that still say to whom they went although the contact data of their event have had their time."""
    over = Message.objects.filter(event__in=events_over("contact", at=at)).exclude(state__in=_AT_WORK)
    return over.exclude(to="", subject="", body="", html="", calendar="").order_by("id")


def incoming_over(*, at: datetime) -> QuerySet[IncomingSms]:
    """That somebody wrote an SMS; what it changed stands elsewhere."""
    return IncomingSms.objects.filter(at__lte=at - INCOMING_KEPT)


def suppressions_over(*, at: datetime) -> QuerySet[Suppression]:
    """Suppressions that were lifted long ago; those that stand are kept for as long as they do."""
    return Suppression.objects.filter(lifted_at__lte=at - LIFTED_KEPT)
