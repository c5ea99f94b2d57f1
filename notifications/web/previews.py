"""The staff page that shows every message in each language before anybody gets it, and sends a test of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.errors import DomainError
from events.permissions import May, StaffRequest, get_managed_event, may_do
from notifications.delivery.trials import send_trial
from notifications.enums import Channel
from notifications.forms.previews import KindForm, TrialForm
from notifications.rendering.kind_previews import kind_preview
from notifications.web.frames import shows_mails


@shows_mails
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def message_preview(request: StaffRequest, slug: str) -> HttpResponse:
    """Choose a kind and a language, look, and have it sent to oneself."""
    may = May.MANAGE_PEOPLE if request.method == "POST" else May.SEE_MESSAGES
    event = get_managed_event(request.user, slug, may)
    form = KindForm((request.POST if request.method == "POST" else request.GET).dict())
    kind, language = form.chosen
    trial = TrialForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and trial.is_valid():
        channel = Channel(trial.cleaned_data["channel"])
        to = request.user.email if channel == Channel.EMAIL else trial.cleaned_data["to"]
        try:
            send_trial(kind, event, channel=channel, to=to, language=language, by=request.user, at=timezone.now())
        except DomainError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The test message is on its way to %(to)s.") % {"to": to})
    context = {
        "event": event,
        "form": form,
        "trial": trial,
        "kind": kind,
        "language": language,
        "preview": kind_preview(kind, event, language=language, at=timezone.now()),
        "can_manage": may_do(request.user, event, May.MANAGE_PEOPLE),
    }
    return render(request, "manage/message_preview.html", context)
