"""The staff page of passes for a day: whom the event lets stand at its door without an account."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events.actions.door_passes import give_door_pass, revoke_door_pass
from events.errors import DomainError
from events.forms.refusals import show_refusal
from events.models import DoorPass, Event
from events.permissions import May, StaffRequest, get_managed_event
from events.queries.door_passes import event_door_passes, get_event_door_pass
from registrations.forms.manage import DoorPassForm
from registrations.tokens import make_token


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def passes(request: StaffRequest, slug: str) -> HttpResponse:
    """List the passes and give another one; its link is shown once, in the answer to that."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    form = DoorPassForm(request.POST if request.method == "POST" else None, event=event)
    given = None
    if request.method == "POST" and form.is_valid():
        try:
            given = give_door_pass(event, **form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            form = DoorPassForm(event=event)
    context = {
        "event": event,
        "form": form,
        "given": given,
        "address": _address(given) if given is not None else "",
        "passes": _with_endings(event),
    }
    return render(request, "manage/door_passes.html", context)


@login_required
@require_POST
def revoke(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Take a pass back."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    given = get_event_door_pass(event, number)
    revoke_door_pass(given, at=timezone.now())
    messages.success(request, _("The pass “%(label)s” is taken back. It opens nothing any more.") % {"label": given})
    return redirect("manage-door-passes", slug)


def _with_endings(event: Event) -> list[tuple[DoorPass, bool]]:
    now = timezone.now()
    return [(given, given.has_ended(at=now)) for given in event_door_passes(event)]


def _address(given: DoorPass) -> str:
    token = make_token("door", row_id=given.pk, generation=given.generation)
    return f"{settings.BASE_URL}{reverse('door-pass', args=[token])}"
