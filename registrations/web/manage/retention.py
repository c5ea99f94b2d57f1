"""The administrators' page of retention: what was deleted lately, what comes next, what is held."""

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events.permissions import May, StaffRequest, require_anywhere
from events.queries.retention import held_events, next_purges
from registrations.models import RetentionRun
from registrations.queries.retention import retention_runs

_RUNS_SHOWN: Final = 20
_NEXT_SHOWN: Final = 10
_WORDS: Final[dict[str, str | Promise]] = {
    "needs": _("needs deleted"),
    "answers": _("answers deleted"),
    "registrations": _("registrations without names now"),
    "replaced": _("people who were replaced, without names now"),
    "invitations": _("invitations without names now"),
    "message_addresses": _("messages without addresses now"),
    "message_texts": _("messages without texts now"),
    "incoming_sms": _("notes of received SMS deleted"),
    "suppressions": _("lifted bans on addresses deleted"),
    "consents": _("withdrawn consents without addresses now"),
    "accesses": _("lines of the access log deleted"),
    "repeated_requests": _("answers to repeated requests deleted"),
    "attempts": _("counts of attempts deleted"),
}


@dataclass(frozen=True)
class _Run:
    """One run in words; what was nothing is not named."""

    run: RetentionRun
    counts: list[tuple[str, int]]


@login_required
@require_safe
def retention(request: StaffRequest) -> HttpResponse:
    """Show it; deleting itself needs nobody."""
    require_anywhere(request.user, May.ADMINISTER)
    runs = [
        _Run(run, [(str(_WORDS.get(name, name)), count) for name, count in run.counts.items() if count])
        for run in retention_runs()[:_RUNS_SHOWN]
    ]
    context = {
        "runs": runs,
        "coming": next_purges(at=timezone.now(), most=_NEXT_SHOWN),
        "held": list(held_events()),
    }
    return render(request, "manage/retention.html", context)
