"""What becomes of needs when a registration ends, and when one that ran out comes back."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from events.models import User
from registrations.actions.needs.asking import is_late
from registrations.actions.needs.moves import move_needs
from registrations.actions.needs.wheelchairs import alert_of_wheelchairs
from registrations.enums import SIGN_LANGUAGES, UNSETTLED_NEEDS, NeedKind, NeedState, RegistrationState
from registrations.models import AccommodationRequest, NeedChange, Registration


def let_needs_go(registrations: Sequence[Registration], *, by: User | None, at: datetime) -> None:
    """Withdraw what was still to be seen to, because these people do not come.

    The notes go with it, except where the time to answer ran out, because such a registration may come back, and under
    a legal hold.
    """
    unsettled = AccommodationRequest.objects.filter(registration__in=registrations, state__in=UNSETTLED_NEEDS)
    needs = list(unsettled.select_for_update(no_key=True, of=("self",)).order_by("id"))
    if needs:
        # Who is let go together is of one event.
        first = registrations[0]
        keeps_notes = first.state == RegistrationState.EXPIRED or bool(first.event.legal_hold)
        move_needs(needs, to=NeedState.WITHDRAWN, by=by, at=at, columns={} if keeps_notes else {"note": ""})


def ask_anew(registration: Registration, *, at: datetime) -> None:
    """Ask again for what went when this registration ran out, now that it has come back; its event's queue is locked."""
    ran_out = registration.changes.filter(to_state=RegistrationState.EXPIRED).order_by("-id").first()
    if ran_out is None:
        return
    went = registration.needs.filter(
        state=NeedState.WITHDRAWN, changes__to_state=NeedState.WITHDRAWN, changes__at=ran_out.at
    )
    needs = list(went.distinct().order_by("id"))
    if not needs:
        return
    signed = any(need.kind in SIGN_LANGUAGES for need in needs)
    late = signed and is_late(registration, registration.sessions.order_by("starts_at", "id"), at=at)
    for need in needs:
        need.state, need.created_at = NeedState.REQUESTED, at
        need.is_late = late and need.kind in SIGN_LANGUAGES
    AccommodationRequest.objects.bulk_update(needs, ["state", "created_at", "is_late"])
    NeedChange.objects.bulk_create(
        NeedChange(need=need, from_state=NeedState.WITHDRAWN, to_state=NeedState.REQUESTED, at=at) for need in needs
    )
    if any(need.kind == NeedKind.WHEELCHAIR for need in needs):
        alert_of_wheelchairs(registration.event, by=None, at=at)


def part_with_needs(registration: Registration, *, at: datetime) -> None:
    """Delete what somebody needed whose registration is another person's now, with everything that became of it.

    Of what was arranged stays that it is not needed any more, without a word: whoever arranged it has to learn of it.
    """
    in_vain = Q(state=NeedState.WITHDRAWN, changes__from_state=NeedState.ARRANGED)
    told = registration.needs.filter(Q(state=NeedState.ARRANGED) | in_vain).values_list("pk", flat=True)
    registration.needs.exclude(pk__in=list(told)).delete()
    registration.needs.update(note="", reason="", alternative="")
    NeedChange.objects.filter(need__registration=registration).update(reason="")
    arranged = list(registration.needs.filter(state=NeedState.ARRANGED).order_by("id"))
    if arranged:
        move_needs(arranged, to=NeedState.WITHDRAWN, by=None, at=at)
