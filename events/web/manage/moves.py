"""Staff pages of an event's steps: review, publication, postponement, a new date, cancellation, the end of the work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from events.actions.definitions import definition_of
from events.actions.previewing import preview_cancellation, preview_postponement
from events.actions.publishing import (
    close_event,
    hold_event,
    postpone_event,
    publish_event,
    send_back,
    set_new_date,
    submit_for_review,
)
from events.actions.series import cancel_series
from events.enums import SeriesScope
from events.errors import DomainError, Gap, NotPublishable
from events.forms.moves import (
    CancelForm,
    MoveForm,
    NewDateForm,
    PostponeForm,
    PublishForm,
    SendBackForm,
    SubmitForm,
    dates_typed,
)
from events.forms.refusals import in_one_line, show_refusal
from events.forms.series import ScopeForm
from events.forms.sheets import SheetMaker
from events.models import Event
from events.permissions import May, StaffRequest, get_managed_event, may_do
from events.queries.publication import publication_gaps
from events.web.manage.previews import BACK, preview_page, preview_to_show

_SHOWN_AND_SENT = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class _Step:
    """How the page of a step is worded, and what it asks for."""

    heading: str | Promise
    explanation: str | Promise
    button: str | Promise
    done: str | Promise
    form: type[MoveForm]
    may: May = May.PUBLISH


_SUBMIT = _Step(
    heading=gettext_lazy("Send for review"),
    explanation=gettext_lazy("Whoever may publish events in your unit finds it on their page of today."),
    button=gettext_lazy("Send for review"),
    done=gettext_lazy("The event is sent for review."),
    form=SubmitForm,
    may=May.EDIT,
)
_SEND_BACK = _Step(
    heading=gettext_lazy("Send back to its authors"),
    explanation=gettext_lazy("It becomes a draft again, with your word in its history."),
    button=gettext_lazy("Send back"),
    done=gettext_lazy("The event is a draft again."),
    form=SendBackForm,
)
_HOLD = _Step(
    heading=gettext_lazy("The event took place"),
    explanation=gettext_lazy("It counts as held from now on. It can no longer be postponed or cancelled."),
    button=gettext_lazy("It took place"),
    done=gettext_lazy("The event counts as held."),
    form=MoveForm,
)
_CLOSE = _Step(
    heading=gettext_lazy("Close the event"),
    explanation=gettext_lazy(
        "The work on it is done: nothing in it can be changed any more. This cannot be taken back."
    ),
    button=gettext_lazy("Close the event"),
    done=gettext_lazy("The event is closed."),
    form=MoveForm,
)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def submit(request: StaffRequest, slug: str) -> HttpResponse:
    """Send a draft for review."""
    return _step(request, slug, _SUBMIT, submit_for_review)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def give_back(request: StaffRequest, slug: str) -> HttpResponse:
    """Send what is in review back with a word."""
    return _step(request, slug, _SEND_BACK, send_back)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def hold(request: StaffRequest, slug: str) -> HttpResponse:
    """Say that an event took place."""
    return _step(request, slug, _HOLD, hold_event)


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def close(request: StaffRequest, slug: str) -> HttpResponse:
    """End the work on an event."""
    return _step(request, slug, _CLOSE, close_event)


def _step(request: StaffRequest, slug: str, step: _Step, act: Callable[..., None]) -> HttpResponse:
    event = get_managed_event(request.user, slug, step.may)
    form = step.form(_sent(request), initial={"version": event.version})
    refused = ""
    if request.method == "POST" and form.is_valid():
        words = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            act(event, **words, expected_version=form.seen_version, by=request.user, at=timezone.now())
        except DomainError as refusal:
            show_refusal(form, refusal)
            refused = refusal.code
        else:
            messages.success(request, str(step.done))
            return redirect("manage-event", slug)
    context = {"event": event, "form": form, "step": step, "refused": refused}
    return render(request, "manage/move.html", context)


def _sent(request: StaffRequest) -> Mapping[str, Any] | None:
    # An empty form that was sent is a form, too.
    return request.POST if request.method == "POST" else None


# Publishing


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def publish(request: StaffRequest, slug: str) -> HttpResponse:
    """Show everything that is missing at once; publish when nothing is, or when an owner says why it may be."""
    event = get_managed_event(request.user, slug, May.PUBLISH)
    now = timezone.now()
    form = PublishForm(_sent(request), initial={"version": event.version})
    if request.method == "POST" and form.is_valid():
        reason, version = form.cleaned_data["reason"], form.seen_version
        try:
            publish_event(event, override_reason=reason, expected_version=version, by=request.user, at=now)
        except NotPublishable as refusal:
            return _publish_page(request, event, form, refusal.gaps)
        except DomainError as refusal:
            messages.error(request, in_one_line(refusal))
        else:
            messages.success(request, _("The event is published."))
        return redirect("manage-event", slug)
    return _publish_page(request, event, form, publication_gaps(event, at=now))


def _publish_page(request: StaffRequest, event: Event, form: PublishForm, gaps: list[Gap]) -> HttpResponse:
    blocking = [gap for gap in gaps if not gap.is_warning]
    may_override = all(gap.overridable for gap in blocking) and may_do(request.user, event, May.OVERRIDE)
    is_refused = request.method == "POST" and bool(blocking)
    if is_refused and may_override and not form.errors:
        form.add_error("reason", _("Say why the event may be published like this."))
    context = {
        "event": event,
        "form": form,
        "gaps": blocking,
        "warnings": [gap for gap in gaps if gap.is_warning],
        "may_override": may_override,
        "is_refused": is_refused,
    }
    return render(request, "manage/publish.html", context)


# Putting off, calling off, and coming back


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def postpone(request: StaffRequest, slug: str) -> HttpResponse:
    """Put an event off without a date; how many messages will go out is said before."""
    event = get_managed_event(request.user, slug, May.PUBLISH)
    form = PostponeForm(_sent(request), initial={"version": event.version})
    if request.method == "POST" and form.is_valid():
        try:
            postpone_event(
                event,
                reason=form.cleaned_data["reason"],
                notify=form.cleaned_data["notify"],
                expected_version=form.seen_version,
                by=request.user,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The event is postponed."))
            return redirect("manage-event", slug)
    told = _told(lambda: preview_postponement(event, by=request.user, at=timezone.now()).told)
    return render(request, "manage/postpone.html", {"event": event, "form": form, "told": told})


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def cancel(request: StaffRequest, slug: str) -> HttpResponse:
    """Call an event off; how many people will be told is said before."""
    event = get_managed_event(request.user, slug, May.PUBLISH)
    form = CancelForm(_sent(request), initial={"version": event.version})
    scope_form = ScopeForm(_sent(request) if event.series_id else {})
    if request.method == "POST" and BACK not in request.POST and form.is_valid():
        scope = scope_form.chosen

        def call_off(own: Event) -> object:
            return cancel_series(
                own,
                scope=scope,
                reason=form.cleaned_data["reason"],
                notify=form.cleaned_data["notify"],
                expected_version=form.seen_version,
                by=request.user,
                at=timezone.now(),
            )

        try:
            # Above the form stands the number for this event alone.
            would_be = preview_to_show(request, event, call_off) if scope != SeriesScope.THIS else None
            if would_be is not None:
                return preview_page(request, event, would_be, confirm=_("Cancel these events"))
            call_off(event)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The event is cancelled."))
            return redirect("manage-event", slug)
    told = _told(lambda: preview_cancellation(event, by=request.user, at=timezone.now()).told)
    context = {"event": event, "form": form, "told": told, "scope_form": scope_form if event.series_id else None}
    return render(request, "manage/cancel.html", context)


def _told(preview: Callable[[], Mapping[str, int]]) -> Mapping[str, int]:
    """How many messages by channel; none where the step is refused anyway, which its form will say."""
    try:
        return preview()
    except DomainError:
        return {}


@login_required
@require_http_methods(_SHOWN_AND_SENT)
def new_date(request: StaffRequest, slug: str) -> HttpResponse:
    """Announce a postponed event again with new dates; who would be told is said before."""
    event = get_managed_event(request.user, slug, May.PUBLISH)
    maker = SheetMaker(units=None, unit=event.unit)
    form = NewDateForm(_sent(request), initial={"version": event.version})
    # The form speaks the time of the event's own place.
    with timezone.override(ZoneInfo(event.time_zone)):
        sent = request.method == "POST"
        sheet = maker.typed(request.POST) if sent else maker.filled(definition_of(event), version=event.version)
        rows = sheet.sessions
        if sent and BACK not in request.POST and form.is_valid() & rows.is_valid():

            def announce(own: Event) -> object:
                return set_new_date(
                    own,
                    dates_typed(rows),
                    override_reason=form.cleaned_data["reason"],
                    room_override_reason=form.cleaned_data["room_override_reason"],
                    notify=form.cleaned_data["notify"],
                    expected_version=form.seen_version,
                    by=request.user,
                    at=timezone.now(),
                )

            try:
                would_be = preview_to_show(request, event, announce)
                if would_be is not None:
                    return preview_page(request, event, would_be, confirm=_("Announce the new date"))
                announce(event)
            except DomainError as refusal:
                form.show_refusal(refusal, rows, may_share_rooms=may_do(request.user, event, May.OVERRIDE))
            else:
                messages.success(request, _("The new date is announced."))
                return redirect("manage-event", slug)
        return render(request, "manage/new_date.html", {"event": event, "form": form, "rows": rows})
