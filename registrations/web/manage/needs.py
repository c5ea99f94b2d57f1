"""What people need at an event, for those who arrange it; whoever asks is known here by a number only."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.errors import DomainError, FieldErrors
from events.forms.refusals import in_one_line, show_refusal
from events.permissions import May, StaffRequest, get_managed_event
from events.web.paging import page_of
from registrations.actions.needs import answer_need
from registrations.enums import NeedState
from registrations.forms.needs import NeedAnswerForm
from registrations.queries.needs import event_needs, get_event_need, need_counts

ON_A_PAGE: Final = 50


@never_cache
@login_required
@require_safe
def needs(request: StaffRequest, slug: str) -> HttpResponse:
    """List the needs, first asked first, all or those in one state; the look is written down."""
    event = get_managed_event(request.user, slug, May.SEE_NEEDS)
    asked = request.GET.get("state", "")
    state = NeedState(asked) if asked in NeedState.values else None
    counts = need_counts(event)
    page = page_of(event_needs(event, state=state), request.GET, size=ON_A_PAGE)
    context = {
        "event": event,
        "page": page,
        "state": state,
        "counts": [(each, count) for each, count in counts.items() if count],
        "total": sum(counts.values()),
    }
    response = render(request, "manage/needs.html", context)
    people = len({need.registration_id for need in page.object_list})
    note_access(request.user, AccessKind.NEEDS, event=event, people=people, at=timezone.now())
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: StaffRequest, slug: str, need_id: int) -> HttpResponse:
    """Show one need with what happened to it, and take an answer; the look is written down."""
    event, now = get_managed_event(request.user, slug, May.SEE_NEEDS), timezone.now()
    found = get_event_need(event, need_id)
    form = NeedAnswerForm(request.POST if request.method == "POST" else None, need=found)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("reason", "alternative")}
        try:
            answer_need(found, to=form.answer, by=request.user, at=now, **words)
        except FieldErrors as refusal:
            show_refusal(form, refusal)
        except DomainError as refusal:
            messages.error(request, in_one_line(refusal))
            return redirect("manage-needs", slug)
        else:
            told = form.answer != NeedState.FULFILLED
            messages.success(request, _("Saved. The person will be told.") if told else _("Saved."))
            return redirect("manage-needs", slug)
    response = render(request, "manage/need.html", {"event": event, "need": found, "form": form})
    about = found.registration.reference
    note_access(request.user, AccessKind.NEEDS, event=event, about=about, people=1, at=now)
    return response
