"""Staff pages of the lists that all units share: what events are about, and for whom."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from events.actions.audiences import (
    add_organizations_from_table,
    create_audience,
    create_organization,
    edit_audience,
    edit_organization,
)
from events.actions.kinds import create_kind, create_topic, edit_kind, edit_topic
from events.errors import DomainError
from events.forms.lists import AudienceForm, KindForm, OrganizationForm, PasteForm, TopicForm, reminders_initial
from events.forms.refusals import show_refusal
from events.forms.sheets import ReminderFormSet
from events.models import Audience, EventKind, Organization, Topic
from events.permissions import May, StaffRequest, allowed_anywhere, require_anywhere
from events.queries.audiences import audiences, organizations
from events.queries.reference import event_kinds, topics

_SHOWN_AND_SENT = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Row:
    """One line of a list: where its page is, and what else is to be said of it."""

    name: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Listing:
    """How a list is worded: its heading, the sentence above it and the door to a new row."""

    heading: str | Promise
    explanation: str | Promise
    new: str | Promise
    new_name: str
    empty: str | Promise
    saved: str | Promise
    name: str


_TOPICS = Listing(
    heading=gettext_lazy("Topics"),
    explanation=gettext_lazy("People filter the calendar by topics. All units share them."),
    new=gettext_lazy("New topic"),
    new_name="manage-topic-new",
    empty=gettext_lazy("There are no topics yet."),
    saved=gettext_lazy("The topic is saved."),
    name="manage-topics",
)


_KINDS = Listing(
    heading=gettext_lazy("Kinds of meetings"),
    explanation=gettext_lazy("What is usual for a kind is filled in when an event of it is made."),
    new=gettext_lazy("New kind of meeting"),
    new_name="manage-kind-new",
    empty=gettext_lazy("There are no kinds of meetings yet."),
    saved=gettext_lazy("The kind of meeting is saved."),
    name="manage-kinds",
)
_ORGANIZATIONS = Listing(
    heading=gettext_lazy("Organizations"),
    explanation=gettext_lazy("Bodies that may be invited or represented. Their addresses are never shown in public."),
    new=gettext_lazy("New organization"),
    new_name="manage-organization-new",
    empty=gettext_lazy("There are no organizations yet."),
    saved=gettext_lazy("The organization is saved."),
    name="manage-organizations",
)
_AUDIENCES = Listing(
    heading=gettext_lazy("Audiences"),
    explanation=gettext_lazy("Circles of people and lists of organizations that events are meant for."),
    new=gettext_lazy("New audience"),
    new_name="manage-audience-new",
    empty=gettext_lazy("There are no audiences yet."),
    saved=gettext_lazy("The audience is saved."),
    name="manage-audiences",
)


@login_required
@require_safe
def all_lists(request: StaffRequest) -> HttpResponse:
    """Where every list is."""
    may = allowed_anywhere(request.user)
    if May.EDIT not in may:
        raise Http404
    shown = [_ORGANIZATIONS, _AUDIENCES, *([_KINDS, _TOPICS] if May.ADMINISTER in may else [])]
    rows = [Row(str(listing.heading), reverse(listing.name), str(listing.explanation)) for listing in shown]
    return render(request, "manage/lists.html", {"rows": rows})


# Topics and kinds: administrators only


@login_required
@require_safe
def topic_list(request: StaffRequest) -> HttpResponse:
    """Every topic."""
    require_anywhere(request.user, May.ADMINISTER)
    rows = [
        Row(str(topic), reverse("manage-topic", args=[topic.slug]), str(topic.process) if topic.process else "")
        for topic in topics()
    ]
    return _list(request, _TOPICS, rows)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new_topic(request: StaffRequest) -> HttpResponse:
    """Make a topic."""
    require_anywhere(request.user, May.ADMINISTER)
    form = TopicForm(_sent(request))
    return _sheet(request, _TOPICS, form, lambda: create_topic(form.definition(), by=request.user, at=timezone.now()))


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def change_topic(request: StaffRequest, slug: str) -> HttpResponse:
    """Change a topic."""
    require_anywhere(request.user, May.ADMINISTER)
    topic = get_object_or_404(Topic, slug=slug)
    form = TopicForm(_sent(request), topic=topic)
    return _sheet(
        request,
        _TOPICS,
        form,
        lambda: edit_topic(topic, form.definition(), by=request.user, at=timezone.now()),
        heading=str(topic),
    )


@login_required
@require_safe
def kind_list(request: StaffRequest) -> HttpResponse:
    """Every kind of meeting."""
    require_anywhere(request.user, May.ADMINISTER)
    return _list(request, _KINDS, [Row(str(kind), reverse("manage-kind", args=[kind.code])) for kind in event_kinds()])


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new_kind(request: StaffRequest) -> HttpResponse:
    """Make a kind of meeting."""
    require_anywhere(request.user, May.ADMINISTER)
    return _kind_sheet(request, None)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def change_kind(request: StaffRequest, code: str) -> HttpResponse:
    """Change a kind of meeting."""
    require_anywhere(request.user, May.ADMINISTER)
    return _kind_sheet(request, get_object_or_404(EventKind, code=code))


def _kind_sheet(request: StaffRequest, kind: EventKind | None) -> HttpResponse:
    form = KindForm(_sent(request), kind=kind)
    # What was sent stands for itself: a row that is as it was is not an empty one.
    rows = [] if request.method == "POST" else reminders_initial(kind)
    reminders = ReminderFormSet(_sent(request), rows=rows, prefix="reminders")
    if request.method == "POST" and form.is_valid() & reminders.is_valid():
        usual = [row for row in reminders.forms if row not in reminders.deleted_forms and not row.is_empty]
        definition = form.definition(tuple(row.definition() for row in usual))
        try:
            if kind is None:
                create_kind(definition, by=request.user, at=timezone.now())
            else:
                edit_kind(kind, definition, by=request.user, at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, str(_KINDS.saved))
            return redirect(_KINDS.name)
    context = {"listing": _KINDS, "form": form, "reminders": reminders, "heading": str(kind) if kind else ""}
    return render(request, "manage/kind_form.html", context)


# Organizations and audiences: whoever makes events


@login_required
@require_safe
def organization_list(request: StaffRequest) -> HttpResponse:
    """Every organization."""
    require_anywhere(request.user, May.EDIT)
    rows = [
        Row(organization.name, reverse("manage-organization", args=[organization.slug]), organization.contact_email)
        for organization in organizations()
    ]
    return _list(request, _ORGANIZATIONS, rows)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new_organization(request: StaffRequest) -> HttpResponse:
    """Make an organization."""
    require_anywhere(request.user, May.EDIT)
    form = OrganizationForm(_sent(request))
    return _sheet(
        request,
        _ORGANIZATIONS,
        form,
        lambda: create_organization(form.definition(), by=request.user, at=timezone.now()),
    )


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def change_organization(request: StaffRequest, slug: str) -> HttpResponse:
    """Change an organization."""
    require_anywhere(request.user, May.EDIT)
    organization = get_object_or_404(Organization, slug=slug)
    form = OrganizationForm(_sent(request), organization=organization)
    return _sheet(
        request,
        _ORGANIZATIONS,
        form,
        lambda: edit_organization(organization, form.definition(), by=request.user, at=timezone.now()),
        heading=organization.name,
    )


@login_required
@require_safe
def audience_list(request: StaffRequest) -> HttpResponse:
    """Every audience with the number of its organizations."""
    require_anywhere(request.user, May.EDIT)
    rows = [
        Row(
            str(audience),
            reverse("manage-audience", args=[audience.slug]),
            _how_many(len(audience.organizations.all())),
        )
        for audience in audiences()
    ]
    return _list(request, _AUDIENCES, rows)


def _how_many(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)s organization", "%(count)s organizations", count) % {"count": count}


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new_audience(request: StaffRequest) -> HttpResponse:
    """Make an audience."""
    require_anywhere(request.user, May.EDIT)
    form = AudienceForm(_sent(request))
    return _sheet(
        request, _AUDIENCES, form, lambda: create_audience(form.definition(), by=request.user, at=timezone.now())
    )


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def change_audience(request: StaffRequest, slug: str) -> HttpResponse:
    """Change an audience."""
    require_anywhere(request.user, May.EDIT)
    audience = get_object_or_404(Audience, slug=slug)
    form = AudienceForm(_sent(request), audience=audience)
    return _sheet(
        request,
        _AUDIENCES,
        form,
        lambda: edit_audience(audience, form.definition(), by=request.user, at=timezone.now()),
        heading=str(audience),
        paste=reverse("manage-audience-paste", args=[slug]),
    )


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def paste_organizations(request: StaffRequest, slug: str) -> HttpResponse:
    """Put the organizations of a pasted table on a list; a bad row refuses all of it."""
    require_anywhere(request.user, May.EDIT)
    audience = get_object_or_404(Audience, slug=slug)
    form = PasteForm(_sent(request))
    return _sheet(
        request,
        _AUDIENCES,
        form,
        lambda: add_organizations_from_table(audience, form.cleaned_data["table"], by=request.user, at=timezone.now()),
        heading=str(audience),
    )


# What every list does


def _list(request: StaffRequest, listing: Listing, rows: Iterable[Row]) -> HttpResponse:
    return render(request, "manage/list.html", {"listing": listing, "rows": list(rows)})


def _sheet(
    request: StaffRequest,
    listing: Listing,
    form: forms.Form,
    save: Callable[[], object],
    *,
    heading: str = "",
    paste: str = "",
) -> HttpResponse:
    """Show the form; save what was sent, or say at each field why not."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, str(listing.saved))
            return redirect(listing.name)
    context = {"listing": listing, "form": form, "heading": heading, "paste": paste}
    return render(request, "manage/list_form.html", context)


def _sent(request: StaffRequest) -> QueryDict | None:
    # An empty form that was sent is a form, too.
    return request.POST if request.method == "POST" else None
