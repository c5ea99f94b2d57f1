"""Inviting people by name: all of a list or nobody, changed, written to, taken back.

An invitation's link goes to its mailbox and is shown to nobody else; a new address gets a new link.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from events.actions.history import record
from events.actions.rules import GROUP_MAX
from events.enums import EventChangeKind, EventStatus, Language
from events.errors import FieldErrors
from events.models import Event, ParticipantCategory, User
from registrations.actions.answers import read_text
from registrations.actions.openings import require_not_cancelled
from registrations.actions.people import person_faults
from registrations.enums import ACTIVE_STATES
from registrations.errors import InvitationOver, InvitationUsed, NotAnnounced
from registrations.models import Invitation, Participant
from registrations.tokens import email_key

MOST_INVITEES: Final = 2_000
LONGEST_INVITATION_NOTE: Final = 2_000
_TEXTS: Final = ("first_name", "last_name", "email", "organisation", "note")
_NAMES: Final = ("first_name", "last_name")


@dataclass(frozen=True)
class Invitee:
    """Somebody to be invited; `category`: the code of a group, null: the person chooses.

    `seats`: how many people may come on it, the invited one included. `uses_reserved`: the seats that are kept for
    invited people are meant for them. `row_number`: where a table has them, so that a fault can be found there.
    """

    email: str
    first_name: str = ""
    last_name: str = ""
    organisation: str = ""
    category: str | None = None
    language: str = Language.PL.value
    seats: int = 1
    skips_approval: bool = True
    uses_reserved: bool = False
    note: str = ""
    row_number: int | None = None


# What may be changed later.
CHANGEABLE: Final = tuple(column.name for column in fields(Invitee) if column.name != "row_number")


@transaction.atomic
def invite(event: Event, invitees: Sequence[Invitee], *, send: bool, by: User, at: datetime) -> list[Invitation]:
    """Invite all of them, or nobody: what is wrong is said of every row at once, as `rows.{number}.{column}`.

    `send`: they are written to at once; else somebody has to ask for it.
    """
    if not 1 <= len(invitees) <= MOST_INVITEES:
        raise FieldErrors({"rows": [_("From 1 to 2000 people can be invited at once.")]})
    _lock(event)
    if send:
        _require_announced(event, at=at)
    categories = _listed(event)
    taken = _addresses(event)
    rows: list[Invitation] = []
    errors: Faults = {}
    for place, invitee in enumerate(invitees):
        number = place if invitee.row_number is None else invitee.row_number
        row = Invitation(event=event, by=by, created_at=at, send_requested_at=at if send else None)
        faults = _fill(row, {name: getattr(invitee, name) for name in CHANGEABLE}, categories)
        if "email" not in faults:
            faults |= _address_faults(row.email, taken)
            taken.setdefault(email_key(row.email), number)
        errors |= {f"rows.{number}.{name}": sentences for name, sentences in faults.items()}
        rows.append(row)
    if errors:
        raise FieldErrors(errors)
    invited = Invitation.objects.bulk_create(rows)
    record(event, EventChangeKind.EDITED, by=by, at=at, after={"invited": len(invited)})
    return invited


@transaction.atomic
def try_inviting(event: Event, invitees: Sequence[Invitee], *, send: bool, by: User, at: datetime) -> list[Invitation]:
    """Invite them and undo it: whom it would be, or what is wrong. Nothing is stored, and nobody is written to."""
    invited = invite(event, invitees, send=send, by=by, at=at)
    transaction.set_rollback(True)
    return invited


@transaction.atomic
def change_invitation(invitation: Invitation, changes: Mapping[str, object], *, by: User, at: datetime) -> Invitation:
    """Change an invitation that nobody has used; what is not named stays.

    A new address gets a new link and has to be written to; the old link is dead.
    """
    _lock(invitation.event)
    current = _current(invitation)
    _require_open(current)
    was = email_key(current.email)
    faults = _fill(current, {name: changes[name] for name in CHANGEABLE if name in changes}, _listed(current.event))
    is_readdressed = "email" not in faults and email_key(current.email) != was
    if is_readdressed:
        faults |= _address_faults(current.email, _addresses(current.event, but=current))
        current.generation += 1
        current.send_requested_at = current.planned_at = None
    if faults:
        raise FieldErrors(faults)
    current.save()
    record(current.event, EventChangeKind.EDITED, by=by, at=at, after={"invitations_changed": 1})
    return current


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Take an invitation back: its link is dead. A registration that came of it stays. Once more changes nothing."""
    _lock(invitation.event)
    current = _current(invitation)
    if current.revoked_at is not None:
        return current
    current.revoked_at = at
    current.generation += 1
    current.save(update_fields=["revoked_at", "generation"])
    record(current.event, EventChangeKind.EDITED, by=by, at=at, after={"invitations_revoked": 1})
    return current


