"""Template tags of the staff pages: menus with only what this person may open, and figures in a few letters."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.enums import EventStatus
from events.models import Event
from events.permissions import May, allowed_anywhere, allowed_in
from events.queries.desk import Glance, seats_at_a_glance
from events.queries.seats import SeatFigure
from events.templatetags.event_tags import day_text, moment_text, when_text
from notifications.enums import MessageState
from notifications.queries.audience import people_told
from registrations.enums import InvitationState, RegistrationState

register = template.Library()


@dataclass(frozen=True)
class MenuItem:
    """One link of a menu; `is_here` when the page shown is it or one below it."""

    label: str | Promise
    url: str
    is_here: bool


@dataclass(frozen=True)
class EventMenu:
    """The pages of one event, and what may be done with it."""

    items: list[MenuItem]
    may: dict[str, bool]


@register.simple_tag(takes_context=True)
def manage_menu(context: Context) -> list[MenuItem]:
    """The main menu of staff; people at the door have one page only."""
    request: HttpRequest = context["request"]
    may = allowed_anywhere(request.user)
    home = reverse("manage-home")
    items = [MenuItem(_("Today"), home, is_here=request.path == home)]
    if May.SEE in may:
        items.append(_item(request, _("Events"), "manage-events"))
    if May.EDIT in may:
        items.append(_item(request, _("Places"), "manage-venues"))
        items.append(_item(request, _("Information notices"), "manage-notices"))
        items.append(_item(request, _("Lists"), "manage-lists"))
    if May.MANAGE_PEOPLE in may:
        items.append(_item(request, _("Missed meetings"), "manage-no-shows"))
    if May.SEE_ACCESS_LOG in may:
        items.append(_item(request, _("Access log"), "manage-access-log"))
    if May.ADMINISTER in may:
        items.append(_item(request, _("Texts of messages"), "manage-texts"))
        items.append(_item(request, _("Retention"), "manage-retention"))
    return items


def _item(request: HttpRequest, label: str | Promise, name: str) -> MenuItem:
    url = reverse(name)
    return MenuItem(label, url, is_here=request.path.startswith(url))


@register.simple_tag(takes_context=True)
def event_menu(context: Context, event: Event) -> EventMenu:
    """The menu of one event."""
    request: HttpRequest = context["request"]
    may = allowed_in(request.user, event.unit_id)
    pages = (
        (May.SEE, _("Overview"), "manage-event"),
        (May.EDIT, _("Edit"), "manage-event-edit"),
        (May.EDIT, _("Agenda"), "manage-event-agenda"),
        (May.EDIT, _("Questions"), "manage-event-questions"),
        (May.EDIT, _("Files"), "manage-event-files"),
        (May.SEE_PEOPLE, _("Registrations"), "manage-registrations"),
        (May.SEE_PEOPLE, _("Invitations"), "manage-invitations"),
        (May.SEE_NEEDS, _("Needs"), "manage-needs"),
        (May.CHECK_IN, _("Door"), "manage-door"),
        (May.SEE_PEOPLE, _("Attendance"), "manage-attendance"),
        (May.SEE_MESSAGES, _("Messages"), "manage-messages"),
    )
    overview = reverse("manage-event", args=[event.slug])
    items = []
    for needed, label, name in pages:
        url = reverse(name, args=[event.slug])
        if needed in may:
            is_here = request.path == url if url == overview else request.path.startswith(url)
            items.append(MenuItem(label, url, is_here=is_here))
    return EventMenu(items=items, may={each.value: each in may for each in May})


@register.simple_tag
def seats_of(event: Event) -> Glance:
    """The seats of an event; asks nothing where its pools are at hand."""
    return seats_at_a_glance(event)


@register.filter
def fullness(figure: SeatFigure) -> str:
    """How full something is: "12 / 50", or "12" where there is no limit."""
    return str(figure.taken) if figure.capacity is None else f"{figure.taken} / {figure.capacity}"


@register.filter
def status_tone(status: str) -> str:
    """The colour that stands beside the word."""
    tones = {
        EventStatus.PUBLISHED: "good",
        EventStatus.DRAFT: "warning",
        EventStatus.IN_REVIEW: "warning",
        EventStatus.POSTPONED: "warning",
        EventStatus.CANCELLED: "bad",
    }
    return tones.get(EventStatus(status), "")


@register.simple_tag
def dates_of(event: Event) -> str:
    """When an event takes place, in one phrase, from its sessions at hand."""
    zone = event.time_zone
    sessions = [session for session in event.sessions.all() if not session.is_cancelled]
    if not sessions:
        return gettext("no date yet")
    if len(sessions) == 1:
        return capfirst(when_text(sessions[0], zone))
    first, last = sessions[0], sessions[-1]
    start = day_text(first.starts_at, zone) if first.all_day else moment_text(first.starts_at, zone)
    count = len(sessions)
    phrase = ngettext("%(first)s – %(last)s (%(count)s date)", "%(first)s – %(last)s (%(count)s dates)", count)
    return capfirst(phrase % {"first": start, "last": day_text(last.starts_at, zone), "count": count})


@register.simple_tag
def door_note(event: Event, at: datetime) -> str:
    """That an event is not today, and when it is; empty on its days, so that the door has nothing to read."""
    zone = ZoneInfo(event.time_zone)
    today = at.astimezone(zone).date()
    nearest: tuple[int, datetime] | None = None
    for session in event.sessions.all():
        if session.is_cancelled:
            continue
        first = session.starts_at.astimezone(zone).date()
        # A session that ends at midnight is over with the day before.
        last = max(first, (session.ends_at.astimezone(zone) - timedelta(microseconds=1)).date())
        if first <= today <= last:
            return ""
        days = ((first if today < first else last) - today).days
        # What is ahead comes before what is over, the nearest first.
        if nearest is None or (days < 0, abs(days)) < (nearest[0] < 0, abs(nearest[0])):
            nearest = days, session.starts_at
    if nearest is None:
        return ""
    days, starts_at = nearest
    if days > 0:
        phrase = ngettext(
            "This meeting is on %(day)s, in %(count)s day.", "This meeting is on %(day)s, in %(count)s days.", days
        )
    else:
        phrase = ngettext(
            "This meeting was on %(day)s, %(count)s day ago.", "This meeting was on %(day)s, %(count)s days ago.", -days
        )
    return phrase % {"day": day_text(starts_at, event.time_zone), "count": abs(days)}


@register.simple_tag
def audience_of(event: Event) -> int:
    """How many people a message about the event would reach."""
    return people_told(event)


@register.filter
def registration_tone(state: str) -> str:
    """The colour that stands beside the word."""
    tones = {
        RegistrationState.CONFIRMED: "good",
        RegistrationState.HELD: "warning",
        RegistrationState.OFFERED: "warning",
        RegistrationState.WAITLISTED: "warning",
        RegistrationState.AWAITING_APPROVAL: "warning",
    }
    return tones.get(RegistrationState(state), "")


@register.filter
def invitation_tone(state: str) -> str:
    """The colour that stands beside the word."""
    tones = {InvitationState.REGISTERED: "good", InvitationState.INVITED: "warning", InvitationState.SENDING: "warning"}
    return tones.get(InvitationState(state), "")


@register.filter
def message_tone(state: str) -> str:
    """The colour that stands beside the word."""
    tones = {
        MessageState.SENT: "good",
        MessageState.DELIVERED: "good",
        MessageState.FAILED: "bad",
        MessageState.UNKNOWN: "warning",
        MessageState.MISSED: "warning",
        MessageState.SUPPRESSED: "warning",
    }
    return tones.get(MessageState(state), "")


@register.filter
def minus(number: int) -> str:
    """A negative number with a minus sign as people write it, not a hyphen."""
    return f"\u2212{abs(number)}"
