"""What a person may put right about themselves after signing up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.actions.seats import lock_queue
from events.errors import FieldErrors
from events.models import User
from events.queries.questions import asked_questions
from registrations.actions.answers import Answers, change_answers, read_answers
from registrations.actions.assistants import assistant_takes_seat, seat_assistant, unseat_assistant
from registrations.actions.consents import follow_sms_wish
from registrations.actions.history import record
from registrations.actions.needs import Need, change_needs, need_faults
from registrations.actions.people import coming_members, person_faults, search_text
from registrations.enums import ChangeCause, RegistrationSource
from registrations.errors import NotActive
from registrations.models import Participant, Registration

_ON_PARTICIPANT: Final = ("first_name", "last_name", "phone", "organisation")
_ON_REGISTRATION: Final = ("language", "sms_reminders", "no_photo")


@retried
def change_details(
    registration: Registration,
    changes: Mapping[str, object],
    *,
    source: RegistrationSource = RegistrationSource.WEB,
    answers: Answers | None = None,
    needs: Sequence[Need] | None = None,
    by: User | None = None,
    at: datetime,
) -> Registration:
    """Change name, phone, organisation, language, the wish for SMS or not to be photographed; what is not named stays.

    Nobody is written to.

    Answers that are not named stay too; `needs` are all that is needed from now on. An assistant who takes a seat needs
    one that is free (`EventFull`), and leaves it to the next when they do not come. `source`: where a new wish for SMS
    came from. `by` null: the person.
    """
    if needs is not None:
        # Before the registration, as everywhere: what is asked for is counted, seats may be given back, and nobody
        # closes the event meanwhile.
        lock_queue(registration.event_id)
    rows = Registration.objects.select_related("event__policy", "event__unit").select_for_update(
        no_key=True, of=("self",)
    )
    current = rows.get(pk=registration.pk)
    if not current.is_active or current.erased_at is not None:
        raise NotActive
    participant = Participant.objects.get(registration=current)
    wanted_sms = current.sms_reminders
    for name in _ON_PARTICIPANT:
        setattr(participant, name, changes.get(name, getattr(participant, name)))
    for name in _ON_REGISTRATION:
        setattr(current, name, changes.get(name, getattr(current, name)))
    _require_valid(current, participant, needs or ())
    if answers:
        change_answers(current, read_answers(asked_questions(current.event_id), answers, is_whole=False))
    had_assistant = has_assistant = False
    if needs is not None:
        had_assistant = assistant_takes_seat(current)
        change_needs(current, needs, at=at)
        has_assistant = assistant_takes_seat(current)
    participant.search_text = search_text(current, participant, coming_members(current))
    participant.save()
    current.save(update_fields=_ON_REGISTRATION)
    if current.sms_reminders != wanted_sms:
        follow_sms_wish(current, source=source, at=at)
    record([current], ChangeCause.EDITED, was=current.state, by=by, at=at, notify=False)
    if has_assistant and not had_assistant:
        seat_assistant(current, at=at)
    elif had_assistant and not has_assistant:
        unseat_assistant(current, by=by, at=at)
    return current


def _require_valid(registration: Registration, participant: Participant, needs: Sequence[Need]) -> None:
    errors = person_faults(participant) | need_faults(needs)
    if registration.sms_reminders and not participant.phone:
        errors["phone"] = [_("Give a phone number, or leave the SMS reminder out.")]
    if errors:
        raise FieldErrors(errors)
