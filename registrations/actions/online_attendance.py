"""Whoever was in an online meeting was present: its list is carried over once, however often it is sent."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from events.actions.retries import retried
from events.models import Event, User
from registrations.actions.attendance import check_in
from registrations.enums import Attendance, CheckInResult, CheckInSource
from registrations.models import PartyMember, Registration


@retried
def note_online_attendance(
    event: Event, people: Iterable[tuple[Registration, int | None]], *, by: User, at: datetime
) -> int:
    """Write down that these people were there, all or nobody; how many of them were not there yet.

    The number of a row is made of the event and the person: the same list again writes nothing, and whoever was taken
    back by hand stays so.
    """
    in_order = sorted(set(people), key=lambda person: (person[0].pk, person[1] or 0))
    admitted = 0
    for registration, member_id in in_order:
        if _is_present(registration, member_id):
            continue
        answer = check_in(
            event,
            reference=registration.reference,
            member_id=member_id,
            nonce=hashlib.sha256(f"online:{event.uid}:{registration.reference}:{member_id}".encode()).hexdigest(),
            source=CheckInSource.ONLINE_IMPORT,
            by=by,
            at=at,
        )
        admitted += answer.result == CheckInResult.ADMITTED and answer.at == at
    return admitted


def _is_present(registration: Registration, member_id: int | None) -> bool:
    if member_id is None:
        return registration.attendance == Attendance.PRESENT
    return PartyMember.objects.filter(pk=member_id, registration=registration, attendance=Attendance.PRESENT).exists()
