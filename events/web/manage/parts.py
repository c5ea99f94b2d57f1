"""Staff pages of the parts of an event that have a sheet of their own: its agenda and its questions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.actions.definitions import EventDefinition, EventEdit, definition_of
from events.actions.editing import edit_event
from events.errors import DomainError
from events.forms.agenda import AgendaMaker
from events.forms.questions import QuestionMaker
from events.models import Event
from events.permissions import May, StaffRequest, get_managed_event


class _Sheet(Protocol):
    def is_valid(self) -> bool: ...
    def wrong_forms(self) -> list[forms.Form]: ...
    def show_refusal(self, refusal: DomainError) -> None: ...
    def edit(self) -> EventEdit: ...
    @property
    def version(self) -> int: ...


class _Maker(Protocol):
    def filled(self) -> _Sheet: ...
    def typed(self, data: QueryDict) -> _Sheet: ...
    def with_another(self, data: QueryDict, part: str) -> _Sheet: ...


@dataclass(frozen=True)
class _Page:
    """A page with a sheet; `parts` are the rows that it may get more of."""

    name: str
    template: str
    maker: Callable[[Event, EventDefinition], _Maker]
    parts: tuple[str, ...]


_AGENDA = _Page("manage-event-agenda", "manage/agenda.html", AgendaMaker, ("points", "people"))
_QUESTIONS = _Page("manage-event-questions", "manage/questions.html", QuestionMaker, ("questions",))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agenda(request: StaffRequest, slug: str) -> HttpResponse:
    """The points of every date, and who speaks, chairs, interprets and helps."""
    return _answer(request, slug, _AGENDA)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: StaffRequest, slug: str) -> HttpResponse:
    """What people are asked when they register."""
    return _answer(request, slug, _QUESTIONS)


def _answer(request: StaffRequest, slug: str, page: _Page) -> HttpResponse:
    event = get_managed_event(request.user, slug, May.EDIT)
    # The form speaks the time of the event's own place.
    with timezone.override(ZoneInfo(event.time_zone)):
        maker = page.maker(event, definition_of(event))
        part = request.POST.get("add")
        if request.method != "POST":
            sheet = maker.filled()
        elif part in page.parts:
            sheet = maker.with_another(request.POST, part)
        else:
            sheet = maker.typed(request.POST)
            if _is_saved(request, event, sheet):
                messages.success(request, _("The changes are saved."))
                return redirect(page.name, slug)
        return render(request, page.template, {"event": event, "sheet": sheet})


def _is_saved(request: StaffRequest, event: Event, sheet: _Sheet) -> bool:
    if not sheet.is_valid():
        return False
    try:
        edit_event(event, sheet.edit(), expected_version=sheet.version, by=request.user, at=timezone.now())
    except DomainError as refusal:
        sheet.show_refusal(refusal)
        return False
    return True
