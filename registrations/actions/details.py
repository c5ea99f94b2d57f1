"""What a person may put right about themselves after signing up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from events.errors import FieldErrors
from events.queries.search import fold
from registrations.actions.history import record
from registrations.actions.people import person_faults
from registrations.actions.retries import retried
from registrations.enums import ChangeCause
from registrations.errors import NotActive
from registrations.models import Participant, Registration

_ON_PARTICIPANT: Final = ("first_name", "last_name", "phone", "organisation")
_ON_REGISTRATION: Final = ("language", "sms_reminders")


@retried
def change_details(registration: Registration, changes: Mapping[str, object], *, at: datetime) -> Registration:
    """Change name, phone, organisation, language or the wish for SMS; what is not named stays. Nobody is written to."""
    current = Registration.objects.select_for_update(no_key=True, of=("self",)).get(pk=registration.pk)
    if not current.is_active:
        raise NotActive
    participant = Participant.objects.get(registration=current)
    for name in _ON_PARTICIPANT:
        setattr(participant, name, changes.get(name, getattr(participant, name)))
    for name in _ON_REGISTRATION:
        setattr(current, name, changes.get(name, getattr(current, name)))
    _require_valid(current, participant)
    participant.search_text = fold(f"{participant.full_name} {participant.organisation} {current.reference}")
    participant.save()
    current.save(update_fields=_ON_REGISTRATION)
    record([current], ChangeCause.EDITED, was=current.state, by=None, at=at, notify=False)
    return current


def _require_valid(registration: Registration, participant: Participant) -> None:
    errors = person_faults(participant)
    if registration.sms_reminders and not participant.phone:
        errors["phone"] = [_("Give a phone number, or leave the SMS reminder out.")]
    if errors:
        raise FieldErrors(errors)
