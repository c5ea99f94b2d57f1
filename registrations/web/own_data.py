"""A person's own data behind their own doors: details, consents, links, everything of a mailbox, erasing.

GET shows, POST acts; why there is no CSRF token: `registrations.web.own`.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.errors import DomainError, FieldErrors
from registrations.actions.addresses import revoke_links
from registrations.actions.consents import change_consents, withdraw_consent
from registrations.actions.details import change_details
from registrations.actions.erasing import erase_person, erase_registration
from registrations.enums import RegistrationSource
from registrations.errors import RateLimited
from registrations.forms.consents import ConsentsForm
from registrations.forms.own import PersonForm
from registrations.models import Consent, Registration
from registrations.queries.consents import OFFERED_PURPOSES, consents_of, current_texts, person_consents
from registrations.queries.doors import Mailbox
from registrations.queries.lists import all_registrations
from registrations.queries.own_pages import is_too_late_to_cancel
from registrations.web.own_doors import consent_door, mailbox_door, own_door

_SHOWN_AND_SENT: Final = ["GET", "HEAD", "POST"]
_INVALID: Final = 400
_REFUSED: Final = 409
_TOO_MANY: Final = 429


@own_door
@require_http_methods(_SHOWN_AND_SENT)
def person(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Show name, phone, organisation and language, and take what the person changes."""
    if not registration.is_active:
        return _back(registration)
    form = PersonForm(request.POST if request.method == "POST" else None, registration=registration)
    status = 200
    if request.method == "POST":
        status = _INVALID
        if form.is_valid():
            try:
                change_details(registration, form.changes(), source=RegistrationSource.WEB, at=timezone.now())
            except FieldErrors as refusal:
                form.take(refusal)
            else:
                return _back(registration)
    return render(request, "registrations/person.html", _context(registration, form=form), status=status)


@own_door
@require_http_methods(_SHOWN_AND_SENT)
def consents(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Show what the person has allowed, and take what they change."""
    now = timezone.now()
    texts = current_texts(at=now, purposes=OFFERED_PURPOSES)
    given = consents_of([registration])
    standing = {consent.purpose for consent in given if consent.withdrawn_at is None}
    form = ConsentsForm(request.POST if request.method == "POST" else None, texts=texts, standing=standing)
    status = 200
    # Boxes that may all be left empty are never wrong by themselves.
    if form.is_valid():
        try:
            change_consents(
                registration,
                form.purposes(),
                source=RegistrationSource.WEB,
                language=request.LANGUAGE_CODE,
                at=now,
            )
        except FieldErrors as refusal:
            status = _INVALID
            for sentences in refusal.errors.values():
                form.add_error(None, [str(sentence) for sentence in sentences])
        else:
            return _back(registration)
    context = _context(registration, form=form, consents=given)
    return render(request, "registrations/consents.html", context, status=status)


@own_door
@require_POST
def close_links(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Close the old links, this one included; the new one goes to the mailbox only."""
    try:
        revoke_links(registration, at=timezone.now())
    except DomainError as refusal:
        status = _TOO_MANY if isinstance(refusal, RateLimited) else _REFUSED
        context = _context(registration, refusal=refusal.message)
        return render(request, "registrations/links_kept.html", context, status=status)
    return render(request, "registrations/links_closed.html", {"event": registration.event})


@own_door
@require_http_methods(_SHOWN_AND_SENT)
def erase(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Ask whether the person is sure; then erase this registration's data."""
    refusal, status = "", 200
    if request.method == "POST":
        try:
            erase_registration(registration, by=None, at=timezone.now())
        except DomainError as error:
            refusal, status = error.message, _REFUSED
        else:
            return render(request, "registrations/erased.html")
    gives_up_seat = registration.is_active and not is_too_late_to_cancel(registration, at=timezone.now())
    context = _context(registration, refusal=refusal, gives_up_seat=gives_up_seat)
    return render(request, "registrations/erase.html", context, status=status)


@mailbox_door
@require_safe
def mine(request: HttpRequest, token: str, mailbox: Mailbox) -> HttpResponse:
    """Show everything that was registered with an address, and what can be done with all of it."""
    return render(
        request,
        "registrations/mine.html",
        {
            "token": token,
            "mailbox": mailbox,
            "registrations": list(all_registrations(mailbox.email_key)),
            "consents": person_consents(mailbox.email_key),
        },
    )


@mailbox_door
@require_http_methods(_SHOWN_AND_SENT)
def erase_everything(request: HttpRequest, token: str, mailbox: Mailbox) -> HttpResponse:
    """Ask whether the person is sure; then erase everything of the address, but what the law keeps."""
    if request.method == "POST":
        kept = erase_person(mailbox.email_key, at=timezone.now())
        return render(request, "registrations/erased.html", {"kept": kept})
    now = timezone.now()
    registrations = list(all_registrations(mailbox.email_key))
    gives_up = [one for one in registrations if one.is_active and not is_too_late_to_cancel(one, at=now)]
    context = {"token": token, "registrations": registrations, "gives_up": gives_up}
    return render(request, "registrations/erase_everything.html", context)


@consent_door
@require_http_methods(_SHOWN_AND_SENT)
def consent(request: HttpRequest, token: str, consent: Consent) -> HttpResponse:
    """Show the words that somebody agreed to; take the consent back."""
    if request.method == "POST":
        withdraw_consent(consent, at=timezone.now())
        return redirect("consent", token)
    return render(request, "registrations/consent.html", {"token": token, "consent": consent})


def _back(registration: Registration) -> HttpResponse:
    return redirect("registration-manage", registration.manage_token)


def _context(registration: Registration, **more: object) -> dict[str, object]:
    return {"registration": registration, "event": registration.event, "token": registration.manage_token, **more}
