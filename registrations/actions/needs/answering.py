"""What the coordinator answers to a need: seen, arranged, provided, or not possible."""

from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from events.actions.retries import retried
from events.errors import FieldErrors
from events.models import User
from registrations.actions.answers import read_text
from registrations.actions.history import record
from registrations.actions.needs.moves import move_needs
from registrations.enums import ChangeCause, NeedState
from registrations.errors import NeedMoveNotAllowed
from registrations.models import AccommodationRequest, Registration
from registrations.queries.needs import answers_to

LONGEST_WORD: Final = 2000
_S: Final = NeedState


@retried
def answer_need(
    need: AccommodationRequest, *, to: NeedState, reason: str = "", alternative: str = "", by: User, at: datetime
) -> AccommodationRequest:
    """Say where a need stands; the same answer once more changes nothing.

    `reason` is a word that its person reads; what is not possible needs one, and an alternative. Who arranges what was
    only asked for has seen it on the way, which is a row of its own. That something was provided is told to nobody: its
    person was there.
    """
    reason, alternative = _words(to, reason, alternative)
    # Whoever changes the needs of a registration, or ends it, holds its row.
    registration = Registration.objects.select_for_update(no_key=True).get(pk=need.registration_id)
    current = AccommodationRequest.objects.filter(pk=need.pk).first()
    if current is None:
        raise NeedMoveNotAllowed
    if (current.state, current.reason, current.alternative) == (to, reason, alternative):
        return current
    if to not in answers_to(NeedState(current.state)):
        raise NeedMoveNotAllowed
    if current.state == _S.REQUESTED and to == _S.ARRANGED:
        move_needs([current], to=_S.ACKNOWLEDGED, by=by, at=at)
    columns = {"reason": reason, "alternative": alternative}
    move_needs([current], to=to, by=by, at=at, reason=reason, columns=columns)
    # Neither the need nor the word stands here: this row outlives them.
    told = to != _S.FULFILLED
    record([registration], ChangeCause.NEED_ANSWERED, was=registration.state, by=by, at=at, notify=told)
    return current


def _words(to: NeedState, reason: str, alternative: str) -> tuple[str, str]:
    faults: Faults = {}
    said = {"reason": reason, "alternative": alternative}
    for name, text in said.items():
        try:
            said[name] = read_text(text, longest=LONGEST_WORD)
        except ValidationError as error:
            faults[name] = list(error.messages)
    if to == _S.NOT_POSSIBLE:
        if not said["reason"]:
            faults.setdefault("reason", [_("Say why it is not possible: the person will read it.")])
        if not said["alternative"]:
            faults.setdefault("alternative", [_("Say what you offer instead: another form, another date.")])
    elif said["alternative"]:
        faults.setdefault("alternative", [_("An alternative is only for what is not possible.")])
    if faults:
        raise FieldErrors(faults)
    return said["reason"], said["alternative"]
