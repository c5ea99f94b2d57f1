"""Staff pages of the information notices that people read before they give their data."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.actions.notices import write_notice
from events.errors import DomainError
from events.forms.notices import NoticeForm, NoticeKindForm
from events.forms.refusals import show_refusal
from events.models import EventKind
from events.permissions import May, StaffRequest, get_managed_unit, require_anywhere
from events.queries.notices import current_notice, notice_versions, units_with_notice


@login_required
@require_safe
def notice_list(request: StaffRequest) -> HttpResponse:
    """One's units and the notice that each shows now."""
    require_anywhere(request.user, May.EDIT)
    units = units_with_notice(request.user, at=timezone.now())
    return render(request, "manage/notices.html", {"units": units})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: StaffRequest, slug: str) -> HttpResponse:
    """The notice of a unit, for all kinds of meetings or for one, with its versions; and writing the next one."""
    unit, now = get_managed_unit(request.user, slug), timezone.now()
    chosen = NoticeKindForm(request.GET)
    if not chosen.is_valid():
        raise Http404
    kind: EventKind | None = chosen.cleaned_data["kind"]
    present = current_notice(unit, kind=kind, at=now)
    form = NoticeForm(request.POST or None, initial={"text": present.text if present else None})
    if request.method == "POST" and form.is_valid():
        try:
            written = write_notice(unit, text=form.cleaned_data["text"], kind=kind, by=request.user, at=now)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Version %(number)s of the notice is in force.") % {"number": written.version})
            return redirect("manage-notices")
    context = {
        "unit": unit,
        "kind": kind,
        "chosen": chosen,
        "present": present,
        "versions": notice_versions(unit, kind=kind),
        "form": form,
    }
    return render(request, "manage/notice.html", context)
