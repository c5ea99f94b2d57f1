"""What can be done with an event now, by its state and one's rights, as buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.enums import EventStatus
from events.errors import Gap
from events.models import Event
from events.permissions import May, allowed_in

register = template.Library()


@dataclass(frozen=True)
class Button:
    """One step; `posts` where a press is the step itself, else it leads to the step's page."""

    name: str
    label: str | Promise
    posts: bool = False
    tone: str = "quiet"

    def url(self, event: Event) -> str:
        """Where it leads."""
        return reverse(self.name, args=[event.slug])


@dataclass(frozen=True)
class Step:
    """A button with its address."""

    button: Button
    url: str


@dataclass(frozen=True)
class Steps:
    """The step that comes next, and everything else that can be done."""

    main: Step | None
    others: list[Step]


_UNSEEN = (EventStatus.DRAFT, EventStatus.IN_REVIEW)
_PUBLISH = Button("manage-event-publish", _("Publish"))
_APPROVE = Button("manage-event-publish", _("Approve and publish"))
_SUBMIT = Button("manage-event-submit", _("Send for review"))
_SEND_BACK = Button("manage-event-send-back", _("Send back with a word"))
_NEW_DATE = Button("manage-event-new-date", _("Set a new date"))
_POSTPONE = Button("manage-event-postpone", _("Postpone without a date"), tone="danger")
_CANCEL = Button("manage-event-cancel", _("Cancel the event"), tone="danger")
_HOLD = Button("manage-event-hold", _("It took place"))
_CLOSE = Button("manage-event-close", _("Close the event"))
_COPY = Button("manage-event-copy", _("Make a copy"), posts=True)
_TEMPLATE = Button("manage-event-template", _("Save as a template"), posts=True)
_REPEAT = Button("manage-event-repeat", _("Make a series from it"))
_LEGAL_HOLD = Button("manage-event-legal-hold", _("Legal hold on its data"))
_DELETE = Button("manage-event-delete", _("Delete the draft"), tone="danger")
_DELETE_TEMPLATE = Button("manage-event-delete", _("Delete the template"), tone="danger")
_USE = Button("manage-event-copy", _("Make an event from it"), posts=True)


@register.simple_tag(takes_context=True)
def steps_of(context: Context, event: Event, at: datetime) -> Steps:
    """The main step first; the others in the order of an event's life."""
    request: HttpRequest = context["request"]
    may = allowed_in(request.user, event.unit_id)
    steps = [Step(button, button.url(event)) for needed, button in _open(event, at) if needed in may]
    is_main = bool(steps) and steps[0].button not in {_COPY, _POSTPONE, _CANCEL}
    return Steps(main=steps[0] if is_main else None, others=steps[1:] if is_main else steps)


def _open(event: Event, at: datetime) -> Iterator[tuple[May, Button]]:
    if event.is_template:
        yield May.EDIT, _USE
        yield May.EDIT, _REPEAT
        yield May.EDIT, _DELETE_TEMPLATE
        return
    yield from _moves(event, at)
    yield May.EDIT, _COPY
    yield May.EDIT, _REPEAT
    yield May.EDIT, _TEMPLATE
    if event.status not in _UNSEEN:
        yield May.OVERRIDE, _LEGAL_HOLD
    if event.status in _UNSEEN and event.published_at is None:
        yield May.EDIT, _DELETE


def _moves(event: Event, at: datetime) -> Iterator[tuple[May, Button]]:
    match EventStatus(event.status):
        case EventStatus.DRAFT:
            yield May.PUBLISH, _PUBLISH
            yield May.EDIT, _SUBMIT
        case EventStatus.IN_REVIEW:
            yield May.PUBLISH, _APPROVE
            yield May.PUBLISH, _SEND_BACK
        case EventStatus.PUBLISHED:
            yield from _of_announced(event, at)
        case EventStatus.POSTPONED:
            yield May.PUBLISH, _NEW_DATE
            yield May.PUBLISH, _CANCEL
        case EventStatus.HELD:
            yield May.PUBLISH, _CLOSE
        case EventStatus.CLOSED | EventStatus.CANCELLED:
            return


def _of_announced(event: Event, at: datetime) -> Iterator[tuple[May, Button]]:
    has_begun = not event.planned_only and event.starts_at is not None and event.starts_at <= at
    if has_begun:
        yield May.PUBLISH, _HOLD
        if event.ends_at is not None and event.ends_at <= at:
            yield May.PUBLISH, _CLOSE
    yield May.PUBLISH, _POSTPONE
    yield May.PUBLISH, _CANCEL


@register.filter
def passed_over_by(gap: Gap) -> str:
    """The roles that may pass something missing over."""
    return ", ".join(str(role.label) for role in gap.overridable_by)
