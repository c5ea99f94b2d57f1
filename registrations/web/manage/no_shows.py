"""Staff pages of the rule about missed meetings: objections to decide about, and the rule of each unit."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.errors import DomainError
from events.forms.refusals import in_one_line, show_refusal
from events.permissions import May, StaffRequest, get_managed_unit, require_anywhere
from registrations.actions.no_shows import decide_objection, set_no_show_rule
from registrations.forms.no_shows import UPHELD, DecisionForm, NoShowRuleForm
from registrations.queries.no_shows import get_objection, open_objections, ruled_units

# What the access log calls a look here.
ABOUT: Final = "no-shows"


@never_cache
@login_required
@require_safe
def objections(request: StaffRequest) -> HttpResponse:
    """Who objects to queueing last, and the rules of one's units."""
    require_anywhere(request.user, May.MANAGE_PEOPLE)
    pauses = list(open_objections(request.user))
    if pauses:
        people = len({pause.email_key for pause in pauses})
        note_access(request.user, AccessKind.REGISTRATIONS, about=ABOUT, people=people, at=timezone.now())
    return render(request, "manage/no_shows.html", {"pauses": pauses, "units": ruled_units(request.user)})


@login_required
@require_POST
def decide(request: StaffRequest, number: int) -> HttpResponse:
    """Uphold a pause, or lift it."""
    pause = get_objection(request.user, number)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Http404
    is_upheld = form.cleaned_data["decision"] == UPHELD
    try:
        decide_objection(pause, upheld=is_upheld, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    else:
        messages.success(request, _("The pause is upheld.") if is_upheld else _("The pause is lifted."))
    return redirect("manage-no-shows")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: StaffRequest, slug: str) -> HttpResponse:
    """The rule of one unit; off until somebody writes a number."""
    unit = get_managed_unit(request.user, slug, May.SEE_STAFF)
    standing = {name: getattr(unit, f"no_show_{name}") for name in NoShowRuleForm.base_fields}
    form = NoShowRuleForm(request.POST if request.method == "POST" else None, initial=standing)
    if request.method == "POST" and form.is_valid():
        try:
            set_no_show_rule(unit, **form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The rule of the unit is saved."))
            return redirect("manage-no-shows")
    return render(request, "manage/no_show_rule.html", {"unit": unit, "form": form})
