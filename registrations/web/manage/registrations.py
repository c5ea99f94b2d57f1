"""Staff pages of an event's registrations: the list, also as a file, one of them with its history, cancelling it."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.errors import DomainError
from events.forms.refusals import in_one_line, show_refusal
from events.models import Event
from events.permissions import May, StaffRequest, get_managed_event, may_do
from events.queries.seats import seat_figures
from events.web.paging import page_of
from registrations.actions.approvals import approve_registration, reject_registration
from registrations.actions.exporting import take_people_away
from registrations.actions.letting_in import WITHOUT_SEAT, let_in
from registrations.actions.looks import note_look
from registrations.actions.moves import cancel_registration
from registrations.enums import RegistrationState
from registrations.exports.downloads import download
from registrations.forms.desk import LetInForm, RejectForm
from registrations.forms.manage import CancelRegistrationForm, RegistrationFilterForm
from registrations.models import Registration
from registrations.queries.desk import registration_history
from registrations.queries.doors import get_event_registration
from registrations.queries.lists import event_registrations, position_of
from registrations.queries.questions import answers_of

ON_A_PAGE: Final = 50
# Who decides about one application after the other comes back to the list of them.
_TO_LIST: Final = "to_list"


@never_cache
@login_required
@require_safe
def registration_list(request: StaffRequest, slug: str) -> HttpResponse:
    """Who is registered, found by words and by everything that the list tells apart."""
    event = get_managed_event(request.user, slug, May.SEE_PEOPLE)
    form = RegistrationFilterForm(request.GET, event=event)
    page = page_of(event_registrations(event, **form.filters), request.GET, size=ON_A_PAGE)
    if page.object_list:
        kind = AccessKind.REGISTRATIONS
        note_access(request.user, kind, event=event, people=len(page.object_list), at=timezone.now())
    context = {
        "event": event,
        "form": form,
        "page": page,
        "is_narrowed": form.is_narrowing,
        "can_manage": may_do(request.user, event, May.MANAGE_PEOPLE),
        "can_take_away": may_do(request.user, event, May.EXPORT_PEOPLE),
    }
    return render(request, "manage/registrations.html", context)


@login_required
@require_safe
def export(request: StaffRequest, slug: str, ending: str) -> StreamingHttpResponse:
    """The list as a file, narrowed as the page was; it speaks the language of the page."""
    event = get_managed_event(request.user, slug, May.EXPORT_PEOPLE)
    filters = RegistrationFilterForm(request.GET, event=event).filters
    table = take_people_away(
        event, filters, in_words=True, language=get_language() or "", by=request.user, at=timezone.now()
    )
    return download(table, ending)


@never_cache
@login_required
@require_safe
def registration(request: StaffRequest, slug: str, reference: str) -> HttpResponse:
    """One registration with its people and everything that happened to it."""
    event = get_managed_event(request.user, slug, May.SEE_PEOPLE)
    found = get_event_registration(event, reference)
    members = list(found.members.order_by("id"))
    note_look(event, found, by=request.user, at=timezone.now())
    return render(
        request,
        "manage/registration.html",
        {
            "event": event,
            "registration": found,
            "position": position_of(found),
            "sessions": found.sessions.order_by("starts_at", "id"),
            "members": members,
            "answers": answers_of(found),
            "history": registration_history(found),
            **_what_can_be_done(request, event, found),
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
    note_look(event, found, by=request.user, at=timezone.now())
    return render(request, "manage/registration_cancel.html", {"event": event, "registration": found, "form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def promote(request: StaffRequest, slug: str, reference: str) -> HttpResponse:
    """Give somebody a seat whose turn it is not, with a reason; over the number of seats by those who may override."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    found = get_event_registration(event, reference)
    may_force = may_do(request.user, event, May.OVERRIDE)
    form = LetInForm(request.POST if request.method == "POST" else None, may_force=may_force)
    if request.method == "POST" and form.is_valid():
        force, reason = form.cleaned_data.get("force", False), form.cleaned_data["reason"]
        try:
            let_in(found, force=force, reason=reason, by=request.user, at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The person has a seat, and is told."))
            return redirect("manage-registration", slug, found.reference)
    context = {
        "event": event,
        "registration": found,
        "form": form,
        "position": position_of(found),
        "figure": seat_figures(event).event,
    }
    note_look(event, found, by=request.user, at=timezone.now())
    return render(request, "manage/registration_promote.html", context)


@login_required
@require_POST
def approve(request: StaffRequest, slug: str, reference: str) -> HttpResponse:
    """Accept an application; from the list of applications one goes on there."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    found = get_event_registration(event, reference)
    try:
        accepted = approve_registration(found, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    else:
        person = {"name": found.participant.full_name, "state": accepted.get_state_display()}
        messages.success(request, _("%(name)s is accepted. State: %(state)s.") % person)
    return _onwards(request, slug, found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reject(request: StaffRequest, slug: str, reference: str) -> HttpResponse:
    """Reject an application with a reason that its person reads."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    found = get_event_registration(event, reference)
    form = RejectForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            reject_registration(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The application is rejected, and its person is told why."))
            return _onwards(request, slug, found)
    context = {"event": event, "registration": found, "form": form, "to_list": _TO_LIST in request.GET}
    note_look(event, found, by=request.user, at=timezone.now())
    return render(request, "manage/registration_reject.html", context)


def _onwards(request: StaffRequest, slug: str, found: Registration) -> HttpResponse:
    if _TO_LIST in request.POST:
        return redirect(f"{reverse('manage-registrations', args=[slug])}?state={RegistrationState.AWAITING_APPROVAL}")
    return redirect("manage-registration", slug, found.reference)


def _what_can_be_done(request: StaffRequest, event: Event, found: Registration) -> dict[str, bool]:
    """The buttons of one registration; the pages behind them ask again."""
    can_manage = may_do(request.user, event, May.MANAGE_PEOPLE)
    is_application = found.state == RegistrationState.AWAITING_APPROVAL
    return {
        "can_be_edited": can_manage and found.is_active,
        "can_be_cancelled": can_manage and found.is_active and not is_application,
        "can_be_decided": can_manage and is_application,
        "can_be_let_in": can_manage and found.state in WITHOUT_SEAT and not found.holds_seat,
    }
