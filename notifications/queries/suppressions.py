"""Addresses that must not be used: whether one is among them, and which of a message's person are."""

from collections.abc import Iterable

from django.db.models import Exists, QuerySet

from notifications.enums import Channel, SuppressionScope
from notifications.models import Message, Suppression
from registrations.tokens import email_key, phone_key


def address_key(channel: Channel, address: str) -> str:
    """What an address is kept under: the same keyed hash as on a registration."""
    return email_key(address) if channel == Channel.EMAIL else phone_key(address)


def scopes_for(*, is_optional: bool) -> tuple[SuppressionScope, ...]:
    """The suppressions that a message has to heed; only what one may do without heeds all of them."""
    return (SuppressionScope.ALL, SuppressionScope.OPTIONAL) if is_optional else (SuppressionScope.ALL,)


def standing_suppressions(channel: Channel, addresses: Iterable[str]) -> QuerySet[Suppression]:
    """What stands against these addresses, the oldest first."""
    keys = {address_key(channel, address) for address in addresses if address}
    return Suppression.objects.filter(channel=channel, address_key__in=keys, lifted_at=None).order_by("id")


def is_in_the_way(channel: Channel, address: str, *, is_optional: bool) -> Exists:
    """As a condition, so that whoever marks a message as being sent asks in the same statement."""
    return Exists(standing_suppressions(channel, [address]).filter(scope__in=scopes_for(is_optional=is_optional)))


def suppression_of(message: Message, address: str, *, is_optional: bool) -> Suppression | None:
    """What keeps a message from its address; None: nothing does."""
    standing = standing_suppressions(Channel(message.channel), [address])
    return standing.filter(scope__in=scopes_for(is_optional=is_optional)).first()
