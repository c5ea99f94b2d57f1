"""Staff pages of what is made from an event: copies, templates, and series from a rule or a table."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.actions.copying import copy_event, delete_draft, moved, save_as_template
from events.actions.series import SeriesRow, create_series, create_series_from_table
from events.actions.wall_clock import WallClockShift
from events.errors import DomainError
from events.forms.refusals import in_one_line
from events.forms.series import RepeatForm, TableForm, pattern_of
from events.forms.series_table import read_table
from events.models import Event
from events.permissions import May, StaffRequest, get_managed_event, require_anywhere
from events.queries.series import series_events, series_list
from events.queries.templates import templates
from events.web.manage.previews import CONFIRMED

_SHOWN_AND_SENT = ["GET", "HEAD", "POST"]
_A_WEEK: Final = timedelta(weeks=1)


# Copies and templates


@login_required
@require_POST
def copy(request: StaffRequest, slug: str) -> HttpResponse:
    """Make a draft like this event."""
    event = get_managed_event(request.user, slug, May.EDIT)
    try:
        draft = copy_event(event, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
        return redirect("manage-event", slug)
    messages.success(request, _("This is the copy. Give it its own dates before you publish it."))
    return redirect("manage-event-edit", draft.slug)


@login_required
@require_POST
def keep_as_template(request: StaffRequest, slug: str) -> HttpResponse:
    """Make a template like this event."""
    event = get_managed_event(request.user, slug, May.EDIT)
    try:
        template = save_as_template(event, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
        return redirect("manage-event", slug)
    messages.success(request, _("This is the template. New events can be made from it."))
    return redirect("manage-event", template.slug)


@login_required
@require_safe
def template_list(request: StaffRequest) -> HttpResponse:
    """The templates that one may make events from."""
    require_anywhere(request.user, May.EDIT)
    return render(request, "manage/templates.html", {"templates": templates(request.user)})


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def delete(request: StaffRequest, slug: str) -> HttpResponse:
    """Take a draft away for good."""
    event = get_managed_event(request.user, slug, May.EDIT)
    if request.method == "POST":
        try:
            delete_draft(event, by=request.user, at=timezone.now())
        except DomainError as refusal:
            messages.error(request, in_one_line(refusal))
            return redirect("manage-event", slug)
        messages.success(request, _("The draft is deleted."))
        return redirect("manage-events")
    return render(request, "manage/delete.html", {"event": event})


# Series


@login_required
@require_safe
def all_series(request: StaffRequest) -> HttpResponse:
    """The series of one's units."""
    require_anywhere(request.user, May.SEE)
    return render(request, "manage/series_list.html", {"all_series": series_list(request.user)})


@login_required
@require_safe
def one_series(request: StaffRequest, number: int) -> HttpResponse:
    """The events of a series with their states."""
    series = series_list(request.user).filter(pk=number).first()
    if series is None:
        raise Http404
    return render(request, "manage/series.html", {"series": series, "events": series_events(series)})


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def repeat(request: StaffRequest, slug: str) -> HttpResponse:
    """Make many drafts like an event by a rule; their dates are shown before."""
    event = get_managed_event(request.user, slug, May.EDIT)
    with timezone.override(ZoneInfo(event.time_zone)):
        form = RepeatForm(_sent(request), initial={"name": str(event), "first": _a_week_later(event)})
        is_ready = request.method == "POST" and form.is_valid()
        if is_ready and CONFIRMED in request.POST:
            zone = ZoneInfo(event.time_zone)
            pattern = pattern_of(event)
            try:
                first = min(session.starts_at for session in pattern.sessions)
                series = create_series(
                    moved(pattern, WallClockShift.between(first, form.cleaned_data["first"], zone)),
                    name=form.cleaned_data["name"],
                    rule=form.rule(),
                    by=request.user,
                    at=timezone.now(),
                )
            except DomainError as refusal:
                form.show_refusal(refusal)
                is_ready = False
            else:
                messages.success(request, _("The series is made. Nobody sees its drafts before they are published."))
                return redirect("manage-series", series.pk)
        context = {"event": event, "form": form, "starts": form.starts if is_ready else []}
        return render(request, "manage/repeat.html", context)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def from_table(request: StaffRequest, slug: str) -> HttpResponse:
    """Make a draft for every row of a pasted table; a bad row refuses all of them."""
    event = get_managed_event(request.user, slug, May.EDIT)
    with timezone.override(ZoneInfo(event.time_zone)):
        form = TableForm(_sent(request), initial={"name": str(event)})
        rows: list[SeriesRow] = []
        if request.method == "POST" and form.is_valid():
            try:
                rows = read_table(form.cleaned_data["table"])
                if CONFIRMED in request.POST:
                    series = create_series_from_table(
                        pattern_of(event),
                        name=form.cleaned_data["name"],
                        rows=rows,
                        by=request.user,
                        at=timezone.now(),
                    )
                    messages.success(
                        request, _("The series is made. Nobody sees its drafts before they are published.")
                    )
                    return redirect("manage-series", series.pk)
            except DomainError as refusal:
                form.show_refusal(refusal)
                rows = []
        return render(request, "manage/series_table.html", {"event": event, "form": form, "rows": rows})


def _sent(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _a_week_later(event: Event) -> str:
    """The first proposal for a date, as the browser's picker takes it."""
    if event.starts_at is None:
        return ""
    return f"{event.starts_at.astimezone(ZoneInfo(event.time_zone)) + _A_WEEK:%Y-%m-%dT%H:%M}"
