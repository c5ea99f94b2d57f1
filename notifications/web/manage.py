"""The staff page of an event's messages: what was said to whom, whether it arrived, and what is done about it."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.errors import DomainError
from events.permissions import May, StaffRequest, get_managed_event, may_do
from events.web.paging import page_of
from notifications.actions.resending import ENDED, resend
from notifications.actions.seeing import mark_seen
from notifications.forms.manage import MessageFilterForm, SeenForm
from notifications.queries.announcements import event_announcements
from notifications.queries.log import event_messages, get_event_message, state_counts, unseen_count
from notifications.rendering.log_rows import log_row

ON_A_PAGE: Final = 50
_ANNOUNCEMENTS_SHOWN: Final = 20


@never_cache
@login_required
@require_safe
def message_log(request: StaffRequest, slug: str) -> HttpResponse:
    """Every message about an event with its tries; neither secret links nor anybody's needs are in it."""
    event, now = get_managed_event(request.user, slug, May.SEE_MESSAGES), timezone.now()
    form = MessageFilterForm(request.GET)
    page = page_of(event_messages(event, **form.filters), request.GET, size=ON_A_PAGE)
    rows = [log_row(message, at=now) for message in page.object_list]
    if people := sum(bool(row.person) for row in rows):
        note_access(request.user, AccessKind.REGISTRATIONS, event=event, people=people, at=now)
    counts = state_counts(event)
    context = {
        "event": event,
        "form": form,
        "page": page,
        "rows": rows,
        "counts": list(counts.items()),
        "most": max(counts.values(), default=0),
        "unseen": unseen_count(event),
        "announcements": list(event_announcements(event)[:_ANNOUNCEMENTS_SHOWN]),
        "ended": ENDED,
        "can_manage": may_do(request.user, event, May.MANAGE_PEOPLE),
    }
    return render(request, "manage/messages.html", context)


@login_required
@require_POST
def seen(request: StaffRequest, slug: str) -> HttpResponse:
    """Take note of a message that failed, or of all of the event."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    form = SeenForm(request.POST)
    if not form.is_valid():
        # Not all of them instead of one.
        raise Http404
    chosen = form.cleaned_data["only"]
    count = mark_seen(event, only=[chosen] if chosen else None, by=request.user, at=timezone.now())
    sentence = ngettext("%(count)s message is off the list.", "%(count)s messages are off the list.", count)
    messages.success(request, sentence % {"count": count})
    return back_to_log(request, slug)


@login_required
@require_POST
def send_again(request: StaffRequest, slug: str, message_id: UUID) -> HttpResponse:
    """Send a message once more, or say why not."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    try:
        resend(get_event_message(event, message_id), by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The message goes out again within a minute."))
    return back_to_log(request, slug)


def back_to_log(request: HttpRequest, slug: str) -> HttpResponseRedirect:
    """The log as it was narrowed before a button was pressed."""
    query = QueryDict(request.POST.get("back", "")).urlencode()
    return HttpResponseRedirect(f"{reverse('manage-messages', args=[slug])}{f'?{query}' if query else ''}")
