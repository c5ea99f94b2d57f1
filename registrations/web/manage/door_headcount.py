"""Counting people who are not asked for their names, from several phones at once."""

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events.errors import DomainError
from events.forms.refusals import in_one_line
from events.permissions import DoorRequest, get_door
from registrations.actions.attendance import add_headcount
from registrations.actions.headcounts import undo_tap
from registrations.forms.door import TapForm, UndoTapForm
from registrations.forms.manage import HEADCOUNT_STEPS
from registrations.queries.headcounts import get_own_tap, headcount_groups, last_own_tap, latest_taps
from registrations.queries.rooms import room_figures
from registrations.web.door_pass import at_the_door


@at_the_door
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def headcount(request: DoorRequest, slug: str) -> HttpResponse:
    """The counter with its last taps; posting is one tap."""
    event, actor = get_door(request.user, request.door_pass, slug)
    if request.method == "POST":
        form = TapForm(request.POST)
        if form.is_valid():
            typed = form.cleaned_data
            category = typed["category"].code if typed["category"] is not None else None
            try:
                add_headcount(
                    event,
                    delta=typed["delta"],
                    nonce=typed["nonce"],
                    category=category,
                    by=actor,
                    at=timezone.now(),
                )
            except DomainError as refusal:
                messages.error(request, in_one_line(refusal))
        else:
            messages.error(request, _("This tap could not be read, so nobody was counted. Try again."))
        return redirect("manage-door-headcount", slug)
    taps = latest_taps(event)
    context = {
        "event": event,
        # Each button has a number of its own: two of them, quickly one after the other, are two taps.
        "groups": [
            (group, [(step, secrets.token_urlsafe(16)) for step in HEADCOUNT_STEPS])
            for group in headcount_groups(event)
        ],
        "figures": room_figures(event, at=timezone.now()),
        "taps": taps,
        "own": last_own_tap(actor, taps),
    }
    return render(request, "manage/door_headcount.html", context)


@at_the_door
@require_POST
def undo(request: DoorRequest, slug: str) -> HttpResponse:
    """Take one's last tap back."""
    event, actor = get_door(request.user, request.door_pass, slug)
    form = UndoTapForm(request.POST)
    if form.is_valid():
        tap = get_own_tap(event, actor, form.cleaned_data["tap"])
        try:
            undo_tap(tap, by=actor, at=timezone.now())
        except DomainError as refusal:
            messages.error(request, in_one_line(refusal))
    return redirect("manage-door-headcount", slug)
