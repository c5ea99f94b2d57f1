"""What of registrations has had its time: needs, answers, contact data, consents that were taken back."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from events.queries.retention import events_over, questions_over
from registrations.enums import MemberState
from registrations.models import (
    AccommodationRequest,
    Answer,
    Consent,
    IdempotentAnswer,
    Invitation,
    PartyMember,
    Registration,
    RetentionRun,
)

# So long can a complaint about news after a withdrawal be answered.
WITHDRAWN_KEPT: Final = timedelta(days=30)

# The mail to somebody who was replaced is sent within a week.
REPLACED_KEPT: Final = timedelta(days=8)


def needs_over(*, at: datetime) -> QuerySet[AccommodationRequest]:
    """Needs that have had their time."""
    return AccommodationRequest.objects.filter(registration__event__in=events_over("needs", at=at)).order_by("id")


def answers_over(*, at: datetime) -> QuerySet[Answer]:
    """Answers that have had the time of their question."""
    return Answer.objects.filter(question__in=questions_over(at=at)).order_by("id")


def registrations_over(*, at: datetime) -> QuerySet[Registration]:
    """Registrations whose contact data have had their time and are still there."""
    return Registration.objects.filter(event__in=events_over("contact", at=at), erased_at=None).order_by("id")


def replaced_over(*, at: datetime) -> QuerySet[PartyMember]:
    """People who were replaced, and told of it, and whose names are still there."""
    gone = PartyMember.objects.filter(state=MemberState.REPLACED, ended_at__lte=at - REPLACED_KEPT)
    named = gone.exclude(first_name="", last_name="", email="")
    return named.filter(registration__event__legal_hold="").order_by("id")


def invitations_over(*, at: datetime) -> QuerySet[Invitation]:
    """Invitations that still say whom they are for although they have had their time."""
    empty = Q(first_name="", last_name="", email="", organisation="", note="")
    return Invitation.objects.filter(~empty, event__in=events_over("contact", at=at)).order_by("id")


def consents_over(*, at: datetime) -> QuerySet[Consent]:
    """Consents that were taken back so long ago that nobody has to know any more whose they were."""
    old = Consent.objects.filter(withdrawn_at__lte=at - WITHDRAWN_KEPT).exclude(email="", email_key=None)
    return old.filter(Q(registration=None) | Q(registration__event__legal_hold="")).order_by("id")


def given_answers_over(*, at: datetime) -> QuerySet[IdempotentAnswer]:
    """What was kept for requests that are not repeated any more."""
    return IdempotentAnswer.objects.filter(expires_at__lte=at).order_by("id")


def retention_runs() -> QuerySet[RetentionRun]:
    """What was deleted when, the latest first."""
    return RetentionRun.objects.order_by("-id")
