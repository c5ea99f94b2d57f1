"""What people need to take part: asked for when they register, changed as long as they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from registrations.actions.answers import read_text
from registrations.enums import NeedKind, NeedState
from registrations.models import AccommodationRequest, Registration

LONGEST_NOTE: Final = 500


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


def need_rows(registration: Registration, needs: Sequence[Need], *, at: datetime) -> list[AccommodationRequest]:
    """A row for each need."""
    return [
        AccommodationRequest(
            registration=registration,
            kind=need.kind,
            note=read_text(need.note, longest=LONGEST_NOTE),
            state=NeedState.REQUESTED,
            created_at=at,
        )
        for need in needs
    ]


def change_needs(registration: Registration, needs: Sequence[Need], *, at: datetime) -> None:
    """Ask for these and no others.

    What is asked for as before stays where it stands; what is new, or has another note, is asked for anew. What is no
    longer needed is marked as withdrawn and loses its note, so that whoever arranged it learns of it.
    """
    standing = {need.kind: need.note for need in registration.needs.exclude(state=NeedState.WITHDRAWN).order_by("id")}
    rows = need_rows(registration, needs, at=at)
    AccommodationRequest.objects.bulk_create(
        [row for row in rows if standing.get(row.kind) != row.note],
        update_conflicts=True,
        unique_fields=["registration", "kind"],
        update_fields=["note", "state", "created_at"],
    )
    gone = standing.keys() - {row.kind for row in rows}
    if gone:
        # What people were given is a fact by now.
        given_back = registration.needs.filter(kind__in=gone).exclude(state=NeedState.FULFILLED)
        given_back.update(state=NeedState.WITHDRAWN, note="")
