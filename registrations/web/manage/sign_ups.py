"""Staff pages for people who called or wrote: registering them, and putting right what stands about them."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.errors import DomainError, FieldErrors
from events.permissions import May, StaffRequest, get_managed_event
from events.queries.notices import current_notice
from events.queries.questions import asked_questions
from registrations.actions.desk import edit_registration, register_for
from registrations.actions.looks import note_look
from registrations.errors import AlreadyRegistered
from registrations.forms.desk import StaffEditForm, StaffSignUpForm
from registrations.queries.consents import OFFERED_PURPOSES, current_texts
from registrations.queries.doors import get_event_registration
from registrations.queries.questions import answers_of

_SHOWN_AND_SENT: Final = ["GET", "HEAD", "POST"]


@never_cache
@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new(request: StaffRequest, slug: str) -> HttpResponse:
    """Register somebody by telephone or on paper; the notice that they have to be told is on the page."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    now = timezone.now()
    prefetch_related_objects([event], "pools__category", "sessions")
    ahead = [session for session in event.sessions.all() if not session.is_cancelled and session.starts_at > now]
    offered = sorted(ahead, key=lambda session: (session.starts_at, session.pk))
    form = StaffSignUpForm(
        _sent(request),
        event=event,
        sessions=offered,
        questions=asked_questions(event.pk),
        consents=current_texts(at=now, purposes=OFFERED_PURPOSES),
    )
    if request.method == "POST" and not form.is_growing and form.is_valid():
        try:
            made = register_for(
                event,
                form.applicant(),
                source=form.source,
                language=form.cleaned_data["language"],
                note=form.cleaned_data["note"],
                by=request.user,
                at=now,
            )
        except FieldErrors as refusal:
            form.take(refusal)
        except AlreadyRegistered as refusal:
            form.add_error("email", _named(refusal, slug))
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            sentence = _("%(name)s is registered. State: %(state)s.")
            person = {"name": made.participant.full_name, "state": made.get_state_display()}
            messages.success(request, sentence % person)
            return redirect("manage-registration", slug, made.reference)
    notice = current_notice(event.unit, kind=event.kind, at=now)
    return render(request, "manage/registration_new.html", {"event": event, "form": form, "notice": notice})


@never_cache
@login_required
@require_http_methods(_SHOWN_AND_SENT)
def edit(request: StaffRequest, slug: str, reference: str) -> HttpResponse:
    """Put right what somebody told staff about themselves; the history says who did."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    found = get_event_registration(event, reference)
    questions = asked_questions(event.pk)
    form = StaffEditForm(_sent(request), registration=found, questions=questions, answers=answers_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            edit_registration(
                found,
                form.changes(),
                email=form.address(),
                answers=form.answers(),
                by=request.user,
                at=timezone.now(),
            )
        except FieldErrors as refusal:
            form.take(refusal)
        except AlreadyRegistered as refusal:
            form.add_error("email", _named(refusal, slug))
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("manage-registration", slug, found.reference)
    note_look(event, found, by=request.user, at=timezone.now())
    return render(request, "manage/registration_edit.html", {"event": event, "registration": found, "form": form})


def _named(refusal: AlreadyRegistered, slug: str) -> str:
    """The refusal with the way to the registration that is there."""
    reference = str(refusal.details["reference"])
    address = reverse("manage-registration", args=[slug, reference])
    return format_html('{} <a href="{}">{}</a>', refusal.message, address, reference)


def _sent(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
