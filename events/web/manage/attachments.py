"""Staff page of an event's files: added, put in order, taken away."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from events.actions.attachments import MOST_FILES, add_attachment, order_attachments, remove_attachment
from events.errors import DomainError
from events.forms.attachments import AttachmentForm
from events.forms.refusals import in_one_line, show_refusal
from events.models import Attachment
from events.permissions import May, StaffRequest, get_managed_event
from events.queries.attachments import attachments_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: StaffRequest, slug: str) -> HttpResponse:
    """The files of an event, and adding one."""
    event = get_managed_event(request.user, slug, May.EDIT)
    form = AttachmentForm(request.POST, request.FILES) if request.method == "POST" else AttachmentForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            add_attachment(
                event,
                title=form.cleaned_data["title"],
                file_name=file.name,
                data=file.read(),
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The file is here."))
            return redirect("manage-event-files", slug)
    present = attachments_of(event)
    context = {"event": event, "form": form, "files": present, "is_full": len(present) >= MOST_FILES}
    return render(request, "manage/files.html", context)


@login_required
@require_POST
def change_files(request: StaffRequest, slug: str) -> HttpResponse:
    """Take a file away, or let it stand one place higher."""
    event = get_managed_event(request.user, slug, May.EDIT)
    now = timezone.now()
    try:
        if "remove" in request.POST:
            remove_attachment(event, _number(request.POST["remove"]), by=request.user, at=now)
            messages.success(request, _("The file is gone."))
        elif "up" in request.POST:
            order = _with_one_higher(list(attachments_of(event)), _number(request.POST["up"]))
            order_attachments(event, order, by=request.user, at=now)
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    return redirect("manage-event-files", slug)


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _with_one_higher(present: Sequence[Attachment], number: UUID) -> list[UUID]:
    order = [each.pk for each in present]
    place = order.index(number) if number in order else 0
    if place:
        order[place - 1 : place + 1] = [order[place], order[place - 1]]
    return order
