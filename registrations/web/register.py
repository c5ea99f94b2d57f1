"""Signing up: the form, and the page after it that says where the mail went."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypedDict

from django.contrib import messages
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.errors import DomainError, FieldErrors
from events.models import Event, InformationNotice
from events.permissions import get_visible_event
from events.queries.event_pages import event_page_facts
from events.queries.notices import current_notice
from events.queries.questions import asked_questions
from registrations.actions.addresses import ask_for_link, correct_address, write_to_owner
from registrations.actions.history import LETTERS_PER_HOUR
from registrations.actions.needs import Need
from registrations.actions.rates import count_attempt
from registrations.actions.signing_up import Applicant, Guest, SignUp, sign_up
from registrations.enums import RegistrationSource, RegistrationState
from registrations.errors import RateLimited
from registrations.forms.public import AddressForm, SignUpForm
from registrations.models import Registration
from registrations.queries.certain_days import next_certain_day
from registrations.queries.consents import OFFERED_PURPOSES, current_texts

_SESSION_KEY: Final = "sign_up"
# So long can a mistyped address be mended from the page after the form.
_KEPT_FOR: Final = timedelta(hours=1)
_TOO_MANY: Final = 429
_REFUSED: Final = 409
_INVALID: Final = 400


class _KeptSignUp(TypedDict):
    """What the session keeps on the server between the form and the page after it."""

    slug: str
    registration: int | None
    applicant: dict[str, Any]
    state: str
    confirm_by: str | None
    until: str
    corrections: int


@dataclass(frozen=True)
class _Sent:
    """A sign-up as the page after the form needs it."""

    registration_id: int | None
    applicant: Applicant
    state: RegistrationState
    confirm_by: datetime | None
    corrections: int

    @property
    def is_held(self) -> bool:
        """Whether the address is still to be confirmed."""
        return self.state == RegistrationState.HELD


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form, or take it; what is wrong stands at its field and nothing typed is lost."""
    event, now = get_visible_event(slug), timezone.now()
    facts = event_page_facts(event, at=now)
    offered = [session for session in facts.sessions if not session.is_cancelled and session.starts_at > now]
    data = request.POST if request.method == "POST" else None
    form = SignUpForm(
        data,
        event=event,
        sessions=offered,
        questions=asked_questions(event.pk),
        consents=current_texts(at=now, purposes=OFFERED_PURPOSES),
    )
    notice = current_notice(event.unit, kind=event.kind, at=now)
    context = {
        "event": event,
        "facts": facts,
        "window": facts.window,
        "form": form,
        "notice": notice,
        "certain": next_certain_day(event, offered, at=now),
    }
    status = 200
    if request.method == "POST" and not form.is_growing:
        if form.is_valid():
            try:
                count_attempt(request.META["REMOTE_ADDR"], at=now)
                applicant = form.applicant()
                answer = _sign_up(request, event, applicant, notice, at=now)
            except FieldErrors as refusal:
                form.take(refusal)
            except RateLimited as refusal:
                form.add_error(None, refusal.message)
                status = _TOO_MANY
            except DomainError as refusal:
                form.add_error(None, refusal.message)
                status = _REFUSED
            else:
                _keep(request, slug, applicant, answer, at=now)
                return redirect("register-sent", slug)
        status = _INVALID if status == 200 else status  # noqa: PLR2004  # nothing worse has been found
    return render(request, "registrations/register.html", context, status=status)


@never_cache
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say where the mail went and what comes next."""
    kept = _kept(request, slug, at=timezone.now())
    if kept is None:
        return redirect("event-register", slug)
    return _sent_page(request, slug, kept, AddressForm())


@never_cache
@require_POST
def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the mail to another address, because the first one was mistyped."""
    now = timezone.now()
    kept = _kept(request, slug, at=now)
    if kept is None:
        return redirect("event-register", slug)
    form = AddressForm(request.POST)
    if not (kept.is_held and form.is_valid()):
        return _sent_page(request, slug, kept, form, status=_INVALID)
    applicant = replace(kept.applicant, email=form.cleaned_data["email"])
    try:
        count_attempt(request.META["REMOTE_ADDR"], at=now)
        # Counted here too: a registration that was found on the way has no count of its own to refuse by.
        if kept.corrections >= LETTERS_PER_HOUR:
            raise RateLimited(details={"retry_after": int(_KEPT_FOR.total_seconds())})
        if kept.registration_id is None:
            # The address before has a registration already, of which nothing may be seen here: the person signs up anew.
            event = get_visible_event(slug)
            answer = _sign_up(request, event, applicant, current_notice(event.unit, kind=event.kind, at=now), at=now)
        else:
            registration = Registration.objects.get(pk=kept.registration_id)
            corrected = correct_address(registration, email=applicant.email, at=now)
            answer = SignUp(kept.state, corrected, kept.confirm_by)
    except DomainError as refusal:
        form.add_error("email", refusal.message)
        return _sent_page(request, slug, kept, form, status=_REFUSED)
    _keep(request, slug, applicant, answer, corrections=kept.corrections + 1, at=now)
    messages.success(request, _("The mail goes to the corrected address."))
    return redirect("register-sent", slug)


