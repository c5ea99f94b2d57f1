"""What people allow beyond taking part: the words in force, what one person has allowed, who wants news."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from registrations.enums import ConsentPurpose, RegistrationState
from registrations.models import Consent, ConsentText, Registration

# Shown apart on forms, in this order; the wish for SMS reminders has its own field beside the phone number.
OFFERED_PURPOSES: Final = (ConsentPurpose.NEWS, ConsentPurpose.PHOTO, ConsentPurpose.CONTACT_SHARING)
# States that a registration reaches by the link in its mail only, where the address has to be confirmed at all.
_KNOWS_THE_MAILBOX: Final = (
    RegistrationState.CONFIRMED,
    RegistrationState.WAITLISTED,
    RegistrationState.OFFERED,
    RegistrationState.DECLINED,
    RegistrationState.CANCELLED_BY_PARTICIPANT,
)


def current_texts(
    *, at: datetime, purposes: Iterable[str] = ConsentPurpose.values
) -> dict[ConsentPurpose, ConsentText]:
    """The words in force for each purpose, the newest version."""
    texts = ConsentText.objects.filter(in_force_from__lte=at, purpose__in=list(purposes))
    newest = texts.order_by("purpose", "-version").distinct("purpose")
    return {ConsentPurpose(text.purpose): text for text in newest}


def consents_of(registrations: Iterable[Registration]) -> list[Consent]:
    """What was allowed with these registrations, what was taken back included, in the order in which it was given."""
    given = Consent.objects.filter(registration__in=list(registrations))
    return list(given.select_related("text", "registration__event").order_by("given_at", "id"))


def person_consents(email_key: str) -> list[Consent]:
    """What the person behind an address has allowed, with any registration or with none that is left."""
    given = Consent.objects.filter(Q(email_key=email_key) | Q(registration__email_key=email_key))
    return list(given.select_related("text", "registration__event").order_by("given_at", "id"))


@dataclass(frozen=True)
class NewsSubscriber:
    """Somebody who wants news of similar meetings, with the evidence of it."""

    email: str
    language: str
    text_version: int
    given_at: datetime


def news_subscribers() -> list[NewsSubscriber]:
    """Who wants news, each address once, in the order in which they asked for it.

    An address whose owner has not opened the link of the first mail may be somebody else's, so it is not among them.
    """
    wanted = Consent.objects.filter(purpose=ConsentPurpose.NEWS, withdrawn_at=None).exclude(email="")
    rows = wanted.filter(address_is_proven()).order_by("given_at", "id")
    found: dict[str, NewsSubscriber] = {}
    for consent in rows.select_related("text"):
        one = NewsSubscriber(consent.email, consent.language, consent.text.version, consent.given_at)
        found.setdefault(consent.email_key or consent.email, one)
    return list(found.values())


def address_is_proven() -> Q:
    """Consents whose address is its owner's: something that only the mailbox knows was done with the registration."""
    alone = Q(registration=None)
    confirmed = Q(registration__confirmed_at__isnull=False) | Q(registration__address_confirmed_at__isnull=False)
    lapsed = Q(registration__state=RegistrationState.EXPIRED, registration__offer_expires_at__isnull=False)
    return alone | confirmed | lapsed | Q(registration__state__in=_KNOWS_THE_MAILBOX)
