"""Staff pages of a unit's events: the list, making one, and changing it."""

from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from events.actions.definitions import definition_of
from events.actions.editing import create_event
from events.actions.series import SeriesOutcome, edit_series
from events.enums import SeriesScope
from events.errors import DomainError
from events.forms.desk import DeskFilterForm
from events.forms.series import ScopeForm
from events.forms.sheets import EventSheet, SheetMaker
from events.models import Event
from events.permissions import May, StaffRequest, get_managed_event, require_anywhere, units_where
from events.queries.desk import desk_events
from events.web.manage.previews import BACK, preview_page, preview_to_show
from events.web.paging import page_of

EVENTS_ON_A_PAGE: Final = 20
_SHOWN_AND_SENT: Final = ["GET", "HEAD", "POST"]


@login_required
@require_safe
def event_list(request: StaffRequest) -> HttpResponse:
    """The events of one's units, found by words and filters."""
    require_anywhere(request.user, May.SEE)
    form = DeskFilterForm(request.GET, units=units_where(request.user, May.SEE))
    page = page_of(desk_events(request.user, form.wish(), at=timezone.now()), request.GET, size=EVENTS_ON_A_PAGE)
    may_create = units_where(request.user, May.EDIT).exists()
    return render(request, "manage/events.html", {"form": form, "page": page, "may_create": may_create})


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new_event(request: StaffRequest) -> HttpResponse:
    """Make a draft."""
    require_anywhere(request.user, May.EDIT)
    maker = SheetMaker(units=units_where(request.user, May.EDIT), sharing=units_where(request.user, May.OVERRIDE))
    sheet = _read(request, maker) or maker.blank()
    if _is_final(request) and sheet.is_valid():
        try:
            event = create_event(sheet.definition(), by=request.user, at=timezone.now())
        except DomainError as refusal:
            sheet.show_refusal(refusal)
        else:
            messages.success(request, _("The draft is saved. Nobody sees it before it is published."))
            return redirect("manage-event", event.slug)
    return render(request, "manage/event_form.html", {"sheet": sheet})


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def change_event(request: StaffRequest, slug: str) -> HttpResponse:
    """Change an event; whoever registered is told of another time or place."""
    event = get_managed_event(request.user, slug, May.EDIT)
    maker = SheetMaker(units=None, unit=event.unit, sharing=units_where(request.user, May.OVERRIDE))
    # The form speaks the time of the event's own place.
    with timezone.override(ZoneInfo(event.time_zone)):
        sheet = _read(request, maker) or maker.filled(definition_of(event), version=event.version)
        if _is_final(request) and sheet.is_valid():
            try:
                scope = _scope(request, event)
                would_be = preview_to_show(
                    request,
                    event,
                    lambda own: _save(request, own, sheet, scope),
                    # What is chosen against the number of seats is seen before it is done.
                    in_any_case=sheet.accepts_overbooking,
                )
                if would_be is not None:
                    return preview_page(request, event, would_be)
                outcome = _save(request, event, sheet, scope)
            except DomainError as refusal:
                sheet.show_refusal(refusal)
            else:
                messages.success(request, _saved(outcome))
                return redirect("manage-event", slug)
        scope_form = ScopeForm(request.POST if request.method == "POST" else None) if event.series_id else None
        return render(request, "manage/event_form.html", {"sheet": sheet, "event": event, "scope_form": scope_form})


def _scope(request: StaffRequest, event: Event) -> SeriesScope:
    """Which events of its series are meant; an event of no series is meant alone."""
    return ScopeForm(request.POST).chosen if event.series_id else SeriesScope.THIS


def _saved(outcome: SeriesOutcome) -> str:
    count = len(outcome.changed)
    if count == 1:
        return _("The changes are saved.")
    sentence = ngettext(
        "The changes are saved in %(count)s event.", "The changes are saved in %(count)s events.", count
    )
    return sentence % {"count": count}


def _save(request: StaffRequest, event: Event, sheet: EventSheet, scope: SeriesScope) -> SeriesOutcome:
    return edit_series(
        event,
        sheet.edit(),
        scope=scope,
        expected_version=sheet.version,
        notify=sheet.notify,
        by=request.user,
        at=timezone.now(),
    )


def _read(request: StaffRequest, maker: SheetMaker) -> EventSheet | None:
    """The sheet that was sent, with one more row where that was asked for; None when nothing was sent."""
    if request.method != "POST":
        return None
    part = _part_to_add(request)
    return maker.with_another(request.POST, part) if part else maker.typed(request.POST)


def _is_final(request: StaffRequest) -> bool:
    return request.method == "POST" and _part_to_add(request) is None and BACK not in request.POST


def _part_to_add(request: StaffRequest) -> Literal["sessions", "reminders"] | None:
    match request.POST.get("add"):
        case "sessions":
            return "sessions"
        case "reminders":
            return "reminders"
        case _:
            return None
