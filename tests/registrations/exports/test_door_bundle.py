"""What a phone at the door carries: each record opens with its own code, and without it says nothing."""

import hashlib
import json
from base64 import b64decode
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from registrations.actions.parties import cancel_member
from registrations.enums import Attendance, RegistrationState
from registrations.exports.door_bundle import (
    ROUNDS_AT_LEAST,
    ROUNDS_AT_MOST,
    ROUNDS_IN_ALL,
    SealedTickets,
    seal,
)
from registrations.models import Registration
from registrations.queries.door_tickets import TicketAtDoor, day_of, tickets_at_the_door
from tests.make import make_event, make_registration
from tests.make.events import NOW, make_session
from tests.make.registrations import make_member

WARSAW = ZoneInfo("Europe/Warsaw")


def keys(sealed: SealedTickets, code: str) -> bytes:
    """What a code gives, as decision 0042 says it: half finds, half opens."""
    root = hashlib.pbkdf2_hmac("sha256", code.encode(), b64decode(sealed.salt), sealed.iterations, 32)
    return HKDF(SHA256(), 64, None, b"wiec door bundle 1").derive(root)


def opened(sealed: SealedTickets, code: str) -> dict[str, Any] | None:
    """What somebody reads who has this code."""
    both = keys(sealed, code)
    for record in sealed.records:
        if b64decode(record.key) == both[:32]:
            plain = AESGCM(both[32:]).decrypt(b64decode(record.iv), b64decode(record.data), None)
            facts: dict[str, Any] = json.loads(plain)
            return facts
    return None


def test_a_record_opens_with_its_own_code_and_with_no_other() -> None:
    anna = TicketAtDoor("ABCDEFGH", "confirmed", "Anna Żółć", "business", 2, Attendance.PRESENT, no_photo=True)
    jan = TicketAtDoor("HGFEDCBA", "waitlisted", "Jan")

    sealed = seal([anna, jan])

    assert opened(sealed, "ABCDEFGH") == {
        "state": "confirmed",
        "name": "Anna Żółć",
        "category": "business",
        "seats": 2,
        "attendance": "present",
        "no_photo": True,
    }
    assert opened(sealed, "ABCDEFGJ") is None
    wrong = keys(sealed, "HGFEDCBA")[32:]
    [record] = [record for record in sealed.records if b64decode(record.key) == keys(sealed, "ABCDEFGH")[:32]]
    with pytest.raises(InvalidTag):
        AESGCM(wrong).decrypt(b64decode(record.iv), b64decode(record.data), None)


def test_neither_length_nor_order_nor_an_earlier_bundle_say_who_it_is() -> None:
    tickets = [TicketAtDoor(f"ABCDEFG{letter}", "confirmed", "Ż" * 40 * place) for place, letter in enumerate("ABCDEF")]

    first, second = seal(tickets), seal(tickets)

    assert len({len(record.data) for record in first.records}) == 1
    assert [record.key for record in first.records] == sorted(record.key for record in first.records)
    assert {record.key for record in first.records}.isdisjoint(record.key for record in second.records)
    assert len({record.iv for record in first.records}) == len(tickets)


@pytest.mark.parametrize(
    ("people", "rounds"), [(1, ROUNDS_AT_MOST), (60, ROUNDS_IN_ALL // 60), (4000, ROUNDS_AT_LEAST)]
)
def test_few_people_are_sealed_harder_than_many(people: int, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def noted(_name: str, _code: bytes, _salt: bytes, iterations: int, _length: int) -> bytes:
        asked.append(iterations)
        return bytes(32)

    monkeypatch.setattr(hashlib, "pbkdf2_hmac", noted)

    sealed = seal(TicketAtDoor(f"{number:08}", "cancelled") for number in range(people))

    assert (sealed.iterations, set(asked), len(asked)) == (rounds, {rounds}, people)


@pytest.mark.django_db
def test_who_does_not_come_has_no_name_there() -> None:
    event, at = make_event("debata"), NOW
    anna = make_registration(event, first_name="Anna", last_name="Lis", category="business", seats=3)
    jan, ewa = (make_member(anna, first_name=name, last_name="Lis") for name in ("Jan", "Ewa"))
    cancel_member(ewa, by=None, at=at)
    Registration.objects.filter(pk=anna.pk).update(no_photo=True, attendance=Attendance.PRESENT)
    waiting = make_registration(event, first_name="Iga", state=RegistrationState.WAITLISTED)
    offered = make_registration(event, first_name="Ola", state=RegistrationState.OFFERED)
    gone = make_registration(event, first_name="Adam", state=RegistrationState.CANCELLED_BY_PARTICIPANT)
    only_others = make_registration(event, first_name="Piotr")
    erased = make_registration(event, first_name="Nikt")
    Registration.objects.filter(pk=only_others.pk).update(contact_comes=False)
    Registration.objects.filter(pk=erased.pk).update(erased_at=at)
    make_registration(make_event("inna"))

    found = {ticket.code: ticket for ticket in tickets_at_the_door(event, at=NOW)}

    assert found == {
        anna.ticket_code: TicketAtDoor(
            anna.ticket_code, "confirmed", "Anna Lis", "business", 2, Attendance.PRESENT, no_photo=True
        ),
        jan.ticket_code: TicketAtDoor(jan.ticket_code, "confirmed", "Jan Lis", "business", 1, no_photo=True),
        ewa.ticket_code: TicketAtDoor(ewa.ticket_code, "cancelled"),
        waiting.ticket_code: TicketAtDoor(waiting.ticket_code, "waitlisted", "Iga Nowak", None, 1),
        offered.ticket_code: TicketAtDoor(offered.ticket_code, "confirmed", "Ola Nowak", None, 1),
        gone.ticket_code: TicketAtDoor(gone.ticket_code, "cancelled"),
        only_others.ticket_code: TicketAtDoor(only_others.ticket_code, "cancelled"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_tickets_are_read_with_two_statements(people: int, django_assert_num_queries: Any) -> None:
    event = make_event("debata")
    for _number in range(people):
        make_member(make_registration(event, category="business", seats=2))

    with django_assert_num_queries(2):
        assert len(list(tickets_at_the_door(event, at=NOW))) == 2 * people


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=WARSAW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "day"),
    [
        (local(26, 23, 59), None),
        (local(27, 0), (local(27, 0), local(28, 1))),
        (local(27, 20), (local(27, 0), local(28, 1))),
        # The evening is not over yet.
        (local(28, 0, 30), (local(27, 0), local(28, 1))),
        # In the morning there is another meeting, on the day of 23 hours.
        (local(28, 9), (local(28, 0), local(29, 0))),
        (local(29, 0), None),
        (local(30, 12), (local(30, 0), local(31, 0))),
        # The last of two days in one session has a morning and an end of its own.
        (local(31, 12), (local(31, 0), local(31, 0) + timedelta(days=1))),
    ],
)
def test_a_day_at_the_door_ends_at_midnight_or_with_the_evening(
    at: datetime, day: tuple[datetime, datetime] | None
) -> None:
    event = make_event("noc", starts_at=local(27, 18), hours=7)
    make_session(event, starts_at=local(28, 10), hours=2)
    make_session(event, starts_at=local(30, 0), hours=48)
    gone = make_session(event, starts_at=local(29, 12), hours=1)
    gone.is_cancelled = True
    gone.save()

    assert day_of(event, at=at) == day
