"""The people of a party, one by one: somebody does not come, or somebody else comes instead.

Every action locks the event's queue and then the registration's row, so that nobody moves it and nobody is admitted
meanwhile. Seats that are given back find the next in the queue in the same transaction.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.actions.seats import lock_queue
from events.errors import FieldErrors
from events.models import User
from registrations.actions.addresses import end_stale_hold, write_to_owner
from registrations.actions.assistants import assistant_takes_seat, unseat_assistant
from registrations.actions.emptying import part_with_consents
from registrations.actions.history import LETTERS_PER_HOUR, record
from registrations.actions.holds import require_no_hold
from registrations.actions.moves import cancel_registration
from registrations.actions.needs import part_with_needs
from registrations.actions.openings import require_not_cancelled
from registrations.actions.people import coming_members, person_faults, search_text
from registrations.actions.queues import NOTHING_HELD, claim_of, move_up
from registrations.actions.signing_up import Guest
from registrations.actions.transitions import move
from registrations.enums import (
    ACTIVE_STATES,
    Attendance,
    AttendanceIntent,
    ChangeCause,
    MemberState,
    RegistrationState,
)
from registrations.errors import AlreadyRegistered, NotActive, RateLimited, TooLateToCancel
from registrations.models import Consent, Participant, PartyMember, Registration
from registrations.queries.own_pages import is_over
from registrations.tokens import email_key, new_code

_CANCELLED: Final = frozenset({RegistrationState.CANCELLED_BY_PARTICIPANT, RegistrationState.CANCELLED_BY_ORGANIZER})
_HOUR: Final = 3600
_HELD_BACK: Final = _(
    "The data of this meeting have to be kept for now, so the registration cannot be passed on. Ask %(contact)s about it."
)
_NOBODY: Final[dict[str, str]] = dict.fromkeys(
    ("first_name", "last_name", "email", "phone", "organisation", "search_text"), ""
)


@retried
def cancel_member(member: PartyMember, *, by: User | None, reason: str = "", at: datetime) -> Registration:
    """Let one person of a party not come; their seat goes to the next. Once more changes nothing.

    With the last person the whole registration is cancelled.
    """
    current = _locked(member.registration)
    person = PartyMember.objects.get(pk=member.pk)
    if current.state in _CANCELLED or person.state != MemberState.COMING:
        return current
    _require_changeable(current, person.attendance, by=by, at=at)
    if _people(current) == 1:
        return cancel_registration(current, by=by, reason=reason, at=at)
    PartyMember.objects.filter(pk=person.pk).update(state=MemberState.CANCELLED, ended_at=at)
    return _one_less(current, ChangeCause.MEMBER_CANCELLED, by=by, reason=reason, at=at, member=person)


@retried
def cancel_contact(registration: Registration, *, by: User | None, reason: str = "", at: datetime) -> Registration:
    """Let the person who registered not come, who keeps looking after the others. Once more changes nothing.

    Who is alone cancels the whole registration.
    """
    current = _locked(registration)
    if current.state in _CANCELLED or not current.contact_comes:
        return current
    _require_changeable(current, current.attendance, by=by, at=at)
    if _people(current) == 1:
        return cancel_registration(current, by=by, reason=reason, at=at)
    Registration.objects.filter(pk=current.pk).update(contact_comes=False)
    current.contact_comes = False
    return _one_less(current, ChangeCause.MEMBER_CANCELLED, by=by, reason=reason, at=at)


@retried
def substitute_member(member: PartyMember, *, guest: Guest, by: User | None, at: datetime) -> PartyMember:
    """Let another person come instead of one of a party: seat and place in the queue stay, the old code admits nobody.

    The change row names the new person. Whom they replace is the member of this party that ended at the same moment.
    """
    person = _read(guest)
    current = _locked(member.registration)
    former = PartyMember.objects.get(pk=member.pk)
    if former.state != MemberState.COMING:
        raise NotActive(_("This person does not belong to the group any more."))
    _require_replaceable(current, former.attendance, by=by, at=at)
    PartyMember.objects.filter(pk=former.pk).update(state=MemberState.REPLACED, ended_at=at)
    newcomer = PartyMember.objects.create(registration=current, **asdict(person), ticket_code=new_code(), created_at=at)
    _refresh_search(current)
    record([current], ChangeCause.MEMBER_SUBSTITUTED, was=current.state, by=by, at=at, member=newcomer)
    return newcomer


@retried
def substitute_contact(
    registration: Registration, *, guest: Guest, by: User | None, at: datetime
) -> Registration | None:
    """Let another person take a whole registration over: what was the old person's own goes, the seats stay.

    The old person is kept as a replaced member, with the code that admits nobody any more. The old link dies and the new
    one goes to the new mailbox, which nobody has confirmed yet; see docs/decisions/0026. None: the new address has a
    registration of its own. For whoever asked that looks the same.
    """
    person = _read(guest, needs_address=True)
    current = _locked(registration)
    _require_replaceable(current, current.attendance, by=by, at=at)
    if current.state == RegistrationState.HELD:
        # Whoever typed the address can still correct it, and would take back what they gave away.
        raise NotActive(_("Confirm your address first. Then you can pass the registration on."))
    require_no_hold(current.event, _HELD_BACK)
    participant = Participant.objects.get(registration=current)
    if person == Guest(participant.first_name, participant.last_name, participant.email):
        return current
    key, others = email_key(person.email), coming_members(current)
    end_stale_hold(current, key, at=at)
    is_taken_over = _readdress(current, key)
    if not is_taken_over:
        _require_silence(current, key, by=by)
        _readdress(current, None)
    _keep_as_replaced(current, participant, at=at)
    _forget_what_was_personal(current, at=at)
    current.refresh_from_db()
    if is_taken_over or others:
        participant.first_name, participant.last_name = person.first_name, person.last_name
        participant.email, participant.phone = person.email, ""
        participant.search_text = search_text(current, participant, others)
        participant.save()
    had_assistant = assistant_takes_seat(current)
    part_with_needs(current, at=at)
    record([current], ChangeCause.MEMBER_SUBSTITUTED, was=current.state, by=by, at=at)
    if had_assistant and not assistant_takes_seat(current):
        unseat_assistant(current, by=by, at=at)
    if is_taken_over:
        return current
    if others:
        _give_up_passed_place(current, at=at)
    else:
        write_to_owner(current.event, email=person.email, at=at)
        Participant.objects.filter(registration=current).update(**_NOBODY)
        _let_go(current, at=at)
    return None


def _locked(registration: Registration) -> Registration:
    lock_queue(registration.event_id)
    rows = Registration.objects.select_related("event__policy", "event__unit").select_for_update(
        no_key=True, of=("self",)
    )
    return rows.get(pk=registration.pk)


def _people(registration: Registration) -> int:
    """How many people come, an assistant apart."""
    return len(coming_members(registration)) + int(registration.contact_comes)


def _read(guest: Guest, *, needs_address: bool = False) -> Guest:
    person = Guest(guest.first_name.strip(), guest.last_name.strip(), guest.email.strip())
    faults = person_faults(Participant(**asdict(person)))
    if needs_address and not person.email:
        faults["email"] = [_("Give an e-mail address: the link to the registration goes there.")]
    if faults:
        raise FieldErrors(faults)
    return person


def _require_changeable(registration: Registration, attendance: str, *, by: User | None, at: datetime) -> None:
    """Refuse when the registration has ended, or when it would falsify who was there."""
    if not registration.is_active:
        raise NotActive
    if attendance == Attendance.PRESENT:
        raise TooLateToCancel(_("This person has checked in, so this can no longer be changed."))
    if by is None and is_over(registration.event, at=at):
        raise TooLateToCancel


def _require_replaceable(registration: Registration, attendance: str, *, by: User | None, at: datetime) -> None:
    """The same, and no more letters to strangers than there are places, and a few mistakes to put right."""
    if registration.erased_at is not None:
        raise NotActive
    _require_changeable(registration, attendance, by=by, at=at)
    require_not_cancelled(registration.event)
    lately = registration.changes.filter(cause=ChangeCause.MEMBER_SUBSTITUTED, at__gt=at - timedelta(seconds=_HOUR))
    if by is None and lately.count() >= LETTERS_PER_HOUR + registration.seats:
        raise RateLimited(details={"retry_after": _HOUR})


def _one_less(
    registration: Registration,
    cause: ChangeCause,
    *,
    by: User | None,
    reason: str = "",
    at: datetime,
    notify: bool = True,
    member: PartyMember | None = None,
) -> Registration:
    """One seat less, or one seat less to wait for; a smaller party may fit in now."""
    claim = claim_of(registration, seats=1)
    registration.seats -= 1
    registration.save(update_fields=["seats"])
    _refresh_search(registration)
    record([registration], cause, was=registration.state, by=by, at=at, reason=reason, notify=notify, member=member)
    move_up(registration.event_id, [claim], at=at)
    registration.refresh_from_db()
    return registration


def _refresh_search(registration: Registration) -> None:
    participant = Participant.objects.get(registration=registration)
    participant.search_text = search_text(registration, participant, coming_members(registration))
    participant.save(update_fields=["search_text"])


def _keep_as_replaced(registration: Registration, participant: Participant, *, at: datetime) -> None:
    """The old person with the old code, so that the door has an answer and the mail an address."""
    PartyMember.objects.create(
        registration=registration,
        first_name=participant.first_name,
        last_name=participant.last_name,
        email=participant.email,
        ticket_code=registration.ticket_code,
        state=MemberState.REPLACED,
        created_at=registration.created_at,
        ended_at=at,
    )


def _forget_what_was_personal(registration: Registration, *, at: datetime) -> None:
    """Answers, statement, wishes, words and consents were the old person's; news they asked for they still get."""
    registration.answers.all().delete()
    part_with_consents([registration], at=at)
    Consent.objects.filter(registration=registration, withdrawn_at=None).update(withdrawn_at=at)
    Registration.objects.filter(pk=registration.pk).update(
        ticket_code=new_code(),
        sms_reminders=False,
        no_photo=False,
        age_statement=None,
        address_confirmed_at=None,
        # Nobody loses a seat by a question that another mailbox got.
        attendance_intent=AttendanceIntent.NOT_ASKED,
        intent_due_at=None,
    )


