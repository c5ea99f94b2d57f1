"""The button "Try this address again" at a registration whose mails come back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from events.permissions import May, StaffRequest, get_managed_event
from notifications.actions.suppressing import lift
from notifications.enums import Channel, SuppressionReason
from registrations.models import Registration
from registrations.queries.doors import get_event_registration, get_party_member


@login_required
@require_POST
def try_address_again(request: StaffRequest, slug: str, reference: str) -> HttpResponse:
    """Use an address again that mails came back from: of the person who registered, or of one of the party."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    found = get_event_registration(event, reference)
    address = _address(found, request.POST.get("member", ""))
    if lift(Channel.EMAIL, address, reasons=(SuppressionReason.BOUNCED,), by=request.user, at=timezone.now()):
        messages.success(request, _("The next mail goes to this address again. If it comes back too, it says so here."))
    else:
        messages.info(request, _("Nothing is in the way of mails to this address."))
    return redirect("manage-registration", slug, found.reference)


def _address(registration: Registration, member: str) -> str:
    if member.isdecimal():
        return get_party_member(registration, int(member)).email
    participant = getattr(registration, "participant", None)
    return participant.email if participant is not None else ""
