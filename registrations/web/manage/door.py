"""The door: who comes in, found by code or by name, and counting people who are not asked for theirs."""

import secrets
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events.errors import DomainError
from events.forms.refusals import in_one_line
from events.models import Event, User
from events.permissions import May, StaffRequest, get_managed_event, may_do
from registrations.actions.attendance import CheckInAnswer, add_headcount, check_in, void_check_in
from registrations.enums import CheckInResult, CheckInSource
from registrations.forms.manage import HEADCOUNT_STEPS, CheckInForm, HeadcountForm, UndoForm
from registrations.models import Registration
from registrations.queries.desk import door_figures, latest_admission, people_at_the_door
from registrations.queries.doors import get_event_registration


@dataclass(frozen=True)
class DoorAnswer:
    """What the page says about the last code; `other_event` only where this person may know of it."""

    result: CheckInResult
    registration: Registration | None
    other_event: Event | None
    answer: CheckInAnswer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: StaffRequest, slug: str) -> HttpResponse:
    """The page for a phone at the door; posting a code or a reference checks somebody in."""
    event = get_managed_event(request.user, slug, May.CHECK_IN)
    answer = None
    if request.method == "POST":
        form = CheckInForm(request.POST)
        if form.is_valid() and (form.cleaned_data["code"] or form.cleaned_data["reference"]):
            answer = answer_of(request, event, form, by=request.user)
    words = request.GET.get("q", "")[:100]
    people = [(person, _nonce()) for person in people_at_the_door(event, q=words)]
    return render(
        request,
        "manage/door.html",
        {
            "event": event,
            "now": timezone.now(),
            "answer": answer,
            "undo": undo_form(answer),
            "nonce": _nonce(),
            "words": words,
            "people": people,
            "figures": door_figures(event),
            "steps": HEADCOUNT_STEPS,
        },
    )


def answer_of(request: HttpRequest, event: Event, form: CheckInForm, *, by: User) -> DoorAnswer | None:
    """Check in by the form's code or reference, and word a refusal as a message."""
    typed = form.cleaned_data
    try:
        answer = check_in(
            event,
            code=typed["code"] or None,
            reference=typed["reference"] or None,
            nonce=typed["nonce"],
            source=CheckInSource.QR if typed["code"] else CheckInSource.SEARCH,
            by=by,
            at=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
        return None
    is_other = answer.result == CheckInResult.WRONG_EVENT
    knows_other = answer.event.is_public or may_do(by, answer.event, May.CHECK_IN)
    return DoorAnswer(
        result=answer.result,
        registration=answer.registration,
        other_event=answer.event if is_other and knows_other else None,
        answer=answer,
    )


def undo_form(answer: DoorAnswer | None) -> UndoForm | None:
    """The form that takes the admission shown back."""
    if answer is None or answer.registration is None:
        return None
    if answer.result not in {CheckInResult.ADMITTED, CheckInResult.ALREADY_PRESENT}:
        return None
    return UndoForm(initial={"reference": answer.registration.reference})


@login_required
@require_POST
def undo(request: StaffRequest, slug: str) -> HttpResponse:
    """Take an admission back."""
    event = get_managed_event(request.user, slug, May.CHECK_IN)
    form = UndoForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the admission is taken back."))
        return redirect("manage-door", slug)
    typed = form.cleaned_data
    admission = latest_admission(get_event_registration(event, typed["reference"]))
    if admission is None:
        messages.error(request, _("This admission has been taken back already."))
        return redirect("manage-door", slug)
    try:
        void_check_in(admission, reason=typed["reason"], by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    else:
        messages.success(request, _("The admission is taken back."))
    return redirect("manage-door", slug)


@login_required
@require_POST
def headcount(request: StaffRequest, slug: str) -> HttpResponse:
    """Count people without names."""
    event = get_managed_event(request.user, slug, May.CHECK_IN)
    form = HeadcountForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            add_headcount(event, delta=typed["delta"], nonce=typed["nonce"], by=request.user, at=timezone.now())
        except DomainError as refusal:
            messages.error(request, in_one_line(refusal))
    return redirect("manage-door", slug)


def _nonce() -> str:
    return secrets.token_urlsafe(16)
