"""The staff page that reads the list of an online meeting: shown first, written down when somebody confirms it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.errors import DomainError
from events.forms.refusals import in_one_line, show_refusal
from events.models import Event
from events.permissions import May, StaffRequest, get_managed_event
from registrations.actions.online_attendance import note_online_attendance
from registrations.forms.online_list import OnlineListForm, ticked_people
from registrations.models import Registration
from registrations.queries.online_attendance import OnlineMatches, online_matches

_CONFIRMED = "confirmed"
_PERSON = "person"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def online_list(request: StaffRequest, slug: str) -> HttpResponse:
    """Show who of the list is registered; what is sent with the confirmation is who was ticked, and no file."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    if request.method == "POST" and _CONFIRMED in request.POST:
        return _write_down(request, event)
    form = OnlineListForm()
    found: OnlineMatches | None = None
    if request.method == "POST":
        form = OnlineListForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                found = online_matches(event, form.rows())
            except DomainError as refusal:
                show_refusal(form, refusal)
    if found is not None and (people := len(found.matched) + len(found.proposed)):
        note_access(
            request.user,
            AccessKind.REGISTRATIONS,
            event=event,
            about="online list",
            people=people,
            at=timezone.now(),
        )
    return render(request, "manage/online_attendance.html", {"event": event, "form": form, "found": found})


def _write_down(request: StaffRequest, event: Event) -> HttpResponse:
    references = Registration.objects.filter(event=event).in_bulk(
        [value.partition(".")[0] for value in request.POST.getlist(_PERSON)], field_name="reference"
    )
    people = ticked_people(request.POST.getlist(_PERSON), references)
    try:
        number = note_online_attendance(event, people, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    else:
        sentence = ngettext(
            "%(count)s person is now written down as present.",
            "%(count)s people are now written down as present.",
            number,
        )
        messages.success(request, sentence % {"count": number})
    return redirect("manage-attendance", event.slug)