@transaction.atomic
def send_invitations(event: Event, *, only: Collection[int] | None = None, by: User, at: datetime) -> int:
    """Ask for letters to those who have had none (`only`: to these, once more too); how many there will be.

    Nobody is written to whose invitation was taken back or used, or whose letter is on its way already.
    """
    _lock(event)
    _require_announced(event, at=at)
    waiting = Invitation.objects.filter(event=event, revoked_at=None)
    if only is None:
        waiting = waiting.filter(send_requested_at=None)
    else:
        waiting = waiting.filter(Q(send_requested_at=None) | Q(planned_at__isnull=False), pk__in=only)
    used = Invitation.objects.filter(registrations__state__in=ACTIVE_STATES)
    count = waiting.exclude(pk__in=used.values("pk")).update(send_requested_at=at, planned_at=None)
    if count:
        record(event, EventChangeKind.EDITED, by=by, at=at, after={"invitations_sent": count})
    return count


def _lock(event: Event) -> None:
    # Whoever else invites to this event waits, so that an address is looked for and written down in one go.
    Event.objects.select_for_update(no_key=True).only("pk").get(pk=event.pk)


def _current(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_related("event").get(pk=invitation.pk)


def _require_open(invitation: Invitation) -> None:
    if invitation.revoked_at is not None:
        raise InvitationOver
    if invitation.registrations.filter(state__in=ACTIVE_STATES).exists():
        raise InvitationUsed


def _require_announced(event: Event, *, at: datetime) -> None:
    current = Event.objects.get(pk=event.pk)
    require_not_cancelled(current)
    if current.status != EventStatus.PUBLISHED or current.ends_at is None or current.ends_at <= at:
        raise NotAnnounced


def _listed(event: Event) -> dict[str, ParticipantCategory]:
    listed = ParticipantCategory.objects.filter(pools__event=event).distinct()
    return {category.code: category for category in listed}


def _addresses(event: Event, *, but: Invitation | None = None) -> dict[str, int | None]:
    """The addresses that are invited already, by what makes them the same; their rows have no number."""
    standing = Invitation.objects.filter(event=event, revoked_at=None).exclude(email="")
    if but is not None:
        standing = standing.exclude(pk=but.pk)
    return {email_key(address): None for address in standing.values_list("email", flat=True)}


def _address_faults(address: str, taken: Mapping[str, int | None]) -> Faults:
    key = email_key(address)
    if key not in taken:
        return {}
    number = taken[key]
    if number is None:
        return {"email": [_("This address is invited already.")]}
    return {"email": [_("This address stands in row %(row)s already.") % {"row": number}]}


def _fill(row: Invitation, values: Mapping[str, object], categories: Mapping[str, ParticipantCategory]) -> Faults:
    """Put the values in and say what does not fit, by column."""
    for name, value in values.items():
        if name != "category":
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    faults = _person_faults(row)
    code = values.get("category")
    if code:
        row.category = categories.get(str(code))
        if row.category is None:
            faults["category"] = [_("There are no places for this group at this event.")]
    elif "category" in values:
        row.category = None
    if row.language not in Language.values:
        faults["language"] = [_("Say pl, en or uk.")]
    if not 1 <= row.seats <= GROUP_MAX:
        faults["seats"] = [_("From 1 to 50 people may come on one invitation.")]
    try:
        row.note = read_text(row.note, longest=LONGEST_INVITATION_NOTE)
    except ValidationError as error:
        faults["note"] = list(error.messages)
    return faults


def _person_faults(row: Invitation) -> Faults:
    faults: Faults = {}
    try:
        validate_email(row.email)
    except ValidationError:
        faults["email"] = [_("Enter a valid e-mail address.")]
    person = Participant(**{name: getattr(row, name) for name in (*_NAMES, "email", "organisation")})
    found = person_faults(person)
    # A body may be invited without naming anybody.
    faults |= {name: said for name, said in found.items() if name != "email" and getattr(row, name)}
    if not any(getattr(row, name) for name in (*_NAMES, "organisation")):
        faults["last_name"] = [_("Say who is invited: a name or an organisation.")]
    return faults
