"""Mailboxes as their readers and the staff ask about them: which send our mails back, which want no reminders."""

from collections.abc import Iterable, Mapping

from notifications.enums import Channel, SuppressionReason, SuppressionScope
from notifications.models import Suppression
from notifications.queries.suppressions import standing_suppressions
from registrations.models import Registration


def suppressed_addresses_of(registrations: Iterable[Registration]) -> Mapping[str, Suppression]:
    """Of people who registered, the addresses that mails come back from: why, by the keyed hash on the registration."""
    keys = {registration.email_key for registration in registrations if registration.email_key}
    returned = Suppression.objects.filter(
        channel=Channel.EMAIL, address_key__in=keys, reason=SuppressionReason.BOUNCED, lifted_at=None
    )
    return {suppression.address_key: suppression for suppression in returned.order_by("id")}


def sends_mail_back(address: str) -> bool:
    """Whether mails to this address come back."""
    return standing_suppressions(Channel.EMAIL, [address]).filter(reason=SuppressionReason.BOUNCED).exists()


def wants_no_reminders(mailbox_key: str) -> bool:
    """Whether the reader of a mailbox, known by its keyed hash, does without what one may do without."""
    return Suppression.objects.filter(
        channel=Channel.EMAIL, address_key=mailbox_key, scope=SuppressionScope.OPTIONAL, lifted_at=None
    ).exists()
