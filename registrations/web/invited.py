"""An invited person's own door `/invited/{token}/`: GET shows the meeting and a form, POST registers.

The key came by mail and is the credential, as at `/r/{token}/`: so no CSRF token, no cache, no referrer, no search
engine. It opens one meeting, also a restricted one, and nothing else. What it says of a registration is of the invited
mailbox only: the form takes no other address, and what is registered with one is not shown (docs/decisions/0025).
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from events.errors import DomainError, FieldErrors
from events.permissions import is_visible
from events.queries.event_pages import EventPageFacts, event_page_facts
from events.queries.notices import current_notice
from events.queries.questions import asked_questions
from events.queries.registration_windows import WindowState
from registrations.actions.addresses import ask_for_link
from registrations.actions.rates import count_attempt
from registrations.actions.signing_up import sign_up
from registrations.enums import RegistrationSource
from registrations.errors import InvitationUsed, RateLimited
from registrations.forms.invited import InvitedForm
from registrations.models import Invitation
from registrations.queries.consents import OFFERED_PURPOSES, current_texts
from registrations.queries.invitations import registration_of_invited, standing_of
from registrations.web.own_doors import invited_door
from registrations.web.register import masked

_TOO_MANY: Final = 429
_REFUSED: Final = 409
_INVALID: Final = 400
# What the page says once after a form was sent.
_SAY: Final = "say"
_SENT: Final = "sent"
_AGAIN: Final = "again"
_TOO_OFTEN: Final = "too_often"


@invited_door
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, invited: Invitation) -> HttpResponse:
    """Show the meeting and the form, or what came of it; take the form."""
    event, now = invited.event, timezone.now()
    facts = event_page_facts(event, at=now)
    offered = [session for session in facts.sessions if not session.is_cancelled and session.starts_at > now]
    data = request.POST if request.method == "POST" else None
    form = InvitedForm(
        data,
        invitation=invited,
        sessions=offered,
        questions=asked_questions(event.pk),
        consents=current_texts(at=now, purposes=OFFERED_PURPOSES),
    )
    notice = current_notice(event.unit, kind=event.kind, at=now)
    status = 200
    if request.method == "POST" and not form.is_growing:
        status = _INVALID
        if form.is_valid():
            try:
                count_attempt(request.META["REMOTE_ADDR"], at=now)
                sign_up(
                    event,
                    form.applicant(),
                    source=RegistrationSource.INVITATION,
                    language=request.LANGUAGE_CODE,
                    notice=notice,
                    invitation=invited,
                    at=now,
                )
            except FieldErrors as refusal:
                form.take(refusal)
            except RateLimited as refusal:
                form.add_error(None, refusal.message)
                status = _TOO_MANY
            except InvitationUsed:
                # By this mailbox, or its registration has another address now: the link goes there, and nothing is said.
                return _send_link(invited, _SENT)
            except DomainError as refusal:
                form.add_error(None, refusal.message)
                status = _REFUSED
            else:
                # Also where the address is registered already: that goes to its mailbox, and nothing is said here.
                return _and_say(_SENT, invited)
    used = registration_of_invited(invited)
    context = {
        "event": event,
        "invitation": invited,
        "facts": facts,
        "window": facts.window,
        "form": form,
        "notice": notice,
        "used": used,
        "masked": masked(invited.email),
        "accepts": _accepts(facts, invited),
        "is_visible": is_visible(event),
        "token": invited.token,
        "say": request.GET.get(_SAY, "") if request.method != "POST" else "",
    }
    return render(request, "registrations/invited.html", context, status=status)


@invited_door
@require_POST
def send_again(request: HttpRequest, invited: Invitation) -> HttpResponse:
    """Send the link of the registration that came of it to its mailbox once more."""
    try:
        count_attempt(request.META["REMOTE_ADDR"], at=timezone.now())
    except RateLimited:
        return _and_say(_TOO_OFTEN, invited)
    return _send_link(invited, _AGAIN)


def _send_link(invited: Invitation, say: str) -> HttpResponse:
    """Send the link of the invited mailbox's registration there, or else of the one that came of the invitation."""
    own = registration_of_invited(invited) or standing_of(invited).registration
    if own is not None and own.is_active:
        ask_for_link(own, at=timezone.now())
    return _and_say(say, invited)


def _and_say(what: str, invited: Invitation) -> HttpResponse:
    # In the address, because the windows that mail programs open keep no cookies.
    return redirect(f"{reverse('invitation', args=[invited.token])}?{_SAY}={what}")


def _accepts(facts: EventPageFacts, invited: Invitation) -> bool:
    """Whether the form is shown: seats that are kept for invited people are there when all others are gone."""
    pool = facts.window.pool
    is_kept = invited.uses_reserved and pool is not None and pool.reserved_left > 0
    return facts.window.accepts or (facts.window.state == WindowState.FULL and is_kept)
