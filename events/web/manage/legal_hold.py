"""The staff page on which somebody keeps the data of an event from being deleted, or lets them go again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.actions.legal_hold import set_legal_hold
from events.forms.legal_hold import LegalHoldForm
from events.permissions import May, StaffRequest, get_managed_event


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def legal_hold(request: StaffRequest, slug: str) -> HttpResponse:
    """Show why the data are held, if they are; take a reason, or none to lift the hold."""
    event = get_managed_event(request.user, slug, May.OVERRIDE)
    form = LegalHoldForm(request.POST if request.method == "POST" else None, initial={"reason": event.legal_hold})
    if request.method == "POST" and form.is_valid():
        set_legal_hold(event, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        messages.success(
            request, _("The data of this event are held.") if event.legal_hold else _("The data are not held any more.")
        )
        return redirect("manage-event", slug)
    return render(request, "manage/legal_hold.html", {"event": event, "form": form})
