"""What goes when a person is erased, or when the time of their data is over; set-wise, in the caller's transaction.

Rows stay, because figures count them; what says whom they are about goes.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from events.models import User
from registrations.actions.history import record
from registrations.enums import ChangeCause, ConsentPurpose
from registrations.models import (
    CalendarFeed,
    CheckIn,
    Consent,
    Invitation,
    NoShowPause,
    Participant,
    PartyMember,
    Registration,
    RegistrationChange,
)
from registrations.queries.consents import address_is_proven
from registrations.signals import people_erased


def empty_people(registrations: Sequence[Registration], *, by: User | None, at: datetime) -> None:
    """Empty names, addresses and words about these people; their old links die, and their history says so.

    `by` null: the person, or time.
    """
    ids = [registration.pk for registration in registrations]
    Participant.objects.filter(registration__in=ids).update(
        first_name="", last_name="", email="", phone="", organisation="", search_text=""
    )
    PartyMember.objects.filter(registration__in=ids).update(first_name="", last_name="", email="")
    RegistrationChange.objects.filter(registration__in=ids).exclude(reason="").update(reason="")
    CheckIn.objects.filter(registration__in=ids).exclude(reason="").update(reason="")
    NoShowPause.objects.filter(registration__in=ids).delete()
    keys = [registration.email_key for registration in registrations if registration.email_key is not None]
    Registration.objects.filter(pk__in=ids).update(
        email_key=None, sms_reminders=False, link_generation=F("link_generation") + 1, erased_at=at
    )
    of_state: dict[str, list[Registration]] = defaultdict(list)
    for registration in registrations:
        of_state[registration.state].append(registration)
    for state, rows in of_state.items():
        record(rows, ChangeCause.ERASED, was=state, by=by, at=at, notify=False)
    _end_feeds(keys)


def empty_replaced(members: Sequence[PartyMember]) -> None:
    """Empty people whom somebody else has replaced, with what was said to them; the old codes stay, for the door."""
    ids = frozenset(member.pk for member in members)
    PartyMember.objects.filter(pk__in=ids).update(first_name="", last_name="", email="")
    nobody: frozenset[int] = frozenset()
    people_erased.send(sender=Registration, registration_ids=nobody, invitation_ids=nobody, replaced_ids=ids)


def _end_feeds(keys: Collection[str]) -> None:
    """Take the calendars away of people of whom nothing else is left."""
    still_here = Registration.objects.filter(email_key__in=keys).values("email_key")
    CalendarFeed.objects.filter(email_key__in=keys).exclude(email_key__in=still_here).delete()


def empty_invitations(invitations: QuerySet[Invitation], *, at: datetime) -> int:
    """Empty who was invited, and close the links; how many there were."""
    return invitations.update(
        first_name="",
        last_name="",
        email="",
        organisation="",
        note="",
        generation=F("generation") + 1,
        revoked_at=Coalesce("revoked_at", Value(at)),
    )


def end_consents(consents: QuerySet[Consent], *, at: datetime) -> int:
    """Take consents back and forget whose they were; that somebody agreed to these words, and until when, stays."""
    return consents.update(withdrawn_at=Coalesce("withdrawn_at", Value(at)), email="", email_key=None)


def part_with_consents(registrations: Sequence[Registration], *, at: datetime) -> None:
    """News go on to whoever still wants them, apart from the registration; of the others only the fact stays."""
    theirs = Consent.objects.filter(registration__in=registrations)
    wants_news = Q(purpose=ConsentPurpose.NEWS, withdrawn_at=None)
    proven = list(theirs.filter(wants_news).filter(address_is_proven()).values_list("pk", flat=True))
    end_consents(theirs.filter(wants_news).exclude(pk__in=proven), at=at)
    theirs.exclude(wants_news).update(email="", email_key=None)
    Consent.objects.filter(pk__in=proven).update(registration=None)
