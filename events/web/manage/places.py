"""Staff pages of the places where events happen; they are shared by all units."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.actions.places import VenueDefinition, create_venue, edit_venue
from events.errors import DomainError
from events.forms.places import RoomFormSet, VenueForm, rooms_initial, venue_initial
from events.forms.refusals import show_refusal
from events.models import Venue
from events.permissions import May, StaffRequest, get_editable_venue, require_anywhere
from events.queries.places import venues_by_name
from events.queries.rooms import coming_bookings

_SHOWN_AND_SENT = ["GET", "HEAD", "POST"]
BOOKINGS_SHOWN = 50


@login_required
@require_safe
def venue_list(request: StaffRequest) -> HttpResponse:
    """Every place."""
    require_anywhere(request.user, May.EDIT)
    return render(request, "manage/venues.html", {"venues": venues_by_name()})


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new_venue(request: StaffRequest) -> HttpResponse:
    """Make a place."""
    require_anywhere(request.user, May.EDIT)
    return _sheet(request, None)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def change_venue(request: StaffRequest, slug: str) -> HttpResponse:
    """Change a place."""
    return _sheet(request, get_editable_venue(request.user, slug))


def _sheet(request: StaffRequest, venue: Venue | None) -> HttpResponse:
    if request.method == "POST":
        form, rooms = VenueForm(request.POST), RoomFormSet(request.POST, prefix="rooms")
        if form.is_valid() and rooms.is_valid():
            try:
                _save(request, venue, form.definition(rooms))
            except DomainError as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("The place is saved."))
                return redirect("manage-venues")
    elif venue is None:
        form, rooms = VenueForm(), RoomFormSet(prefix="rooms")
    else:
        form, rooms = VenueForm(initial=venue_initial(venue)), RoomFormSet(initial=rooms_initial(venue), prefix="rooms")
    bookings = coming_bookings(venue, user=request.user, at=timezone.now())[:BOOKINGS_SHOWN] if venue else []
    context = {"form": form, "rooms": rooms, "venue": venue, "bookings": bookings}
    return render(request, "manage/venue_form.html", context)


def _save(request: StaffRequest, venue: Venue | None, definition: VenueDefinition) -> None:
    if venue is None:
        create_venue(definition, by=request.user, at=timezone.now())
    else:
        edit_venue(venue, definition, by=request.user, at=timezone.now())
