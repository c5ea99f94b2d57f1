"""A person's own door `/r/{token}/`: GET shows, POST acts.

The key in the address is the credential, so these forms carry no CSRF token: who knows the key may act, who does not
cannot forge the address. It also lets them work with `no-referrer`, under which browsers name no origin, and without
cookies in the windows that mail programs open.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.enums import EventStatus, Language, Visibility
from events.errors import DomainError, FieldErrors
from events.queries.feeds import links_to
from events.queries.former_places import former_places
from events.queries.questions import asked_questions
from events.rendering import event_address
from registrations.actions.calendars import choose_alarm, personal_feed, revoke_feed
from registrations.actions.details import change_details
from registrations.actions.intentions import say_coming
from registrations.actions.moves import accept_offer, cancel_registration, confirm_registration, decline_offer
from registrations.actions.no_shows import object_to_pause
from registrations.enums import RegistrationState
from registrations.forms.calendars import AlarmForm
from registrations.forms.no_shows import ObjectionForm
from registrations.forms.public import NeedsAndAnswersForm
from registrations.models import CalendarFeed, Registration
from registrations.queries.certain_days import next_certain_day
from registrations.queries.consents import consents_of
from registrations.queries.joining import joining
from registrations.queries.own_pages import is_over, is_too_late_to_cancel, own_page_facts
from registrations.web.own_doors import own_door as _own_door

_REFUSED = 409
_INVALID = 400


@_own_door
@require_safe
def own_page(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Show where the registration stands and what can be done."""
    return _page(request, registration)


@_own_door
@require_POST
def confirm(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Confirm the address."""
    return _act(request, registration, lambda: confirm_registration(registration, at=timezone.now()))


@_own_door
@require_POST
def accept(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Take the seat that is offered."""
    return _act(request, registration, lambda: accept_offer(registration, at=timezone.now()))


@_own_door
@require_POST
def decline(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Leave the seat that is offered to somebody else."""
    return _act(request, registration, lambda: decline_offer(registration, at=timezone.now()))


@_own_door
@require_POST
def coming(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Answer that one still comes; "no" is to cancel."""
    return _act(request, registration, lambda: say_coming(registration, at=timezone.now()))


@_own_door
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Ask whether the person is sure; then give the seat back."""
    if request.method != "POST":
        if not _can_cancel(registration):
            return redirect("registration-manage", registration.manage_token)
        return render(request, "registrations/cancel.html", _context(registration))
    return _act(request, registration, lambda: cancel_registration(registration, by=None, at=timezone.now()))


@_own_door
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Show what the person needs and answered, and take what they change."""
    if request.method != "POST" and not registration.is_active:
        return redirect("registration-manage", registration.manage_token)
    facts, questions = own_page_facts(registration), asked_questions(registration.event_id)
    form = NeedsAndAnswersForm(request.POST if request.method == "POST" else None, questions=questions, facts=facts)
    status = 200
    if request.method == "POST":
        status = _INVALID
        if form.is_valid():
            try:
                change_details(registration, {}, answers=form.answers(), needs=form.given_needs(), at=timezone.now())
            except FieldErrors as refusal:
                form.take(refusal)
            except DomainError as refusal:
                return _page(request, registration, refusal=refusal.message, status=_REFUSED)
            else:
                return redirect("registration-manage", registration.manage_token)
    context = {
        "event": registration.event,
        "form": form,
        "token": registration.manage_token,
        "certain": next_certain_day(registration.event, facts.sessions, at=timezone.now()),
    }
    return render(request, "registrations/details.html", context, status=status)


@_own_door
@require_POST
def make_calendar(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Make the person's own calendar address."""
    return _act(request, registration, lambda: personal_feed(registration, at=timezone.now()))


@_own_door
@require_POST
def revoke_calendar(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Replace the person's own calendar address, because somebody else has learnt it."""
    feed = CalendarFeed.objects.filter(email_key=registration.email_key).first()
    if feed is None or str(feed.generation) != request.POST.get("generation"):
        # Replaced already: a second click must not throw away the new address.
        return redirect("registration-manage", registration.manage_token)
    return _act(request, registration, lambda: revoke_feed(feed, at=timezone.now()))


@_own_door
@require_POST
def choose_calendar_alarm(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Let the person's own calendar remind them, or not."""
    feed = CalendarFeed.objects.filter(email_key=registration.email_key).first()
    form = AlarmForm(request.POST)
    if feed is None or not form.is_valid():
        return redirect("registration-manage", registration.manage_token)
    return _act(request, registration, lambda: choose_alarm(feed, form.alarm_chosen(), at=timezone.now()))


@_own_door
@require_POST
def object_to_last_place(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Take down why the person should not queue last."""
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _page(request, registration, objection=form, status=_INVALID)
    words = form.cleaned_data["words"]
    return _act(request, registration, lambda: object_to_pause(registration, words, at=timezone.now()))


def _act(request: HttpRequest, registration: Registration, action: Callable[[], object]) -> HttpResponse:
    try:
        action()
    except DomainError as refusal:
        registration.refresh_from_db()
        return _page(request, registration, refusal=refusal.message, status=_REFUSED)
    return redirect("registration-manage", registration.manage_token)


def _page(
    request: HttpRequest,
    registration: Registration,
    *,
    refusal: str = "",
    objection: ObjectionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {**_context(registration), "refusal": refusal, "objection": objection or ObjectionForm()}
    return render(request, "registrations/own.html", context, status=status)


def _can_cancel(registration: Registration) -> bool:
    return registration.is_active and not is_too_late_to_cancel(registration, at=timezone.now())


def _context(registration: Registration) -> dict[str, object]:
    facts, event = own_page_facts(registration), registration.event
    context: dict[str, object] = {
        "registration": registration,
        "event": event,
        "facts": facts,
        "consents": consents_of([registration]),
        "token": registration.manage_token,
        "can_cancel": _can_cancel(registration) and event.status != EventStatus.CANCELLED,
        "can_change_party": registration.is_active
        and event.status != EventStatus.CANCELLED
        and not is_over(event, at=timezone.now()),
        "join": joining(event, facts.sessions, state=registration.state, at=timezone.now()),
        "must_confirm": event.policy.confirm_email and registration.address_confirmed_at is None,
        "former_place": former_places([event]).get(event.pk),
        # Into a calendar of one's own only with what is sure to take place; the key of this page goes nowhere.
        "is_coming_up": registration.state == RegistrationState.CONFIRMED
        and event.status == EventStatus.PUBLISHED
        and any(session.ends_at > timezone.now() for session in facts.sessions),
        "page_url": ""
        if event.visibility == Visibility.RESTRICTED
        else event_address(event.slug, get_language() or Language.PL),
        "ticket_url": f"{settings.BASE_URL}{reverse('ticket-code', args=[registration.ticket_code])}",
    }
    if facts.feed is not None:
        address = f"{settings.BASE_URL}{reverse('feed-personal', args=[facts.feed.token])}"
        context |= {
            "feed": links_to(address, name=_("My registrations")),
            "alarm": AlarmForm(initial={"alarm": facts.feed.alarm_minutes}),
        }
    return context
