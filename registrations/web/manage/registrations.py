"""Staff pages of an event's registrations: the list, one of them with its history, cancelling it."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.errors import DomainError
from events.forms.refusals import show_refusal
from events.permissions import May, StaffRequest, get_managed_event, may_do
from events.web.paging import page_of
from registrations.actions.moves import cancel_registration
from registrations.forms.manage import CancelRegistrationForm, RegistrationFilterForm
from registrations.queries.desk import registration_history
from registrations.queries.doors import get_event_registration
from registrations.queries.lists import event_registrations, position_of
from registrations.queries.questions import answers_of

ON_A_PAGE: Final = 50


@login_required
@require_safe
def registration_list(request: StaffRequest, slug: str) -> HttpResponse:
    """Who is registered, found by words and state."""
    event = get_managed_event(request.user, slug, May.SEE_PEOPLE)
    form = RegistrationFilterForm(request.GET)
    page = page_of(event_registrations(event, q=form.words, state=form.chosen_state), request.GET, size=ON_A_PAGE)
    context = {"event": event, "form": form, "page": page, "is_narrowed": form.words or form.chosen_state}
    return render(request, "manage/registrations.html", context)


@login_required
@require_safe
def registration(request: StaffRequest, slug: str, reference: str) -> HttpResponse:
    """One registration with its person and everything that happened to it."""
    event = get_managed_event(request.user, slug, May.SEE_PEOPLE)
    found = get_event_registration(event, reference)
    return render(
        request,
        "manage/registration.html",
        {
            "event": event,
            "registration": found,
            "position": position_of(found),
            "sessions": found.sessions.order_by("starts_at", "id"),
            "members": found.members.order_by("id"),
            "answers": answers_of(found),
            "history": registration_history(found),
            "can_be_cancelled": found.is_active and may_do(request.user, event, May.MANAGE_PEOPLE),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: StaffRequest, slug: str, reference: str) -> HttpResponse:
    """Give somebody's seat back, with a reason; the next in the queue moves up."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    found = get_event_registration(event, reference)
    form = CancelRegistrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_registration(found, by=request.user, reason=form.cleaned_data["reason"], at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The registration is cancelled, and its person will be told."))
            return redirect("manage-registration", slug, found.reference)
    return render(request, "manage/registration_cancel.html", {"event": event, "registration": found, "form": form})
