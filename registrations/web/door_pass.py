"""Standing at a door with a pass for the day: the page that the link opens, and what the door's own pages ask first."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.models import DoorPass
from events.permissions import AT_THE_DOOR, DoorRequest, door_pass_in
from registrations.queries.doors import get_door_pass_by_token

P = ParamSpec("P")

_NOT_YET: Final = 409


def at_the_door(
    view: Callable[Concatenate[DoorRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let in whoever has signed in or has a pass; `get_door` in the view says whose door it is.

    Nobody else learns anything: who has neither signs in, and whoever had a pass hears that it has ended.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        door_pass = door_pass_in(request.session, at=timezone.now())
        if door_pass is None and not request.user.is_authenticated:
            if AT_THE_DOOR in request.session:
                return _ended(request)
            return redirect_to_login(request.get_full_path())
        known = cast("DoorRequest", request)
        known.door_pass = door_pass
        return view(known, *args, **kwargs)

    return asked


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door_pass(request: HttpRequest, token: str) -> HttpResponse:
    """Say which door the link opens; the button puts the pass into this browser until its end. A GET never acts."""
    now = timezone.now()
    given = get_door_pass_by_token(token)
    if given.has_ended(at=now):
        response = _ended(request)
    elif request.method == "POST" and given.opens(at=now):
        _take(request, given)
        response = redirect("manage-door", given.event.slug)
    else:
        opens = given.opens(at=now)
        status = _NOT_YET if request.method == "POST" else 200
        response = render(
            request, "door/pass.html", {"given": given, "event": given.event, "opens": opens}, status=status
        )
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _take(request: HttpRequest, given: DoorPass) -> None:
    request.session.cycle_key()
    request.session[AT_THE_DOOR] = [given.pk, given.generation]
    if not request.user.is_authenticated:
        # Whoever has signed in stays so for as long as anybody does.
        request.session.set_expiry(given.valid_until)


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "door/ended.html", status=404)