@never_cache
@require_POST
def send_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the mail once more to the same address."""
    now = timezone.now()
    kept = _kept(request, slug, at=now)
    if kept is None:
        return redirect("event-register", slug)
    try:
        count_attempt(request.META["REMOTE_ADDR"], at=now)
        if kept.registration_id is None:
            write_to_owner(get_visible_event(slug), email=kept.applicant.email, at=now)
        else:
            ask_for_link(Registration.objects.get(pk=kept.registration_id), at=now)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("If the mail did not arrive, another one is on its way now."))
    return redirect("register-sent", slug)


def masked(address: str) -> str:
    """An address that its owner knows again and nobody else learns: `a•••@example.org`."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"


def _sign_up(
    request: HttpRequest, event: Event, applicant: Applicant, notice: InformationNotice | None, *, at: datetime
) -> SignUp:
    return sign_up(
        event, applicant, source=RegistrationSource.WEB, language=request.LANGUAGE_CODE, notice=notice, at=at
    )


def _sent_page(request: HttpRequest, slug: str, kept: _Sent, form: AddressForm, *, status: int = 200) -> HttpResponse:
    context = {
        "event": get_visible_event(slug),
        "kept": kept,
        "masked": masked(kept.applicant.email),
        "form": form,
    }
    return render(request, "registrations/sent.html", context, status=status)


def _keep(
    request: HttpRequest, slug: str, applicant: Applicant, answer: SignUp, *, corrections: int = 0, at: datetime
) -> None:
    kept = _KeptSignUp(
        slug=slug,
        registration=answer.registration.pk if answer.registration is not None else None,
        applicant=asdict(_without_what_is_stored(applicant) if answer.registration is not None else applicant),
        state=answer.state,
        confirm_by=answer.confirm_by.isoformat() if answer.confirm_by is not None else None,
        until=(at + _KEPT_FOR).isoformat(),
        corrections=corrections,
    )
    if request.user.is_authenticated:
        # Their session lasts longer than this may be kept: so it lies in one of its own, which ends by itself.
        request.session[_SESSION_KEY] = _kept_apart(kept)
    else:
        request.session[_SESSION_KEY] = kept
        request.session.set_expiry(_KEPT_FOR)


def _kept_apart(kept: _KeptSignUp) -> str:
    apart = SessionStore()
    apart[_SESSION_KEY] = kept
    apart.set_expiry(_KEPT_FOR)
    apart.create()
    return str(apart.session_key)


def _without_what_is_stored(applicant: Applicant) -> Applicant:
    """What stands with the registration is not kept twice; only who has none may have to send it once more."""
    return replace(applicant, answers={}, needs=(), party=())


def _kept(request: HttpRequest, slug: str, *, at: datetime) -> _Sent | None:
    kept: _KeptSignUp | str | None = request.session.get(_SESSION_KEY)
    if isinstance(kept, str):
        kept = SessionStore(kept).get(_SESSION_KEY)
    until = parse_datetime(kept["until"]) if kept is not None else None
    if kept is None or until is None or at >= until:
        request.session.pop(_SESSION_KEY, None)
        return None
    if kept["slug"] != slug:
        return None
    stored = kept["applicant"]
    lists = {
        "session_ids": tuple(stored["session_ids"]),
        "consents": tuple(stored["consents"]),
        "needs": tuple(Need(**need) for need in stored["needs"]),
        "party": tuple(Guest(**guest) for guest in stored["party"]),
    }
    return _Sent(
        registration_id=kept["registration"],
        applicant=Applicant(**{**stored, **lists}),
        state=RegistrationState(kept["state"]),
        confirm_by=parse_datetime(kept["confirm_by"]) if kept["confirm_by"] else None,
        corrections=kept["corrections"],
    )
