"""What staff pages say about the mailboxes of people."""

from collections.abc import Collection, Iterable

from django import template

from notifications.queries.mailboxes import sends_mail_back, suppressed_addresses_of
from registrations.models import Registration

register = template.Library()


@register.simple_tag
def returning_mail(registrations: Iterable[Registration]) -> Collection[str]:
    """Of the registrations of a page, the hashes of addresses that mails come back from; one question for all."""
    return suppressed_addresses_of(registrations).keys()


@register.filter
def mail_comes_back(address: str) -> bool:
    """Whether mails to somebody of a party come back."""
    return bool(address) and sends_mail_back(address)
