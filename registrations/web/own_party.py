"""The people of one's party behind the own door: one of them does not come, or somebody else comes instead.

GET shows, POST acts; why there is no CSRF token: `registrations.web.own`.
"""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from events.errors import DomainError, FieldErrors
from registrations.actions.parties import cancel_contact, cancel_member, substitute_contact, substitute_member
from registrations.enums import MemberState
from registrations.forms.parties import SubstituteForm
from registrations.models import PartyMember, Registration
from registrations.queries.own_pages import own_page_facts
from registrations.web.own_doors import member_door, own_door

_SHOWN_AND_SENT: Final = ["GET", "HEAD", "POST"]
_INVALID: Final = 400
_REFUSED: Final = 409


@member_door
@require_http_methods(_SHOWN_AND_SENT)
def cancel(request: HttpRequest, member: PartyMember) -> HttpResponse:
    """Ask whether one of the party really does not come; then give their seat back."""
    registration = member.registration
    if request.method != "POST":
        if not registration.is_active or member.state != MemberState.COMING:
            return _back(registration)
        return _asked(request, registration, member)
    try:
        cancel_member(member, by=None, at=timezone.now())
    except DomainError as refusal:
        return _asked(request, registration, member, refusal=refusal)
    return _back(registration)


@own_door
@require_http_methods(_SHOWN_AND_SENT)
def leave(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Ask whether the person who registered really does not come; then give that seat back and keep the others'."""
    if request.method != "POST":
        if not registration.is_active or not registration.contact_comes:
            return _back(registration)
        return _asked(request, registration, None)
    try:
        cancel_contact(registration, by=None, at=timezone.now())
    except DomainError as refusal:
        return _asked(request, registration, None, refusal=refusal)
    return _back(registration)


@member_door
@require_http_methods(_SHOWN_AND_SENT)
def substitute(request: HttpRequest, member: PartyMember) -> HttpResponse:
    """Ask who comes instead of one of the party, and let them."""
    registration = member.registration
    if request.method != "POST":
        if not registration.is_active or member.state != MemberState.COMING:
            return _back(registration)
        return _form(request, registration, member, SubstituteForm())
    form = SubstituteForm(request.POST)
    if not form.is_valid():
        return _form(request, registration, member, form, status=_INVALID)
    try:
        substitute_member(member, guest=form.guest(), by=None, at=timezone.now())
    except DomainError as refusal:
        return _refused(request, registration, member, form, refusal)
    return _back(registration)


@own_door
@require_http_methods(_SHOWN_AND_SENT)
def hand_over(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Ask who takes the registration over; then this door is closed, and the new key is in their mailbox."""
    if request.method != "POST":
        if not registration.is_active:
            return _back(registration)
        return _form(request, registration, None, SubstituteForm(needs_address=True))
    form = SubstituteForm(request.POST, needs_address=True)
    if not form.is_valid():
        return _form(request, registration, None, form, status=_INVALID)
    guest = form.guest()
    try:
        # Whoever was found behind the address, the answer is the same.
        substitute_contact(registration, guest=guest, by=None, at=timezone.now())
    except DomainError as refusal:
        return _refused(request, registration, None, form, refusal)
    return render(request, "registrations/handed_over.html", {"event": registration.event, "guest": guest})


def _back(registration: Registration) -> HttpResponse:
    return redirect("registration-manage", registration.manage_token)


def _asked(
    request: HttpRequest, registration: Registration, member: PartyMember | None, *, refusal: DomainError | None = None
) -> HttpResponse:
    said = {"refusal": refusal.message if refusal is not None else ""}
    status = _REFUSED if refusal is not None else 200
    return render(request, "registrations/party_cancel.html", _context(registration, member, **said), status=status)


def _form(
    request: HttpRequest,
    registration: Registration,
    member: PartyMember | None,
    form: SubstituteForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = _context(registration, member, form=form)
    return render(request, "registrations/party_substitute.html", context, status=status)


def _refused(
    request: HttpRequest,
    registration: Registration,
    member: PartyMember | None,
    form: SubstituteForm,
    refusal: DomainError,
) -> HttpResponse:
    form.take(refusal)
    status = _INVALID if isinstance(refusal, FieldErrors) else _REFUSED
    return _form(request, registration, member, form, status=status)


def _context(registration: Registration, member: PartyMember | None, **more: Any) -> dict[str, Any]:
    return {
        "registration": registration,
        "event": registration.event,
        "facts": own_page_facts(registration),
        "member": member,
        "full_name": (member or registration.participant).full_name,
        "token": registration.manage_token,
        **more,
    }
