"""The staff page of an event's messages: what was said to whom, and whether it arrived."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from events.permissions import May, StaffRequest, get_managed_event
from events.web.paging import page_of
from notifications.forms.manage import MessageFilterForm
from notifications.queries.log import event_messages
from notifications.rendering.log_rows import log_row

ON_A_PAGE: Final = 50


@login_required
@require_safe
def message_log(request: StaffRequest, slug: str) -> HttpResponse:
    """Every message about an event with its tries; neither secret links nor anybody's needs are in it."""
    event = get_managed_event(request.user, slug, May.SEE_MESSAGES)
    form = MessageFilterForm(request.GET)
    page = page_of(event_messages(event, state=form.chosen_state), request.GET, size=ON_A_PAGE)
    rows = [log_row(message) for message in page.object_list]
    return render(request, "manage/messages.html", {"event": event, "form": form, "page": page, "rows": rows})
