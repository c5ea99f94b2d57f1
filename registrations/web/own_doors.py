"""Doors that a key in the address opens: a registration's, a mailbox's, a consent's, an invitation's; kept to oneself."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from registrations.models import Consent, Invitation, PartyMember, Registration
from registrations.queries.doors import (
    Mailbox,
    get_consent_by_token,
    get_mailbox_by_token,
    get_party_member,
    get_registration_by_token,
)
from registrations.queries.invitations import get_invitation_by_token

Found = TypeVar("Found")
Guarded = Callable[..., HttpResponse]


def own_door(view: Callable[[HttpRequest, Registration], HttpResponse]) -> Guarded:
    """Open a registration by its key."""

    @wraps(view)
    def opened(request: HttpRequest, _token: str, registration: Registration) -> HttpResponse:
        return view(request, registration)

    return guarded(opened, get_registration_by_token)


def member_door(view: Callable[[HttpRequest, PartyMember], HttpResponse]) -> Guarded:
    """Open somebody of a party by the key of the registration."""
    return guarded(lambda request, _token, found: view(request, found), _member)


def _member(token: str, member_id: int) -> PartyMember:
    return get_party_member(get_registration_by_token(token), member_id)


def mailbox_door(view: Callable[[HttpRequest, str, Mailbox], HttpResponse]) -> Guarded:
    """Open everything of a mailbox by the key that was sent there; the view gets the key too, for its links."""
    return guarded(view, lambda token: get_mailbox_by_token(token, at=timezone.now()), unknown="unknown_mailbox")


def consent_door(view: Callable[[HttpRequest, str, Consent], HttpResponse]) -> Guarded:
    """Open a consent by its key; the view gets the key too."""
    return guarded(view, get_consent_by_token)


def invited_door(view: Callable[[HttpRequest, Invitation], HttpResponse]) -> Guarded:
    """Open a meeting to whoever was invited by name, by the key that was sent there."""
    return guarded(
        lambda request, _token, found: view(request, found), get_invitation_by_token, unknown="unknown_invitation"
    )


def guarded(
    view: Callable[[HttpRequest, str, Found], HttpResponse],
    find: Callable[..., Found],
    unknown: str = "unknown_link",
) -> Guarded:
    """Keep the key to oneself: no cache, no referrer, no search engine; a key that opens nothing is said in words."""

    @wraps(view)
    @csrf_exempt
    def opened(request: HttpRequest, token: str, **parts: int) -> HttpResponse:
        try:
            found = find(token, **parts)
        except Http404:
            response = render(request, f"registrations/{unknown}.html", status=404)
        else:
            response = view(request, token, found)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened
