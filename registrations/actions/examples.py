"""Invented people on a full event, so that a trial shows a reserve list."""

from datetime import datetime

from django.db import transaction

from events.models import Event
from events.queries.notices import current_notice
from registrations.actions.moves import confirm_registration
from registrations.actions.signing_up import Applicant, sign_up
from registrations.enums import RegistrationSource
from registrations.models import Registration, RegistrationChange


@transaction.atomic
def fill_with_examples(event: Event, *, people: int, at: datetime) -> None:
    """Register so many invented people and confirm their addresses; nobody is written to."""
    notice = current_notice(event.unit, kind=event.kind, at=at)
    for number in range(1, people + 1):
        applicant = Applicant(first_name="Osoba", last_name=f"Przykładowa {number}", email=f"osoba{number}@example.org")
        answer = sign_up(event, applicant, source=RegistrationSource.WEB, language="pl", notice=notice, at=at)
        if answer.registration is not None:
            confirm_registration(answer.registration, at=at)
    Registration.objects.filter(event=event).update(is_example=True)
    RegistrationChange.objects.filter(registration__event=event).update(notify=False, planned_at=at)
