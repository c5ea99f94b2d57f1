"""The staff pages for writing to the people of a meeting: the form, what it comes to, and off it goes."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.errors import DomainError
from events.forms.refusals import show_refusal
from events.models import Event
from events.permissions import May, StaffRequest, get_managed_event
from events.web.manage.previews import BACK, CONFIRMED, PREVIEW
from notifications.actions.announcing import announce, look_at_draft
from notifications.forms.announcements import AnnouncementForm
from notifications.rendering.announcement_previews import portions_of
from notifications.web.frames import shows_mails

_BUTTONS: Final = frozenset({"csrfmiddlewaretoken", PREVIEW, CONFIRMED, BACK})


@shows_mails
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_announcement(request: StaffRequest, slug: str) -> HttpResponse:
    """Write, look at who gets it and how it looks, and send it."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    form = AnnouncementForm(request.POST if request.method == "POST" else None, event=event)
    if request.method == "POST" and BACK not in request.POST and form.is_valid():
        try:
            if CONFIRMED in request.POST:
                announce(event, form.draft(), nonce=form.cleaned_data["nonce"], by=request.user, at=timezone.now())
                messages.success(request, _("The announcement goes out within a minute."))
                return redirect("manage-messages", slug)
            return _preview(request, event, form)
        except DomainError as refusal:
            show_refusal(form, refusal)
    if "nonce" in form.errors:
        form.renew()
    return render(request, "manage/announcement.html", {"event": event, "form": form})


def _preview(request: StaffRequest, event: Event, form: AnnouncementForm) -> HttpResponse:
    now = timezone.now()
    draft, readers = look_at_draft(event, form.draft(), at=now)
    carried = [
        (name, value) for name, values in request.POST.lists() if name not in _BUTTONS for value in map(str, values)
    ]
    portions = portions_of(event, subject=draft.subject, body=draft.body, readers=readers, at=now)
    context = {"event": event, "portions": portions, "people": len(readers), "carried": carried}
    return render(request, "manage/announcement_preview.html", context)
