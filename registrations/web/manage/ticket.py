"""What a camera opens from the code on a registration: one button for staff, a plain word for everybody else."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.models import DoorActor
from events.permissions import door_pass_in, get_door
from registrations.forms.manage import CheckInForm
from registrations.queries.at_the_door import PersonAtDoor, person_at_my_door
from registrations.web.manage.door import answer_of, undo_form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """Show one button to whoever stands at that door; a GET never acts, and a stranger learns nothing."""
    # The address is printed as a code and has no language of its own.
    with translation.override(translation.get_language_from_request(request)):
        door_pass = door_pass_in(request.session, at=timezone.now())
        person = person_at_my_door(request.user, door_pass, code)
        if person is None:
            response = render(request, "manage/ticket_plain.html")
        else:
            _event, actor = get_door(request.user, door_pass, person.registration.event.slug)
            response = _staff_page(request, person, by=actor)
        response.headers["Content-Language"] = translation.get_language()
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _staff_page(request: HttpRequest, person: PersonAtDoor, *, by: DoorActor) -> HttpResponse:
    answer, registration = None, person.registration
    if request.method == "POST":
        form = CheckInForm({"code": person.ticket_code, "nonce": request.POST.get("nonce", "")})
        if form.is_valid():
            answer = answer_of(request, registration.event, form, by=by)
    context = {
        "event": registration.event,
        "registration": registration,
        "person": person,
        "answer": answer,
        "now": timezone.now(),
        "undo": undo_form(answer),
        "nonce": secrets.token_urlsafe(16),
    }
    return render(request, "manage/ticket.html", context)
