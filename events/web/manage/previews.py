"""The page between a form and saving: what would change and who would be told, with everything typed carried along."""

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from events.actions.previewing import Preview, preview
from events.models import Event
from events.permissions import StaffRequest

# The buttons of a form and of its preview.
PREVIEW: Final = "preview"
CONFIRMED: Final = "confirmed"
BACK: Final = "back"
_SAVE: Final = gettext_lazy("Save the changes")


def preview_to_show(
    request: StaffRequest, event: Event, act: Callable[[Event], object], *, in_any_case: bool = False
) -> Preview | None:
    """What would change, where somebody asks for it or people would be told; None when it is to be done."""
    if CONFIRMED in request.POST:
        return None
    would_be = preview(event, act)
    is_shown = in_any_case or PREVIEW in request.POST or any(would_be.told.values())
    return would_be if is_shown else None


def preview_page(
    request: StaffRequest, event: Event, would_be: Preview, *, confirm: str | Promise = _SAVE
) -> HttpResponse:
    """The differences, with everything that was typed carried along; `confirm` is what its button says."""
    left_out = {"csrfmiddlewaretoken", PREVIEW, CONFIRMED, BACK}
    carried = [
        (name, value) for name, values in request.POST.lists() if name not in left_out for value in map(str, values)
    ]
    own = [change for change in would_be.differences if change.event_id == event.pk]
    others = {change.event_id for change in would_be.differences} - {event.pk}
    context = {
        "event": event,
        "preview": would_be,
        "own": own,
        "other_count": len(others),
        "carried": carried,
        "confirm": confirm,
    }
    return render(request, "manage/event_preview.html", context)
