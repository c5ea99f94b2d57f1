"""Builders of registrations; the pools are counted along, so that lists and figures agree from the start."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from events.models import Event, SeatPool, Session
from events.queries.search import fold
from events.queries.seats import pools_for
from registrations.actions.needs import Need
from registrations.actions.signing_up import Applicant, Guest
from registrations.enums import ConsentPurpose, RegistrationSource, RegistrationState
from registrations.models import ConsentText, Invitation, Participant, PartyMember, Registration
from registrations.tokens import email_key, new_code
from tests.make.events import NOW, make_category

_numbers = itertools.count(1)
_WITH_SEAT = {RegistrationState.CONFIRMED, RegistrationState.HELD, RegistrationState.OFFERED}


def make_registration(
    event: Event,
    *,
    email: str | None = None,
    first_name: str = "Anna",
    last_name: str = "Nowak",
    phone: str = "",
    state: RegistrationState = RegistrationState.CONFIRMED,
    category: str | None = None,
    sessions: Sequence[Session] = (),
    seats: int = 1,
    sms_reminders: bool = False,
    language: str = "pl",
    at: datetime = NOW,
) -> Registration:
    """A confirmed registration in every pool that applies; who waits, waits for the event's own."""
    email = email or f"person{next(_numbers)}@example.org"
    holds_seat = state in _WITH_SEAT
    waits = state == RegistrationState.WAITLISTED
    chosen = make_category(category) if category else None
    pools = pools_for(event, category=chosen, sessions=sessions)
    registration = Registration.objects.create(
        event=event,
        state=state,
        seats=seats,
        holds_seat=holds_seat,
        waiting_pool=pools[-1] if waits else None,
        category=chosen,
        source=RegistrationSource.WEB,
        language=language,
        email_key=email_key(email),
        reference=new_code(),
        ticket_code=new_code(),
        sms_reminders=sms_reminders,
        created_at=at,
        queued_at=at,
        hold_expires_at=at + timedelta(hours=1) if state == RegistrationState.HELD else None,
        offer_expires_at=at + timedelta(hours=24) if state == RegistrationState.OFFERED else None,
        confirmed_at=at if state == RegistrationState.CONFIRMED else None,
    )
    registration.sessions.set(sessions)
    Participant.objects.create(
        registration=registration,
        first_name=first_name,
        last_name=last_name,
        email=email,
        phone=phone,
        search_text=fold(f"{first_name} {last_name} {registration.reference}"),
    )
    if holds_seat:
        SeatPool.objects.filter(pk__in=[pool.pk for pool in pools]).update(taken=F("taken") + seats)
    elif waits:
        SeatPool.objects.filter(pk=pools[-1].pk).update(waiting=F("waiting") + seats)
    return registration


def make_consent_text(purpose: ConsentPurpose = ConsentPurpose.NEWS, *, version: int = 1) -> ConsentText:
    """The words of a consent; the first versions exist already."""
    text, _made = ConsentText.objects.get_or_create(
        purpose=purpose,
        version=version,
        defaults={"text": {"pl": "Zgadzam się.", "en": "I agree."}, "in_force_from": NOW - timedelta(days=365)},
    )
    return text


def make_member(
    registration: Registration, *, first_name: str = "Jan", last_name: str = "Nowak", email: str = ""
) -> PartyMember:
    """Somebody who comes along; the seats of the registration are as its builder was told."""
    return PartyMember.objects.create(
        registration=registration,
        first_name=first_name,
        last_name=last_name,
        email=email,
        ticket_code=new_code(),
        created_at=registration.created_at,
    )


def make_invitation(
    event: Event, *, email: str = "", first_name: str = "Ewa", last_name: str = "Zaproszona", **given: Any
) -> Invitation:
    """Somebody who is invited by name, for one seat, without an approval."""
    return Invitation.objects.create(
        event=event,
        email=email or f"invited{next(_numbers)}@example.org",
        first_name=first_name,
        last_name=last_name,
        created_at=NOW,
        **given,
    )


def party_rows(*people: tuple[str, str, str]) -> dict[str, str]:
    """First name, last name and address of who comes along, as a page sends them."""
    rows = {"party_rows": str(len(people))}
    for row, person in enumerate(people):
        rows |= {
            f"party_{row}_{column}": value
            for column, value in zip(("first_name", "last_name", "email"), person, strict=True)
        }
    return rows


def make_applicant(
    email: str | None = None,
    *,
    first_name: str = "Anna",
    last_name: str = "Nowak",
    phone: str = "",
    organisation: str = "",
    category: str | None = None,
    session_ids: tuple[int, ...] = (),
    sms_reminders: bool = False,
    answers: Mapping[str, object] | None = None,
    needs: Sequence[Need] = (),
    age_statement: bool = False,
    consents: Sequence[str] = (),
    party: Sequence[Guest] = (),
) -> Applicant:
    """Somebody who wants to register; without an address given, a new person each time."""
    return Applicant(
        first_name=first_name,
        last_name=last_name,
        email=f"person{next(_numbers)}@example.org" if email is None else email,
        phone=phone,
        organisation=organisation,
        category=category,
        session_ids=session_ids,
        sms_reminders=sms_reminders,
        answers=answers or {},
        needs=tuple(needs),
        age_statement=age_statement,
        consents=tuple(consents),
        party=tuple(party),
    )
