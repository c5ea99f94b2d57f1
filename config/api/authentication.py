"""Who is asking: a program with an API token of a member of staff, or a page where one has signed in."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request, is_form_media_type

from events.models import ApiToken, DoorPass, User
from events.models.kept import kept
from events.permissions import AT_THE_DOOR, Person, door_pass_in
from events.tokens import hash_api_token

SCHEME = "Token"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`, looked up by hash; a token that has expired opens nothing."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The owner of the token; None when the request brings none and somebody else may know who it is."""
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        for token in _live_tokens(hash_api_token(key.strip()), timezone.now()):
            return token.user, token
        raise AuthenticationFailed(_("This token is not known or has expired."))

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework's signature
        """What a 401 asks for."""
        return SCHEME


@kept
def _live_tokens(token_hash: Any, now: Any) -> QuerySet[ApiToken]:
    tokens = ApiToken.objects.filter(token_hash=token_hash, user__is_active=True)
    return tokens.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).select_related("user").order_by()


class SessionAuthentication(authentication.SessionAuthentication):
    """Somebody who has signed in with a browser; a form where JSON is meant is refused, not taken for an empty body."""

    def enforce_csrf(self, request: Request) -> None:
        """Look for the token as usual; this reads a form whole, and what is left of it would say nothing."""
        super().enforce_csrf(request)
        has_form = is_form_media_type(request.content_type) and request.META.get("CONTENT_LENGTH") not in {
            None,
            "",
            "0",
        }
        if has_form and DefaultContentNegotiation().select_parser(request, request.parsers or ()) is None:
            raise UnsupportedMediaType(request.content_type)


class DoorPassAuthentication(SessionAuthentication):
    """Somebody who stands at a door with a pass for the day: known to views that say `opens_with_pass`, to no others."""

    def authenticate(self, request: Request) -> tuple[Person, DoorPass] | None:
        """The pass, beside whoever has signed in; one that has ended is a 404 for everybody who has nothing else."""
        view = request.parser_context["view"]
        session, user = request._request.session, request._request.user  # noqa: SLF001 - as the framework does
        if not getattr(view, "opens_with_pass", False) or AT_THE_DOOR not in session:
            return None
        door_pass = door_pass_in(session, at=timezone.now())
        if door_pass is None:
            if user.is_authenticated:
                return None
            raise Http404
        self.enforce_csrf(request)
        return (user if user.is_active else AnonymousUser()), door_pass
