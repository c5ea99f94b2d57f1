"""People who come without a registration, and those of the reserve list who are at the door before them."""

import secrets
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events.errors import DomainError
from events.forms.refusals import in_one_line, show_refusal
from events.models import DoorActor, Event, User
from events.permissions import DoorRequest, May, get_door, may_do
from events.queries.notices import current_notice
from registrations.actions.standing_by import note_gone, note_here
from registrations.actions.walk_ins import WalkedIn, walk_in
from registrations.forms.door import StandingByForm, WalkInForm
from registrations.models import Registration
from registrations.queries.doors import get_event_registration
from registrations.queries.rooms import room_figures
from registrations.queries.waiting_here import has_reserve_list, reserve_list_at_door
from registrations.web.door_pass import at_the_door
from registrations.web.manage.door import note_search

_REFUSED: Final = 409


@at_the_door
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door_walk_in(request: DoorRequest, slug: str) -> HttpResponse:
    """The form; posting it registers somebody and lets them in."""
    event, actor = get_door(request.user, request.door_pass, slug)
    may_force = may_do(request.user, event, May.OVERRIDE)
    done: WalkedIn | None = None
    status = 200
    data = request.POST if request.method == "POST" else None
    form = WalkInForm(data, event=event, may_force=may_force, nonce=_nonce())
    if request.method == "POST" and form.is_valid():
        try:
            done = walk_in(
                event,
                form.person,
                language=form.cleaned_data["language"],
                nonce=form.cleaned_data["nonce"],
                force=form.cleaned_data.get("force", False),
                reason=form.cleaned_data.get("reason", ""),
                by=actor,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
            status = _REFUSED
        else:
            form = WalkInForm(event=event, may_force=may_force, nonce=_nonce())
    return _page(request, event, actor, form, done=done, status=status)


def _page(
    request: DoorRequest,
    event: Event,
    actor: DoorActor,
    form: WalkInForm,
    *,
    done: WalkedIn | None,
    status: int,
) -> HttpResponse:
    now = timezone.now()
    words = request.GET.get("q", "")[:100]
    # Whoever stands here with a pass sees no lists of people who are not here.
    waiting = reserve_list_at_door(event, at=now, q=words, whole=isinstance(actor, User))
    if waiting:
        note_search(actor, event, len(waiting))
    context = {
        "event": event,
        "now": now,
        "form": form,
        "done": done,
        "room": room_figures(event, at=now),
        "waiting": waiting,
        "has_reserve_list": has_reserve_list(event),
        "words": words,
        "notice": current_notice(event.unit, kind=event.kind, at=now),
    }
    return render(request, "manage/door_walk_in.html", context, status=status)


@at_the_door
@require_POST
def here(request: DoorRequest, slug: str) -> HttpResponse:
    """Note that somebody of the reserve list is at the door; whoever has a seat by that is named."""
    event, actor = get_door(request.user, request.door_pass, slug)
    form = StandingByForm(request.POST)
    if form.is_valid():
        registration = get_event_registration(event, form.cleaned_data["reference"])
        try:
            called = note_here(registration, by=actor, at=timezone.now())
        except DomainError as refusal:
            messages.error(request, in_one_line(refusal))
        else:
            _tell(request, called)
    return redirect("manage-door-walk-in", slug)


def _tell(request: DoorRequest, called: list[Registration]) -> None:
    for one in called:
        name = one.participant.full_name or one.reference
        sentence = ngettext(
            "%(name)s has a seat now and counts as inside: let them in.",
            "%(name)s and those who come along, %(count)s people, have seats now and count as inside: let them in.",
            one.seats,
        )
        messages.success(request, sentence % {"name": name, "count": one.seats})
    if not called:
        messages.info(request, _("There is no free seat for anybody who waits here."))


@at_the_door
@require_POST
def gone(request: DoorRequest, slug: str) -> HttpResponse:
    """Note that somebody of the reserve list has left the door."""
    event, actor = get_door(request.user, request.door_pass, slug)
    form = StandingByForm(request.POST)
    if form.is_valid():
        registration = get_event_registration(event, form.cleaned_data["reference"])
        note_gone(registration, by=actor, at=timezone.now())
    return redirect("manage-door-walk-in", slug)


def _nonce() -> str:
    return secrets.token_urlsafe(16)
