"""Reaching a person again: a mistyped address put right, the link sent once more."""

from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.actions.seats import lock_queue
from events.errors import FieldErrors
from events.models import Event, User
from registrations.actions.consents import readdress_consents
from registrations.actions.emptying import end_consents
from registrations.actions.history import may_write_again, record
from registrations.actions.moves import expire, hold_has_run_out
from registrations.enums import ACTIVE_STATES, AttendanceIntent, ChangeCause, ConsentPurpose, RegistrationState
from registrations.errors import AlreadyRegistered, NoAddress, NotActive, RateLimited
from registrations.models import Participant, Registration
from registrations.queries.handovers import is_passed_on
from registrations.signals import links_asked_for
from registrations.tokens import email_key

_HOUR: Final = 3600
# No registration has this number.
_NOBODY: Final = 0


@retried
def correct_address(registration: Registration, *, email: str, at: datetime) -> Registration | None:
    """Put a mistyped address right before it is confirmed: the link goes to the new one, and the old link dies.

    The time to confirm stays as it was. None: the new address has a registration of its own. Its owner is told, and this
    one, whose address was wrong, is let go. From the old mailbox both look alike: its link is dead, and it may be used
    to sign up anew; so whoever asked learns nothing.
    """
    address = _read(email)
    lock_queue(registration.event_id)
    current = Registration.objects.select_for_update(no_key=True).get(pk=registration.pk)
    # The browser that typed the address may be that of somebody who has passed the registration on since.
    if current.state != RegistrationState.HELD or current.erased_at is not None or is_passed_on(current):
        raise NotActive
    if not may_write_again(current, ChangeCause.ADDRESS_CORRECTED, at=at):
        raise RateLimited(details={"retry_after": _HOUR})
    key = email_key(address)
    end_stale_hold(current, key, at=at)
    try:
        with transaction.atomic():
            _readdress(current, key=key)
    except IntegrityError:
        expire(current, at=at)
        _readdress(current, key=None)
        readdress_consents(current, email="", key=None)
        write_to_owner(current.event, email=address, at=at)
        return None
    Participant.objects.filter(registration=current.pk).update(email=address)
    current.refresh_from_db()
    readdress_consents(current, email=address, key=current.email_key)
    record([current], ChangeCause.ADDRESS_CORRECTED, was=current.state, by=None, at=at)
    return current


@retried
def readdress(registration: Registration, *, email: str, by: User, at: datetime) -> Registration:
    """Give a registration another address, because its person told staff: a new link goes there, and the old one dies.

    The same address in other letters is only written so. A registration that the new address has already is named.
    """
    address = _read(email)
    lock_queue(registration.event_id)
    current = Registration.objects.select_for_update(no_key=True, of=("self",)).get(pk=registration.pk)
    if not current.is_active or current.erased_at is not None:
        raise NotActive
    key = email_key(address)
    if key != current.email_key:
        _require_free(current, key, at=at)
        _readdress(current, key=key)
        # Its owner has not asked there for news, and nobody loses a seat by a question that another mailbox got.
        end_consents(current.consents.filter(purpose=ConsentPurpose.NEWS), at=at)
        asked = Registration.objects.filter(pk=current.pk, attendance_intent=AttendanceIntent.ASKED)
        asked.update(attendance_intent=AttendanceIntent.NOT_ASKED, intent_due_at=None)
        current.refresh_from_db()
        record([current], ChangeCause.ADDRESS_CORRECTED, was=current.state, by=by, at=at)
    Participant.objects.filter(registration=current.pk).update(email=address)
    readdress_consents(current, email=address, key=key)
    return current


def _require_free(registration: Registration, key: str, *, at: datetime) -> None:
    """Refuse an address that somebody comes with already; a hold of it that has run out is ended on the way."""
    end_stale_hold(registration, key, at=at)
    others = Registration.objects.filter(event=registration.event_id, email_key=key, state__in=ACTIVE_STATES)
    other = others.exclude(pk=registration.pk).first()
    if other is not None:
        raise AlreadyRegistered(details={"reference": other.reference})


def end_stale_hold(registration: Registration, key: str, *, at: datetime) -> None:
    """Whoever began to register with the address and never confirmed it is in nobody's way; the queue is locked."""
    held = Registration.objects.filter(event=registration.event_id, email_key=key, state=RegistrationState.HELD)
    other = held.exclude(pk=registration.pk).first()
    if other is not None and hold_has_run_out(other, at=at):
        expire(other, at=at)


def _readdress(registration: Registration, *, key: str | None) -> None:
    Registration.objects.filter(pk=registration.pk).update(email_key=key, link_generation=F("link_generation") + 1)


@transaction.atomic
def write_to_owner(event: Event, *, email: str, at: datetime) -> None:
    """Tell the owner of an address that somebody registers with it; nothing else happens, and nothing is said of it."""
    own = Registration.objects.filter(event=event, email_key=email_key(email), state__in=ACTIVE_STATES).first()
    if own is not None:
        notify = may_write_again(own, ChangeCause.ASKED_AGAIN, at=at)
        record([own], ChangeCause.ASKED_AGAIN, was=own.state, by=None, at=at, notify=notify)


def _read(email: str) -> str:
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise FieldErrors({"email": [_("Enter a valid e-mail address.")]}) from error
    return address


@transaction.atomic
def ask_for_link(registration: Registration, *, at: datetime) -> None:
    """Send the person's link once more; asked too often, nothing is sent and nothing is said about it."""
    notify = may_write_again(registration, ChangeCause.LINK_REQUESTED, at=at)
    record([registration], ChangeCause.LINK_REQUESTED, was=registration.state, by=None, at=at, notify=notify)


@retried
def revoke_links(registration: Registration, *, at: datetime) -> Registration:
    """Close every link that was sent for a registration, and send a new one; the old one is dead at once.

    Refused when it was asked for too often: whoever is locked out has to get a new link.
    """
    current = Registration.objects.select_for_update(no_key=True, of=("self",)).get(pk=registration.pk)
    participant = Participant.objects.get(registration=current)
    if not (participant.email or participant.phone):
        raise NoAddress
    if not may_write_again(current, ChangeCause.LINK_REVOKED, at=at):
        raise RateLimited(details={"retry_after": _HOUR})
    Registration.objects.filter(pk=current.pk).update(link_generation=F("link_generation") + 1)
    current.refresh_from_db()
    record([current], ChangeCause.LINK_REVOKED, was=current.state, by=None, at=at)
    return current


@transaction.atomic
def my_registrations_link(email: str, *, at: datetime) -> None:
    """Send a person the links to all their registrations; whether there are any is known to the mailbox only.

    An address that nobody knows costs the same statements, so that the time to answer tells nothing either.
    """
    newest = Registration.objects.filter(email_key=email_key(email)).order_by("-id").first()
    links_asked_for.send(sender=Registration)
    asked = newest or Registration(pk=_NOBODY, state=RegistrationState.CONFIRMED)
    notify = may_write_again(asked, ChangeCause.OVERVIEW_REQUESTED, at=at)
    with transaction.atomic():
        record([asked], ChangeCause.OVERVIEW_REQUESTED, was=asked.state, by=None, at=at, notify=notify)
        # The row of nobody is written and taken back.
        transaction.set_rollback(newest is None)
