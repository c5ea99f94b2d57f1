"""Staff page on which seats of one group are opened to everybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.actions.releasing import release_seats
from events.errors import DomainError
from events.forms.refusals import show_refusal
from events.forms.releasing import ReleaseForm
from events.permissions import May, StaffRequest, get_managed_event
from events.queries.seats import group_pools, seat_figures
from events.web.manage.previews import BACK, preview_page, preview_to_show


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: StaffRequest, slug: str) -> HttpResponse:
    """Open seats of a group to everybody; whoever would be told of a seat is counted before it is done."""
    event = get_managed_event(request.user, slug, May.EDIT)
    form = ReleaseForm(request.POST if request.method == "POST" else None, pools=group_pools(event))
    if request.method == "POST" and BACK not in request.POST and form.is_valid():
        said = form.cleaned_data
        now = timezone.now()
        try:
            would_be = preview_to_show(
                request,
                event,
                lambda own: release_seats(
                    own, category=form.group, seats=said["seats"], reason=said["reason"], by=request.user, at=now
                ),
            )
            if would_be is not None:
                return preview_page(request, event, would_be, confirm=_("Open these seats"))
            release_seats(
                event, category=form.group, seats=said["seats"], reason=said["reason"], by=request.user, at=now
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The seats are open to everybody. Whoever waited has moved up."))
            return redirect("manage-event", slug)
    context = {"event": event, "form": form, "figures": seat_figures(event)}
    return render(request, "manage/release.html", context)
