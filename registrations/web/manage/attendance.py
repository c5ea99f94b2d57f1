"""Staff pages after the meeting: the figures, who came, who is excused, closing attendance and opening it again."""

import secrets
from datetime import datetime
from typing import Final, TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from events.actions.accesses import note_access
from events.enums import AccessKind
from events.errors import DomainError
from events.forms.filters import page_number
from events.forms.refusals import in_one_line
from events.models import Event, ParticipantCategory, User
from events.permissions import May, StaffRequest, get_managed_event, may_do
from registrations.actions.attendance import check_in
from registrations.actions.closing import close_attendance, excuse, reopen_attendance, take_excuse_back
from registrations.enums import CheckInResult, CheckInSource
from registrations.errors import NotActive
from registrations.forms.attendance import EXCUSE, PRESENT, AttendanceFilterForm, OnePersonForm
from registrations.models import Registration
from registrations.queries.attendance import attendees
from registrations.queries.doors import get_event_registration, get_party_member
from registrations.queries.lists import report_figures

ON_A_PAGE: Final = 100
# What the access log calls a look here.
ABOUT: Final = "attendance"


@never_cache
@login_required
@require_safe
def attendance(request: StaffRequest, slug: str) -> HttpResponse:
    """The figures of who came, and everybody with a seat by name."""
    event = get_managed_event(request.user, slug, May.SEE_PEOPLE)
    form = AttendanceFilterForm(request.GET)
    try:
        page = Paginator(attendees(event, attendance=form.chosen), ON_A_PAGE).page(page_number(request.GET))
    except EmptyPage as error:
        raise Http404 from error
    now = timezone.now()
    if page.object_list:
        note_access(
            request.user, AccessKind.REGISTRATIONS, event=event, about=ABOUT, people=len(page.object_list), at=now
        )
    report = report_figures(event)
    names = {category.code: category for category in ParticipantCategory.objects.filter(code__in=report.by_category)}
    context = {
        "event": event,
        "form": form,
        "page": page,
        "report": report,
        "by_category": [(names.get(code), figures) for code, figures in report.by_category.items()],
        "can_manage": may_do(request.user, event, May.MANAGE_PEOPLE),
        "can_take_away": may_do(request.user, event, May.EXPORT_PEOPLE),
        "is_over": event.ends_at is not None and event.ends_at <= now,
        "nonce": secrets.token_hex(12),
    }
    return render(request, "manage/attendance.html", context)


@login_required
@require_POST
def close(request: StaffRequest, slug: str) -> HttpResponse:
    """Write down who did not come."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    try:
        absent = close_attendance(event, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    else:
        sentence = ngettext(
            "Attendance is closed. %(count)s person did not come.",
            "Attendance is closed. %(count)s people did not come.",
            absent,
        )
        messages.success(request, sentence % {"count": absent})
    return redirect("manage-attendance", slug)


@login_required
@require_POST
def reopen(request: StaffRequest, slug: str) -> HttpResponse:
    """Take back that people did not come."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    try:
        reopen_attendance(event, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    else:
        messages.success(request, _("Attendance is open again: of nobody is it said that they did not come."))
    return redirect("manage-attendance", slug)


class _Who(TypedDict):
    by: User
    at: datetime


@login_required
@require_POST
def person(request: StaffRequest, slug: str) -> HttpResponse:
    """Say of one person that they were there, that they are excused, or that they are not after all."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    form = OnePersonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why, in at most 300 letters."))
        return redirect("manage-attendance", slug)
    said = form.cleaned_data
    registration = get_event_registration(event, said["reference"])
    member = get_party_member(registration, said["member"]) if said["member"] is not None else None
    who: _Who = {"by": request.user, "at": timezone.now()}
    try:
        if said["act"] == PRESENT:
            _write_down_presence(event, registration, said["member"], nonce=said["nonce"], **who)
        elif said["act"] == EXCUSE:
            excuse(registration, member, reason=said["reason"], **who)
        else:
            take_excuse_back(registration, member, **who)
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
    else:
        name = (member or registration.participant).full_name
        messages.success(request, _("It is written down: %(name)s.") % {"name": name})
    return redirect("manage-attendance", slug)


def _write_down_presence(
    event: Event, registration: Registration, member_id: int | None, *, nonce: str, by: User, at: datetime
) -> None:
    answer = check_in(
        event,
        reference=registration.reference,
        member_id=member_id,
        nonce=nonce or secrets.token_hex(12),
        source=CheckInSource.LIST,
        by=by,
        at=at,
    )
    if answer.result not in {CheckInResult.ADMITTED, CheckInResult.ALREADY_PRESENT}:
        raise NotActive
