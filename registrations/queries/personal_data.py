"""Everything that is stored about a person with their registrations, in a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch

from events.models import Session
from registrations.models import (
    AccommodationRequest,
    Answer,
    CheckIn,
    Consent,
    NeedChange,
    NoShowPause,
    PartyMember,
    Registration,
    RegistrationChange,
)
from registrations.queries.handovers import is_of_earlier_person


@dataclass(frozen=True)
class PersonalData:
    """One registration with its person, its event and its notice at hand; needs with their changes.

    `sessions` are the chosen ones; none: all of the event. Nothing is from before the person took the registration over.
    """

    registration: Registration
    sessions: list[Session]
    members: list[PartyMember]
    answers: list[Answer]
    needs: list[AccommodationRequest]
    consents: list[Consent]
    changes: list[RegistrationChange]
    check_ins: list[CheckIn]
    pauses: list[NoShowPause]


def personal_data(registrations: Iterable[Registration]) -> list[PersonalData]:
    """The data of these registrations, in the order of their numbers."""
    rows = (
        Registration.objects.filter(pk__in=[registration.pk for registration in registrations])
        .select_related("participant", "category", "notice", "invitation", "event__unit", "event__venue")
        .prefetch_related(
            Prefetch("sessions", Session.objects.select_related("room").order_by("starts_at", "id")),
            "members",
            Prefetch("answers", Answer.objects.select_related("question").order_by("question__position", "id")),
            Prefetch("needs", AccommodationRequest.objects.exclude(is_of_earlier_person(moment="created_at"))),
            Prefetch(
                "needs__changes",
                NeedChange.objects.exclude(is_of_earlier_person(registration="need__registration", moment="at")),
            ),
            Prefetch(
                "consents",
                Consent.objects.exclude(is_of_earlier_person(moment="given_at"))
                .select_related("text")
                .order_by("given_at", "id"),
            ),
            Prefetch("changes", RegistrationChange.objects.exclude(is_of_earlier_person(moment="at"))),
            Prefetch("check_ins", CheckIn.objects.exclude(is_of_earlier_person(moment="at")).select_related("member")),
            "no_show_pauses",
        )
    )
    return [
        PersonalData(
            registration=row,
            sessions=list(row.sessions.all()),
            members=list(row.members.all()),
            answers=list(row.answers.all()),
            needs=list(row.needs.all()),
            consents=list(row.consents.all()),
            changes=list(row.changes.all()),
            check_ins=list(row.check_ins.all()),
            pauses=[pause for pause in row.no_show_pauses.all() if pause.email_key == row.email_key],
        )
        for row in rows.order_by("id")
    ]
