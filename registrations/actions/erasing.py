"""Erasing a person: names, addresses, answers and needs go, seats are given back, figures stay."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.actions.seats import lock_queue
from events.models import Event, User
from registrations.actions.emptying import empty_invitations, empty_people, empty_replaced, end_consents
from registrations.actions.holds import require_no_hold
from registrations.actions.moves import cancel_registration
from registrations.enums import MemberState, RegistrationState
from registrations.errors import UnderLegalHold
from registrations.models import AccommodationRequest, Answer, Consent, Invitation, PartyMember, Registration
from registrations.queries.own_pages import is_too_late_to_cancel
from registrations.signals import people_erased
from registrations.tokens import email_key as email_key_of

_HELD: Final = _(
    "The data of this meeting have to be kept for now, so they cannot be erased. Ask %(contact)s about it."
)


@retried
def erase_registration(registration: Registration, *, by: User | None, at: datetime) -> Registration:
    """Take a person out of a registration; `by` null: the person. Once more changes nothing.

    Who has a seat or waits for one at a meeting to come gives it back first. Who has come stays in the figures.
    """
    lock_queue(registration.event_id)
    # A statement of its own: only now nobody else can move it, and nobody can put its event under a hold.
    current = Registration.objects.select_related("event__unit").get(pk=registration.pk)
    if current.erased_at is not None:
        return current
    require_no_hold(current.event, _HELD)
    if current.is_active and not is_too_late_to_cancel(current, at=at):
        # An application can only be taken back; that staff did it says the row of the erasure.
        taken_back = current.state == RegistrationState.AWAITING_APPROVAL
        current = cancel_registration(current, by=None if taken_back else by, at=at)
    end_consents(Consent.objects.filter(registration=current.pk), at=at)
    AccommodationRequest.objects.filter(registration=current.pk).delete()
    Answer.objects.filter(registration=current.pk).delete()
    invitations = Invitation.objects.filter(registrations=current.pk)
    invited = frozenset(invitations.values_list("pk", flat=True))
    empty_invitations(invitations, at=at)
    empty_people([current], by=by, at=at)
    gone = frozenset({current.pk})
    people_erased.send(sender=Registration, registration_ids=gone, invitation_ids=invited, replaced_ids=frozenset())
    current.refresh_from_db()
    return current


def erase_person(email_key: str, *, at: datetime) -> list[Event]:
    """Erase everything of the person behind an address; returns the events whose data have to be kept.

    Also where somebody else has come instead of them. Each registration is a transaction of its own, because each locks its
    event.
    """
    kept: list[Event] = []
    own = Registration.objects.filter(email_key=email_key).select_related("event__unit")
    for registration in own.order_by("event_id", "id"):
        try:
            erase_registration(registration, by=None, at=at)
        except UnderLegalHold:
            kept.append(registration.event)
    for member in _replaced(email_key):
        try:
            _forget(member)
        except UnderLegalHold:
            kept.append(member.registration.event)
    end_consents(Consent.objects.filter(email_key=email_key, registration=None), at=at)
    return list(dict.fromkeys(kept))


def _replaced(key: str) -> list[PartyMember]:
    """Where somebody else has come instead of this person; not many are still known, none of them by a key."""
    named = PartyMember.objects.filter(state=MemberState.REPLACED).exclude(email="")
    rows = named.select_related("registration__event__unit").order_by("registration__event", "id")
    return [member for member in rows if email_key_of(member.email) == key]


@retried
def _forget(member: PartyMember) -> None:
    lock_queue(member.registration.event_id)
    require_no_hold(Event.objects.select_related("unit").get(pk=member.registration.event_id), _HELD)
    empty_replaced([member])
