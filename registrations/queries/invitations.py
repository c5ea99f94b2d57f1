"""Who is invited to an event, and what came of each invitation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from events.enums import PUBLIC_STATUSES
from events.models import Event
from registrations.enums import ACTIVE_STATES, InvitationState
from registrations.models import Invitation, Registration
from registrations.tokens import claimed_id, email_key, matches

_S: Final = InvitationState
_IS_USED: Final = Q(Exists(Registration.objects.filter(invitation=OuterRef("pk"), state__in=ACTIVE_STATES)))
_IS_OPEN: Final = Q(revoked_at__isnull=True) & ~_IS_USED
_IN_STATE: Final[Mapping[InvitationState, Q]] = {
    _S.INVITED: _IS_OPEN & Q(send_requested_at__isnull=True),
    _S.SENDING: _IS_OPEN & Q(send_requested_at__isnull=False, planned_at__isnull=True),
    _S.SENT: _IS_OPEN & Q(send_requested_at__isnull=False, planned_at__isnull=False),
    _S.REGISTERED: _IS_USED,
    _S.REVOKED: Q(revoked_at__isnull=False) & ~_IS_USED,
}


@dataclass(frozen=True)
class InvitationStanding:
    """What came of an invitation; `registration`: the one that came of it, the active one before those that have ended."""

    state: InvitationState
    registration: Registration | None


def event_invitations(event: Event, *, q: str = "", state: InvitationState | None = None) -> QuerySet[Invitation]:
    """The invitations to an event with what came of them, in the order in which people were invited.

    `q`: words of a name, an organisation or an address.
    """
    rows = Invitation.objects.filter(event=event)
    if state is not None:
        rows = rows.filter(_IN_STATE[state])
    for word in q.split():
        columns = ("first_name", "last_name", "organisation", "email")
        rows = rows.filter(Q(*((f"{column}__icontains", word) for column in columns), _connector=Q.OR))
    latest = Registration.objects.order_by("-id")
    return rows.select_related("category", "by").prefetch_related(Prefetch("registrations", latest)).order_by("id")


def standing_of(invitation: Invitation) -> InvitationStanding:
    """What came of an invitation; asks nothing where its registrations are at hand."""
    registrations = sorted(invitation.registrations.all(), key=lambda row: (not row.is_active, -row.pk))
    registration = registrations[0] if registrations else None
    if registration is not None and registration.is_active:
        state = _S.REGISTERED
    elif invitation.revoked_at is not None:
        state = _S.REVOKED
    elif invitation.send_requested_at is None:
        state = _S.INVITED
    else:
        state = _S.SENDING if invitation.planned_at is None else _S.SENT
    return InvitationStanding(state, registration)


def registration_of_invited(invitation: Invitation) -> Registration | None:
    """The active registration of the invited address at the event, however it was made.

    Not the one that came of the invitation when it is of another address by now: whose it is, the link does not tell.
    """
    if not invitation.email:
        return None
    own = Registration.objects.filter(event=invitation.event_id, email_key=email_key(invitation.email))
    return own.filter(state__in=ACTIVE_STATES).select_related("participant").first()


def get_event_invitation(event: Event, number: int) -> Invitation:
    """The invitation of this event with this number; else 404. Who may ask is the event's door's business."""
    invitation = event_invitations(event).filter(pk=number).first()
    if invitation is None:
        raise Http404
    return invitation


def get_invitation_by_token(token: str) -> Invitation:
    """The invitation that this key opens, with its event; else 404: taken back, or to what is not announced yet."""
    rows = Invitation.objects.select_related("category", "event__policy", "event__unit", "event__venue", "event__kind")
    invitation = rows.filter(pk=claimed_id(token) or 0, revoked_at=None, event__status__in=PUBLIC_STATUSES).first()
    if invitation is None or not matches(token, "invitation", row_id=invitation.pk, generation=invitation.generation):
        raise Http404
    return invitation
