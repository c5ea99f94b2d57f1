"""The staff page of a unit's contact for questions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.actions.contacts import change_contact
from events.errors import DomainError
from events.forms.contacts import ContactForm
from events.forms.refusals import show_refusal
from events.permissions import StaffRequest, get_managed_unit


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: StaffRequest, slug: str) -> HttpResponse:
    """The address and the phone that are shown where an event has none of its own."""
    unit = get_managed_unit(request.user, slug)
    # An empty form that was sent takes the contact away.
    sent = request.POST if request.method == "POST" else None
    form = ContactForm(sent, initial={"email": unit.contact_email, "phone": unit.contact_phone})
    if request.method == "POST" and form.is_valid():
        try:
            change_contact(unit, **form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The contact of the unit is saved."))
            return redirect("manage-notices")
    return render(request, "manage/contact.html", {"unit": unit, "form": form})
