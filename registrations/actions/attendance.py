"""The door: people are admitted once, however often a device sends it, and counted where nobody asks for names."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.errors import FieldErrors
from events.models import Event, ParticipantCategory, User
from registrations.actions.moves import settle_at_the_door
from registrations.enums import Attendance, CheckInKind, CheckInResult, CheckInSource, RegistrationState
from registrations.models import CheckIn, HeadcountEntry, Registration

_S: Final = RegistrationState
_WAITING: Final = frozenset({_S.WAITLISTED, _S.AWAITING_APPROVAL, _S.HELD, _S.OFFERED})

# Letters that a Cyrillic keyboard writes where our codes have Latin ones, and what people read instead of a Q.
_LOOK_ALIKES: Final = str.maketrans("АВСЕНКМРТХУОO0", "ABCEHKMPTXYQQQ")

HEADCOUNT_STEP_MAX: Final = 1000


@dataclass(frozen=True)
class CheckInAnswer:
    """What the door is told; `at` and `by` are those of the admission.

    `registration` is null where the door has no business with it; `event` is the right one for `wrong_event`.
    """

    result: CheckInResult
    registration: Registration | None
    event: Event
    at: datetime | None = None
    by: User | None = None


def read_code(text: str) -> str:
    """A code as somebody typed, scanned or read it aloud, in the letters that our codes are made of."""
    last = text.strip().rstrip("/").rsplit("/", 1)[-1]
    plain = unicodedata.normalize("NFKC", last).upper()
    return "".join(letter for letter in plain if letter.isalnum()).translate(_LOOK_ALIKES)


@retried
def check_in(  # noqa: PLR0913 - what the device sends, and who and when
    event: Event,
    *,
    code: str | None = None,
    reference: str | None = None,
    nonce: str,
    device: str = "",
    device_at: datetime | None = None,
    source: CheckInSource,
    by: User,
    at: datetime,
) -> CheckInAnswer:
    """Admit whoever has this ticket code or reference; the same `nonce` again gives the same answer.

    Somebody whose seat is only held or offered is here and has a seat: they are confirmed and admitted.
    """
    registration = _found(read_code(code or reference or ""))
    if registration is None:
        return CheckInAnswer(CheckInResult.UNKNOWN, None, event)
    if registration.event_id != event.pk:
        return CheckInAnswer(CheckInResult.WRONG_EVENT, None, registration.event)
    earlier = _admission(registration, nonce)
    if earlier is not None:
        return CheckInAnswer(CheckInResult.ADMITTED, registration, event, earlier.at, earlier.by)
    if registration.state in {_S.HELD, _S.OFFERED} and registration.holds_seat:
        settle_at_the_door(registration, by=by, at=at)
    expected = Registration.objects.filter(pk=registration.pk, state=_S.CONFIRMED).exclude(
        attendance=Attendance.PRESENT
    )
    is_first = bool(expected.update(attendance=Attendance.PRESENT))
    registration.refresh_from_db()
    if not is_first:
        return _not_admitted(event, registration, nonce)
    try:
        with transaction.atomic():
            CheckIn.objects.create(
                registration=registration, source=source, nonce=nonce, by=by, device=device, device_at=device_at, at=at
            )
    except IntegrityError as error:
        raise _used() from error
    return CheckInAnswer(CheckInResult.ADMITTED, registration, event, at, by)


def _found(code: str) -> Registration | None:
    rows = Registration.objects.filter(Q(ticket_code=code) | Q(reference=code)).order_by("id")
    return rows.select_related("participant", "category", "event").first()


def _admission(registration: Registration, nonce: str) -> CheckIn | None:
    row = CheckIn.objects.filter(nonce=nonce).select_related("by").first()
    if row is not None and (row.registration_id != registration.pk or row.kind != CheckInKind.ADMIT):
        raise _used()
    return row


def _used() -> FieldErrors:
    return FieldErrors({"nonce": [_("This number was used for somebody else already.")]})


def _not_admitted(event: Event, registration: Registration, nonce: str) -> CheckInAnswer:
    if registration.state != _S.CONFIRMED:
        waits = registration.state in _WAITING
        result = CheckInResult.WAITLISTED if waits else CheckInResult.CANCELLED
        return CheckInAnswer(result, registration, event)
    rows = registration.check_ins.filter(kind=CheckInKind.ADMIT).select_related("by")
    last = rows.order_by("-id").first()
    # The same tap, sent twice at once: the first one got in while this one was waiting for it.
    same = last is not None and last.nonce == nonce
    result = CheckInResult.ADMITTED if same else CheckInResult.ALREADY_PRESENT
    return CheckInAnswer(result, registration, event, last.at if last else None, last.by if last else None)


@retried
def void_check_in(check_in: CheckIn, *, reason: str = "", by: User, at: datetime) -> None:
    """Take an admission back by another row; once more changes nothing."""
    registration = Registration.objects.select_for_update(no_key=True).get(pk=check_in.registration_id)
    _void, is_new = CheckIn.objects.get_or_create(
        nonce=hashlib.sha256(f"void:{check_in.nonce}".encode()).hexdigest(),
        defaults={
            "registration": registration,
            "kind": CheckInKind.VOID,
            "source": check_in.source,
            "by": by,
            "at": at,
            "reason": reason,
        },
    )
    if is_new:
        Registration.objects.filter(pk=registration.pk, attendance=Attendance.PRESENT).update(
            attendance=Attendance.NOT_RECORDED
        )


@retried
def add_headcount(event: Event, *, delta: int, nonce: str, category: str | None = None, by: User, at: datetime) -> int:
    """Count people without names, each tap once by its nonce; returns how many have been counted at the event.

    Neither the whole nor a category ever falls below nobody.
    """
    if delta == 0 or abs(delta) > HEADCOUNT_STEP_MAX:
        raise FieldErrors({"delta": [_("Count at least one person and at most a thousand at once.")]})
    counted = ParticipantCategory.objects.filter(code=category).first() if category else None
    if category and counted is None:
        raise FieldErrors({"category": [_("There is no such group.")]})
    # Taps of all devices at this event, one after the other.
    Event.objects.select_for_update(no_key=True).only("pk").get(pk=event.pk)
    known = HeadcountEntry.objects.filter(nonce=nonce).first()
    if known is not None and known.event_id != event.pk:
        raise _used()
    entries = HeadcountEntry.objects.filter(event=event)
    if known is None:
        if delta + _total(entries.filter(category=counted)) < 0:
            raise FieldErrors({"delta": [_("Nobody is left to be taken off the count.")]})
        entries.create(event=event, category=counted, delta=delta, nonce=nonce, by=by, at=at)
    return _total(entries.all())


def _total(entries: QuerySet[HeadcountEntry]) -> int:
    total: int | None = entries.aggregate(total=Sum("delta"))["total"]
    return total or 0
