"""What people allow beyond taking part: given with the exact words, taken back as easily, each apart.

Every action locks the registration before its consents: two clicks at once neither give the same consent twice nor wait
for each other.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from events.actions.faults import Faults
from events.actions.retries import retried
from events.errors import FieldErrors
from registrations.enums import ConsentPurpose
from registrations.models import Consent, Participant, Registration
from registrations.queries.consents import OFFERED_PURPOSES, current_texts

_P: Final = ConsentPurpose


def consent_faults(purposes: Iterable[str]) -> Faults:
    """What nobody asks people to allow, at `consents.{purpose}`."""
    unknown = [purpose for purpose in purposes if purpose not in ConsentPurpose.values]
    return {f"consents.{purpose}": [_("Nobody asks for this consent. Leave it out.")] for purpose in unknown}


def consent_rows(
    registration: Registration, purposes: Collection[str], *, source: str, language: str, at: datetime
) -> list[Consent]:
    """A row for each purpose, to be written by the caller; no statement when nothing was allowed.

    A registration whose person wants SMS reminders has that consent too, whether it is named or not.
    """
    wanted = {*purposes, _P.SMS_REMINDERS} if registration.sms_reminders else {*purposes}
    if not wanted:
        return []
    faults = consent_faults(sorted(wanted))
    participant: Participant = registration.participant
    if _P.NEWS in wanted and not participant.email:
        faults[f"consents.{_P.NEWS}"] = [_("Give an e-mail address: the news go there.")]
    if faults:
        raise FieldErrors(faults)
    texts = current_texts(at=at, purposes=wanted)
    return [
        Consent(
            registration=registration,
            purpose=purpose,
            text=text,
            email_key=registration.email_key,
            # The others are for as long as the registration; this one has to find its person afterwards.
            email=participant.email if purpose == _P.NEWS else "",
            language=language,
            source=source,
            given_at=at,
        )
        for purpose, text in texts.items()
    ]


@retried
def give_consents(
    registration: Registration, purposes: Collection[str], *, source: str, language: str, at: datetime
) -> list[Consent]:
    """Allow what is not allowed already; returns what is new."""
    return _give(_locked(registration.pk), purposes, source=source, language=language, at=at)


def _locked(registration_id: int) -> Registration:
    return Registration.objects.select_for_update(no_key=True, of=("self",)).get(pk=registration_id)


def _give(
    current: Registration, purposes: Collection[str], *, source: str, language: str, at: datetime
) -> list[Consent]:
    standing = set(current.consents.filter(withdrawn_at=None).values_list("purpose", flat=True))
    rows = consent_rows(current, purposes, source=source, language=language, at=at)
    return Consent.objects.bulk_create(row for row in rows if row.purpose not in standing)


@retried
def withdraw_consent(consent: Consent, *, at: datetime) -> Consent:
    """Take a consent back; once more changes nothing. Who takes SMS reminders back gets none from now on."""
    if consent.registration_id is not None:
        _locked(consent.registration_id)
    if Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=at):
        consent.withdrawn_at = at
        if consent.purpose == _P.SMS_REMINDERS and consent.registration_id is not None:
            Registration.objects.filter(pk=consent.registration_id).update(sms_reminders=False)
    return consent


@retried
def withdraw_sms_reminders(phone: str, *, at: datetime) -> int:
    """Take the wish for SMS reminders back from every registration with this number; from how many."""
    theirs = Registration.objects.filter(participant__phone=phone, sms_reminders=True)
    ids = list(theirs.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    standing = Consent.objects.filter(registration__in=ids, purpose=_P.SMS_REMINDERS, withdrawn_at=None)
    standing.update(withdrawn_at=at)
    return Registration.objects.filter(pk__in=ids).update(sms_reminders=False)


@retried
def change_consents(
    registration: Registration, purposes: Collection[str], *, source: str, language: str, at: datetime
) -> None:
    """Allow these of what is offered and nothing else of it; the wish for SMS reminders has its own place."""
    current = _locked(registration.pk)
    _give(current, purposes, source=source, language=language, at=at)
    gone = [purpose for purpose in OFFERED_PURPOSES if purpose not in purposes]
    current.consents.filter(purpose__in=gone, withdrawn_at=None).update(withdrawn_at=at)


def follow_sms_wish(registration: Registration, *, source: str, at: datetime) -> None:
    """Keep evidence of the wish for SMS reminders as it stands on the registration now, in the transaction that set it."""
    if registration.sms_reminders:
        _give(registration, [_P.SMS_REMINDERS], source=source, language=registration.language, at=at)
    else:
        registration.consents.filter(purpose=_P.SMS_REMINDERS, withdrawn_at=None).update(withdrawn_at=at)


def readdress_consents(registration: Registration, *, email: str, key: str | None) -> None:
    """Carry what was allowed over to the corrected address, in the transaction that locked it; none: to nobody."""
    standing = registration.consents.filter(withdrawn_at=None)
    standing.update(email_key=key)
    standing.filter(purpose=_P.NEWS).update(email=email)