def _readdress(registration: Registration, key: str | None) -> bool:
    """Close the old link and put another address behind the registration; False: that address has one of its own."""
    try:
        with transaction.atomic():
            Registration.objects.filter(pk=registration.pk).update(
                email_key=key, link_generation=F("link_generation") + 1
            )
    except IntegrityError:
        return False
    return True


def _require_silence(registration: Registration, key: str, *, by: User | None) -> None:
    """Staff are told of the registration that the address has already; from anybody else that is kept."""
    if by is not None:
        own = Registration.objects.get(event=registration.event_id, email_key=key, state__in=ACTIVE_STATES)
        raise AlreadyRegistered(details={"reference": own.reference})


def _give_up_passed_place(registration: Registration, *, at: datetime) -> None:
    """Whoever was to have the place has one of their own: they look after the others, and the seat goes to the next."""
    if registration.contact_comes:
        Registration.objects.filter(pk=registration.pk).update(contact_comes=False)
        registration.contact_comes = False
        _one_less(registration, ChangeCause.SEATS_CHANGED, by=None, at=at, notify=False)


def _let_go(registration: Registration, *, at: datetime) -> None:
    """End a registration that is nobody's any more; a message about it would tell what is kept from whoever asked."""
    claim = claim_of(registration)
    to = RegistrationState.CANCELLED_BY_PARTICIPANT
    move([registration], to=to, cause=ChangeCause.CANCELLED, by=None, at=at, notify=False, columns=NOTHING_HELD)
    move_up(registration.event_id, [claim], at=at)
