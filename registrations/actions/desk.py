"""What staff do for people who told them: by telephone, on paper, at the counter."""

from collections.abc import Mapping
from datetime import datetime

from events.actions.retries import retried
from events.models import Event, User
from events.queries.notices import current_notice
from registrations.actions.addresses import readdress
from registrations.actions.answers import Answers
from registrations.actions.details import change_details
from registrations.actions.signing_up import Applicant, sign_up
from registrations.enums import ChangeCause, RegistrationSource
from registrations.models import Registration, RegistrationChange


@retried
def register_for(
    event: Event,
    applicant: Applicant,
    *,
    source: RegistrationSource,
    language: str,
    note: str = "",
    by: User,
    at: datetime,
) -> Registration:
    """Register somebody who called or wrote, in the same queue and by the same rules as everybody; an address is not needed.

    `note` stands in the history of the registration. Somebody who is registered already is named to staff
    (`AlreadyRegistered`).
    """
    notice = current_notice(event.unit, kind=event.kind, at=at)
    done = sign_up(event, applicant, source=source, language=language, notice=notice, by=by, at=at)
    assert done.registration is not None  # staff are told who is registered already, by a refusal
    if note.strip():
        changes = RegistrationChange.objects.filter(registration=done.registration, cause=ChangeCause.SIGNED_UP)
        changes.update(reason=note.strip())
    return done.registration


@retried
def edit_registration(
    registration: Registration,
    changes: Mapping[str, object],
    *,
    email: str | None = None,
    answers: Answers | None = None,
    by: User,
    at: datetime,
) -> Registration:
    """Change name, phone, organisation, language, the wish for SMS, answers and the address; what is not named stays.

    All of it or nothing. What people need is not staff's to change.
    """
    current = registration
    # The queue is locked before the registration, as everywhere.
    if email is not None:
        current = readdress(registration, email=email, by=by, at=at)
    if changes or answers:
        source = RegistrationSource.PHONE
        current = change_details(registration, changes, source=source, answers=answers, by=by, at=at)
    return current
