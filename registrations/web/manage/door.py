"""The door: who comes in, found by code or by name, and counting people who are not asked for theirs."""

import secrets
from dataclasses import dataclass
from typing import Final

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.errors import DomainError
from events.forms.refusals import in_one_line
from events.models import DoorActor, Event, User, answers_for
from events.permissions import DoorRequest, get_door, may_know
from registrations.actions.attendance import CheckInAnswer, check_in, void_check_in
from registrations.enums import CheckInResult, CheckInSource
from registrations.forms.manage import CheckInForm, UndoForm
from registrations.models import PartyMember, Registration
from registrations.queries.at_the_door import (
    PersonAtDoor,
    door_figures,
    latest_admission,
    party_at_the_door,
    people_at_the_door,
)
from registrations.queries.doors import get_event_registration, get_party_member
from registrations.queries.rooms import room_figures
from registrations.web.door_pass import at_the_door
from registrations.web.manage.door_app import CSP, door_context

# What the access log calls a search here.
_ABOUT: Final = "door"


@dataclass(frozen=True)
class DoorAnswer:
    """What the page says about the last code; `other_event` only where this person may know of it.

    `party`: everybody who comes together with them, each with a number for their button.
    """

    result: CheckInResult
    registration: Registration | None
    other_event: Event | None
    answer: CheckInAnswer
    party: list[tuple[PersonAtDoor, str]]

    @property
    def member(self) -> PartyMember | None:
        """Whom of the party it is about."""
        return self.answer.member

    @property
    def full_name(self) -> str:
        """Who stands there."""
        if self.registration is None:
            return ""
        return PersonAtDoor(self.registration, self.member).full_name


@csp_update(CSP)
@at_the_door
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: DoorRequest, slug: str) -> HttpResponse:
    """The page for a phone at the door; posting a code or a reference checks somebody in."""
    event, actor = get_door(request.user, request.door_pass, slug)
    answer = None
    if request.method == "POST":
        form = CheckInForm(request.POST)
        if form.is_valid() and (form.cleaned_data["code"] or form.cleaned_data["reference"]):
            answer = answer_of(request, event, form, by=actor)
    words = request.GET.get("q", "")[:100]
    now = timezone.now()
    people = _with_nonces(people_at_the_door(event, q=words))
    if people:
        note_search(actor, event, len(people))
    return render(
        request,
        "manage/door.html",
        {
            **door_context(event),
            "answer": answer,
            "undo": undo_form(answer),
            "nonce": _nonce(),
            "words": words,
            "people": people,
            "figures": door_figures(event, at=now),
            "room": room_figures(event, at=now),
        },
    )


def answer_of(request: HttpRequest, event: Event, form: CheckInForm, *, by: DoorActor) -> DoorAnswer | None:
    """Check in by the form's code or reference, and word a refusal as a message."""
    typed = form.cleaned_data
    try:
        answer = check_in(
            event,
            code=typed["code"] or None,
            reference=typed["reference"] or None,
            member_id=typed["member"],
            nonce=typed["nonce"],
            source=CheckInSource.QR if typed["code"] else CheckInSource.SEARCH,
            by=by,
            at=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
        return None
    is_other = answer.result == CheckInResult.WRONG_EVENT
    party = party_at_the_door(answer.registration) if answer.registration is not None else []
    return DoorAnswer(
        result=answer.result,
        registration=answer.registration,
        party=_with_nonces(party),
        other_event=answer.event if is_other and may_know(by, answer.event) else None,
        answer=answer,
    )


def note_search(actor: DoorActor, event: Event, people: int) -> None:
    """Write down who looked; a pass under the name of whoever gave it."""
    about = _ABOUT if isinstance(actor, User) else f"pass {actor.pk}"
    user = answers_for(actor)
    assert user is not None  # a pass without somebody who answers for it opens no door
    note_access(user, AccessKind.REGISTRATIONS, event=event, about=about, people=people, at=timezone.now())


def undo_form(answer: DoorAnswer | None) -> UndoForm | None:
    """The form that takes the admission shown back."""
    if answer is None or answer.registration is None:
        return None
    if answer.result not in {CheckInResult.ADMITTED, CheckInResult.ALREADY_PRESENT}:
        return None
    member = answer.member.pk if answer.member is not None else None
    return UndoForm(initial={"reference": answer.registration.reference, "member": member})


@at_the_door
@require_POST
def undo(request: DoorRequest, slug: str) -> HttpResponse:
    """Take an admission back."""
    event, actor = get_door(request.user, request.door_pass, slug)
    form = UndoForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the admission is taken back."))
        return redirect("manage-door", slug)
    typed = form.cleaned_data
    registration = get_event_registration(event, typed["reference"])
    member = get_party_member(registration, typed["member"]) if typed["member"] is not None else None
    admission = latest_admission(registration, member)
    if admission is None:
        messages.error(request, _("This admission has been taken back already."))
        return redirect("manage-door", slug)
    try:
        void_check_in(admission, reason=typed["reason"], by=actor, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    else:
        messages.success(request, _("The admission is taken back."))
    return redirect("manage-door", slug)


def _with_nonces(people: list[PersonAtDoor]) -> list[tuple[PersonAtDoor, str]]:
    return [(person, _nonce()) for person in people]


def _nonce() -> str:
    return secrets.token_urlsafe(16)
