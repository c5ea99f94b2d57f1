"""Staff pages of an event's invitations: the list, one person, a table of people, sending, taking back."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.actions.accesses import note_access
from events.enums import AccessKind, EventStatus
from events.errors import DomainError, FieldErrors
from events.forms.refusals import in_one_line, show_refusal
from events.models import Event
from events.permissions import May, StaffRequest, get_managed_event, may_do
from events.web.manage.previews import CONFIRMED
from events.web.paging import page_of
from registrations.actions.invitations import (
    CHANGEABLE,
    change_invitation,
    invite,
    revoke_invitation,
    send_invitations,
)
from registrations.forms.invitations import ImportForm, InvitationFilterForm, InvitationForm, SendForm
from registrations.forms.invitees_table import read_invitees
from registrations.forms.table_files import MOST_BYTES, table_of_file
from registrations.models import Invitation
from registrations.queries.invitations import event_invitations, get_event_invitation, standing_of

ON_A_PAGE: Final = 50
_SHOWN_AND_SENT: Final = ["GET", "HEAD", "POST"]
# What the access log calls the list.
_ABOUT: Final = "invitations"


@never_cache
@login_required
@require_safe
def invitation_list(request: StaffRequest, slug: str) -> HttpResponse:
    """Who is invited, and what came of it; the personal links are shown to nobody."""
    event = get_managed_event(request.user, slug, May.SEE_PEOPLE)
    form = InvitationFilterForm(request.GET)
    page = page_of(event_invitations(event, q=form.words, state=form.chosen_state), request.GET, size=ON_A_PAGE)
    rows = list(page.object_list)
    if rows:
        kind = AccessKind.REGISTRATIONS
        note_access(request.user, kind, event=event, about=_ABOUT, people=len(rows), at=timezone.now())
    can_manage = may_do(request.user, event, May.MANAGE_PEOPLE)
    context = {
        "event": event,
        "form": form,
        "page": page,
        "rows": [(row, standing_of(row)) for row in rows],
        "is_narrowed": form.words or form.chosen_state,
        "can_manage": can_manage,
        "can_send": can_manage and event.status == EventStatus.PUBLISHED,
    }
    return render(request, "manage/invitations.html", context)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new_invitation(request: StaffRequest, slug: str) -> HttpResponse:
    """Invite one person."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    form = InvitationForm(_sent(request), event=event)
    if request.method == "POST" and form.is_valid():
        send = form.cleaned_data.get("send", False)
        try:
            invite(event, [form.invitee()], send=send, by=request.user, at=timezone.now())
        except DomainError as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("The invitation goes out.") if send else _("The invitation is written down."))
            return redirect("manage-invitations", slug)
    return render(request, "manage/invitation.html", {"event": event, "form": form})


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def change(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Change an invitation that nobody has used."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    invitation = get_event_invitation(event, number)
    form = InvitationForm(_sent(request), event=event, initial=_initial(invitation))
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_invitation(invitation, form.said(), by=request.user, at=timezone.now())
        except DomainError as refusal:
            _show(form, refusal)
        else:
            is_readdressed = changed.generation != invitation.generation
            messages.success(
                request,
                _("The invitation is changed. The old link is dead: send the new one.")
                if is_readdressed
                else _("The invitation is changed."),
            )
            return redirect("manage-invitations", slug)
    note_access(request.user, AccessKind.REGISTRATIONS, event=event, about=_ABOUT, people=1, at=timezone.now())
    context = {"event": event, "form": form, "invitation": invitation, "standing": standing_of(invitation)}
    return render(request, "manage/invitation.html", context)


@login_required
@require_POST
def revoke(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Take an invitation back."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    revoke_invitation(get_event_invitation(event, number), by=request.user, at=timezone.now())
    messages.success(request, _("The invitation is taken back, and its link is dead."))
    return redirect("manage-invitations", slug)


@login_required
@require_POST
def send(request: StaffRequest, slug: str) -> HttpResponse:
    """Write to everybody who has had no letter, or to one person once more."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    form = SendForm(request.POST)
    if not form.is_valid():
        # Not everybody instead of somebody.
        raise Http404
    chosen = form.cleaned_data["only"]
    only = [get_event_invitation(event, chosen).pk] if chosen is not None else None
    try:
        count = send_invitations(event, only=only, by=request.user, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, in_one_line(refusal))
        return redirect("manage-invitations", slug)
    if count:
        sentence = ngettext("%(count)s invitation goes out.", "%(count)s invitations go out.", count)
        messages.success(request, sentence % {"count": count})
    else:
        messages.info(request, _("There is nobody to write to."))
    return redirect("manage-invitations", slug)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def import_table(request: StaffRequest, slug: str) -> HttpResponse:
    """Invite everybody in a table: it is read, shown, and carried out when it is confirmed; or nobody is invited."""
    event = get_managed_event(request.user, slug, May.MANAGE_PEOPLE)
    form = ImportForm()
    rows: list[Invitation] = []
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES)
        # A file that has just been chosen is looked at first, whichever button was pressed.
        is_confirmed = CONFIRMED in request.POST and not request.FILES
        if form.is_valid():
            try:
                form = _with_the_file_as_text(request, form)
                rows = _invite_from(form, event, request, dry_run=not is_confirmed)
            except DomainError as refusal:
                form.take(refusal.errors if isinstance(refusal, FieldErrors) else {"table": [refusal.message]})
            else:
                if is_confirmed:
                    sentence = ngettext("%(count)s person is invited.", "%(count)s people are invited.", len(rows))
                    messages.success(request, sentence % {"count": len(rows)})
                    return redirect("manage-invitations", slug)
    return render(request, "manage/invitations_import.html", {"event": event, "form": form, "rows": rows})


def _with_the_file_as_text(request: StaffRequest, form: ImportForm) -> ImportForm:
    file = form.cleaned_data["file"]
    if file is None:
        return form
    data = request.POST.copy()
    # One byte too many is enough to be refused for its size.
    data["table"] = table_of_file(file.read(MOST_BYTES + 1))
    read = ImportForm(data)
    read.is_valid()
    return read


def _invite_from(form: ImportForm, event: Event, request: StaffRequest, *, dry_run: bool) -> list[Invitation]:
    if form.errors:
        return []
    table = read_invitees(form.cleaned_data["table"])
    send = form.cleaned_data["send"]
    return table.invite(event, dry_run=dry_run, send=send, by=request.user, at=timezone.now())


def _initial(invitation: Invitation) -> dict[str, object]:
    category = invitation.category.code if invitation.category else ""
    return {**{name: getattr(invitation, name) for name in CHANGEABLE if name != "category"}, "category": category}


def _show(form: InvitationForm, refusal: DomainError) -> None:
    if isinstance(refusal, FieldErrors):
        refusal = FieldErrors({name.removeprefix("rows.0."): said for name, said in refusal.errors.items()})
    show_refusal(form, refusal)


def _sent(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
