"""Asking for what one needs: with the registration, and as long as one comes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from events.enums import EventStatus
from events.models import Event, Session, User
from registrations.actions.answers import read_text
from registrations.actions.holds import require_no_hold
from registrations.actions.needs.moves import move_needs
from registrations.actions.needs.wheelchairs import alert_of_wheelchairs
from registrations.enums import SIGN_LANGUAGES, NeedKind, NeedState
from registrations.errors import TooLateForNeeds
from registrations.models import AccommodationRequest, NeedChange, Registration
from registrations.queries.certain_days import certain_day

LONGEST_NOTE: Final = 500

_S: Final = NeedState
# What is written anew when somebody asks again for what they had asked for, or taken back, before.
_ASKED_ANEW: Final = ("note", "state", "is_late", "reason", "alternative", "created_at")
_HELD: Final = _(
    "The data of this meeting have to be kept for now, so what was written about a need cannot be changed. "
    "Ask %(contact)s about it."
)
_DONE: Final = frozenset({EventStatus.CLOSED, EventStatus.CANCELLED})


@dataclass(frozen=True)
class Need:
    """One thing that somebody needs, with a word about it."""

    kind: str
    note: str = ""


def need_faults(needs: Sequence[Need]) -> Faults:
    """What does not fit, at `accommodation.{number}.{field}`."""
    faults: Faults = {}
    kinds = [need.kind for need in needs]
    for number, need in enumerate(needs):
        at = f"accommodation.{number}"
        if need.kind not in NeedKind.values:
            faults[f"{at}.kind"] = [_("This need is not in the list. Choose “other” and describe it in the note.")]
        elif need.kind in kinds[:number]:
            faults[f"{at}.kind"] = [_("This is asked for twice.")]
        try:
            note = read_text(need.note, longest=LONGEST_NOTE)
        except ValidationError as error:
            faults[f"{at}.note"] = list(error.messages)
            continue
        if need.kind == NeedKind.OTHER and not note:
            faults[f"{at}.note"] = [_("Say what you need.")]
    return faults


def ask_for(
    registration: Registration,
    needs: Sequence[Need],
    *,
    sessions: Sequence[Session] = (),
    by: User | None = None,
    at: datetime,
) -> None:
    """Write down what somebody needs who is just registering; nothing needed is no statement.

    `sessions` empty: they come to all. The event's queue is locked where a wheelchair comes.
    """
    if not needs:
        return
    rows = [_row(registration, need, at=at) for need in needs]
    _write(registration, rows, {}, sessions=sessions, by=by, at=at)


def change_needs(registration: Registration, needs: Sequence[Need], *, at: datetime) -> None:
    """Ask for these and no others; the event's queue is locked where something is asked for, and the registration too.

    What is asked for as before stays where it stands, and what was provided is a fact. What is new, or has another note,
    is asked for anew: that is a new request and no move of the old one. What is no longer needed is marked as withdrawn
    and loses its note, so that whoever arranged it learns of it. Under a legal hold notes and answers stay: what would
    write over one is refused.
    """
    standing = {need.kind: need for need in registration.needs.select_for_update(no_key=True).order_by("id")}
    rows = [_row(registration, need, at=at) for need in needs]
    asked = [row for row in rows if not _stands(standing.get(row.kind), row)]
    if any(_writes_over(standing.get(row.kind), row) for row in asked):
        require_no_hold(registration.event, _HELD)
    if asked:
        _require_time(registration.event, at=at)
        chosen = list(registration.sessions.order_by("starts_at", "id"))
        _write(registration, asked, standing, sessions=chosen, by=None, at=at)
    kinds = {row.kind for row in rows}
    gone = [
        need for kind, need in standing.items() if kind not in kinds and need.state not in {_S.WITHDRAWN, _S.FULFILLED}
    ]
    if gone:
        columns = {} if registration.event.legal_hold else {"note": ""}
        move_needs(gone, to=_S.WITHDRAWN, by=None, at=at, columns=columns)


def is_late(registration: Registration, sessions: Iterable[Session], *, at: datetime) -> bool:
    """Whether sign language can no longer be promised to who asks for it now; without a date nothing is late."""
    event = registration.event
    first = certain_day(event, list(sessions) or event.sessions.order_by("starts_at", "id"), at=at)
    return first.is_over if first is not None else event.status != EventStatus.POSTPONED


def _row(registration: Registration, need: Need, *, at: datetime) -> AccommodationRequest:
    note = read_text(need.note, longest=LONGEST_NOTE)
    return AccommodationRequest(registration=registration, kind=need.kind, note=note, state=_S.REQUESTED, created_at=at)


def _stands(need: AccommodationRequest | None, row: AccommodationRequest) -> bool:
    if need is None or need.state == _S.WITHDRAWN:
        return False
    return need.state == _S.FULFILLED or need.note == row.note


def _writes_over(need: AccommodationRequest | None, row: AccommodationRequest) -> bool:
    if need is None:
        return False
    return need.note not in {"", row.note} or bool(need.reason or need.alternative)


def _write(
    registration: Registration,
    rows: Sequence[AccommodationRequest],
    standing: dict[str, AccommodationRequest],
    *,
    sessions: Sequence[Session],
    by: User | None,
    at: datetime,
) -> None:
    signed = [row for row in rows if row.kind in SIGN_LANGUAGES]
    late = bool(signed) and is_late(registration, sessions, at=at)
    for row in signed:
        row.is_late = late
    AccommodationRequest.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["registration", "kind"], update_fields=_ASKED_ANEW
    )
    NeedChange.objects.bulk_create(
        NeedChange(
            need=row,
            from_state=standing[row.kind].state if row.kind in standing else "",
            to_state=row.state,
            by=by,
            at=at,
        )
        for row in rows
    )
    if any(row.kind == NeedKind.WHEELCHAIR and not _counted(standing.get(row.kind)) for row in rows):
        alert_of_wheelchairs(registration.event, by=by, at=at)


def _counted(need: AccommodationRequest | None) -> bool:
    return need is not None and need.state != _S.WITHDRAWN


def _require_time(event: Event, *, at: datetime) -> None:
    """Refuse what nobody can arrange any more: an event that is over can be closed at any moment."""
    has_ended = event.status != EventStatus.POSTPONED and event.ends_at is not None and event.ends_at <= at
    if has_ended or event.status in _DONE:
        raise TooLateForNeeds
