"""The people of a party, one by one: who does not come, and who comes instead."""

from datetime import timedelta

import pytest

from events.enums import EventStatus
from events.errors import FieldErrors
from events.models import Event
from registrations.actions.moves import cancel_registration, confirm_registration
from registrations.actions.needs import Need
from registrations.actions.parties import cancel_contact, cancel_member, substitute_contact, substitute_member
from registrations.actions.signing_up import Guest
from registrations.enums import Attendance, ChangeCause, ConsentPurpose, MemberState, RegistrationState
from registrations.errors import AlreadyRegistered, EventCancelled, NotActive, RateLimited, TooLateToCancel
from registrations.models import Consent, PartyMember, Registration, RegistrationChange
from registrations.tokens import email_key
from tests.make import make_applicant, make_consent_text, make_member, make_question, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, enter, entered, fresh
from tests.registrations.parties import EWA, JAN, make_group_event, party_of

pytestmark = pytest.mark.django_db

S, M, C = RegistrationState, MemberState, ChangeCause
LATER = NOW + timedelta(minutes=5)
OLA = Guest("Ola", "Wrona", "ola@example.org")


def member(row: PartyMember) -> PartyMember:
    return PartyMember.objects.get(pk=row.pk)


def since(registration: Registration) -> list[tuple[str, str, str, int | None]]:
    """What happened to a registration after it came in."""
    rows = registration.changes.order_by("id")[1:]
    return [(row.cause, row.from_state, row.to_state, row.member_id) for row in rows]


def test_one_of_a_party_does_not_come_and_their_seat_goes_to_the_next():
    event = make_group_event(capacity=3)
    party, (ewa, jan) = party_of(event, EWA, JAN)
    waiting = entered(event)

    after = cancel_member(ewa, by=None, at=LATER, reason="Choroba")

    assert (after.seats, after.state, fresh(waiting).state) == (2, S.CONFIRMED, S.CONFIRMED)
    assert (member(ewa).state, member(ewa).ended_at, member(jan).state) == (M.CANCELLED, LATER, M.COMING)
    assert counts(event) == [(3, 0)]
    assert since(party) == [(C.MEMBER_CANCELLED, S.CONFIRMED, S.CONFIRMED, ewa.pk)]
    row = party.changes.latest("id")
    assert (row.reason, row.notify, row.at) == ("Choroba", True, LATER)
    assert "ewa" not in fresh(party).participant.search_text
    assert "jan" in fresh(party).participant.search_text


def test_once_more_changes_nothing_and_ends_later_than_the_event_too():
    event = make_group_event()
    party, (ewa,) = party_of(event, EWA)

    for at in (LATER, LATER + timedelta(hours=1), NOW + timedelta(days=99)):
        cancel_member(ewa, by=None, at=at)

    assert (fresh(party).seats, member(ewa).ended_at) == (1, LATER)
    assert len(since(party)) == 1


def test_a_party_that_waits_gets_smaller_and_may_fit():
    event = make_group_event(capacity=2)
    entered(event)
    party, (ewa, jan) = party_of(event, EWA, JAN)

    first = cancel_member(ewa, by=None, at=LATER)
    waits = counts(event)
    second = cancel_member(jan, by=None, at=LATER)

    assert (first.state, first.seats, waits) == (S.WAITLISTED, 2, [(1, 2)])
    assert (second.state, second.seats, counts(event)) == (S.CONFIRMED, 1, [(2, 0)])
    assert [cause for cause, *_rest in since(party)] == [C.MEMBER_CANCELLED, C.MEMBER_CANCELLED, C.PROMOTED]


def test_whoever_registered_gives_up_the_own_place_and_keeps_looking_after_the_others():
    event = make_group_event(capacity=2)
    party, (ewa,) = party_of(event, EWA)
    waiting = entered(event)

    after = cancel_contact(party, by=None, at=LATER)
    again = cancel_contact(party, by=None, at=NOW + timedelta(days=99))

    assert (after.contact_comes, after.seats, after.state) == (False, 1, S.CONFIRMED)
    assert (again.seats, member(ewa).state, fresh(waiting).state) == (1, M.COMING, S.CONFIRMED)
    assert counts(event) == [(2, 0)]
    assert since(party) == [(C.MEMBER_CANCELLED, S.CONFIRMED, S.CONFIRMED, None)]


def test_with_the_last_person_the_whole_registration_is_cancelled():
    event = make_group_event()
    (alone, _nobody), (party, (ewa,)) = party_of(event), party_of(event, EWA)
    cancel_contact(party, by=None, at=NOW)

    cancel_contact(alone, by=None, at=LATER)
    cancel_contact(alone, by=None, at=LATER)
    cancel_member(ewa, by=None, at=LATER, reason="Wyjazd")
    cancel_member(ewa, by=None, at=LATER)

    assert [fresh(row).state for row in (alone, party)] == [S.CANCELLED_BY_PARTICIPANT] * 2
    assert counts(event) == [(0, 0)]
    assert since(alone) == [(C.CANCELLED, S.CONFIRMED, S.CANCELLED_BY_PARTICIPANT, None)]
    assert since(party)[1:] == [(C.CANCELLED, S.CONFIRMED, S.CANCELLED_BY_PARTICIPANT, None)]
    assert party.changes.latest("id").reason == "Wyjazd"


def test_an_application_that_holds_no_seat_gets_smaller_too():
    event = make_group_event(approval=True)
    _party, (ewa,) = party_of(event, EWA)

    after = cancel_member(ewa, by=None, at=LATER)

    assert (after.state, after.seats, counts(event)) == (S.AWAITING_APPROVAL, 1, [(0, 0)])


@pytest.mark.parametrize("act", [cancel_member, cancel_contact])
def test_too_late_is_after_coming_or_after_the_end(act):
    event = make_group_event()
    over, here, by_staff = (party_of(event, EWA) for _ in range(3))
    for party, (ewa,) in (here, by_staff):
        Registration.objects.filter(pk=party.pk).update(attendance=Attendance.PRESENT)
        PartyMember.objects.filter(pk=ewa.pk).update(attendance=Attendance.PRESENT)
    end = fresh(over[0]).event.ends_at
    before = counts(event)

    for (party, (ewa,)), by, at in ((over, None, end), (here, None, LATER), (by_staff, make_user(), LATER)):
        with pytest.raises(TooLateToCancel):
            act(ewa if act is cancel_member else party, by=by, at=at)

    assert counts(event) == before
    assert not RegistrationChange.objects.exclude(cause=C.SIGNED_UP).exists()


def test_staff_may_note_afterwards_that_somebody_did_not_come():
    event = make_group_event()
    _party, (ewa,) = party_of(event, EWA)

    after = cancel_member(ewa, by=make_user(), at=NOW + timedelta(days=99))

    assert after.seats == 1


def test_nobody_cancels_everybody_when_somebody_of_them_has_come():
    event = make_group_event()
    party, (ewa,) = party_of(event, EWA)
    PartyMember.objects.filter(pk=ewa.pk).update(attendance=Attendance.PRESENT)

    with pytest.raises(TooLateToCancel):
        cancel_registration(party, by=None, at=LATER)

    assert fresh(party).state == S.CONFIRMED


@pytest.mark.parametrize("act", [cancel_member, cancel_contact])
def test_of_a_registration_that_has_ended_nobody_leaves(act):
    event = make_group_event()
    gone, expired = make_registration(event, seats=2), make_registration(event, state=S.EXPIRED, seats=2)
    people = [make_member(row) for row in (gone, expired)]
    cancel_registration(gone, by=None, at=NOW)

    act(people[0] if act is cancel_member else gone, by=None, at=LATER)
    with pytest.raises(NotActive):
        act(people[1] if act is cancel_member else expired, by=None, at=LATER)

    assert [(fresh(row).seats, member(person).state) for row, person in zip((gone, expired), people, strict=True)] == [
        (2, M.COMING),
        (2, M.COMING),
    ]


def test_somebody_else_comes_instead_of_one_of_a_party():
    event = make_group_event(capacity=2)
    party, (ewa,) = party_of(event, EWA)

    ola = substitute_member(ewa, guest=Guest(" Ola ", "Wrona", " ola@example.org "), by=None, at=LATER)

    assert (ola.full_name, ola.email, ola.state, ola.created_at) == ("Ola Wrona", OLA.email, M.COMING, LATER)
    assert (member(ewa).state, member(ewa).ended_at, member(ewa).ticket_code) == (M.REPLACED, LATER, ewa.ticket_code)
    assert ola.ticket_code != ewa.ticket_code
    assert counts(event) == [(2, 0)]
    assert since(party) == [(C.MEMBER_SUBSTITUTED, S.CONFIRMED, S.CONFIRMED, ola.pk)]
    assert party.changes.latest("id").notify
    assert ("ola" in fresh(party).participant.search_text, "ewa" in fresh(party).participant.search_text) == (
        True,
        False,
    )


def test_a_party_that_waits_keeps_its_place():
    event = make_group_event(capacity=1)
    party, (ewa,) = party_of(event, EWA)

    substitute_member(ewa, guest=OLA, by=None, at=LATER)

    assert (fresh(party).state, fresh(party).queued_at, counts(event)) == (S.WAITLISTED, NOW, [(0, 2)])


@pytest.mark.parametrize(
    ("guest", "fields"),
    [
        (Guest("", "Wrona"), ["first_name"]),
        (Guest("Ola", "www.example.org/a"), ["last_name"]),
        (Guest("Ola", "Wrona", "ola"), ["email"]),
    ],
)
def test_a_person_who_does_not_fit_replaces_nobody(guest, fields):
    event = make_group_event()
    party, (ewa,) = party_of(event, EWA)

    with pytest.raises(FieldErrors) as of_member:
        substitute_member(ewa, guest=guest, by=None, at=LATER)
    with pytest.raises(FieldErrors) as of_contact:
        substitute_contact(party, guest=guest, by=None, at=LATER)

    assert list(of_member.value.errors) == fields
    assert set(fields) <= set(of_contact.value.errors)

    assert PartyMember.objects.get().state == M.COMING
    assert since(party) == []


def test_who_left_cannot_be_replaced():
    event = make_group_event()
    _party, (ewa, jan) = party_of(event, EWA, JAN)
    cancel_member(ewa, by=None, at=NOW)
    substitute_member(jan, guest=OLA, by=None, at=NOW)

    for gone in (ewa, jan):
        with pytest.raises(NotActive):
            substitute_member(gone, guest=OLA, by=None, at=LATER)

    assert PartyMember.objects.filter(state=M.COMING).count() == 1


def test_nobody_is_replaced_once_the_registration_or_the_event_is_gone():
    event, off = make_group_event(), make_group_event()
    (gone, (ewa,)), (party, (jan,)) = party_of(event, EWA), party_of(off, JAN)
    cancel_registration(gone, by=None, at=NOW)
    Event.objects.filter(pk=off.pk).update(status=EventStatus.CANCELLED)

    for refusal, row, person in ((NotActive, gone, ewa), (EventCancelled, party, jan)):
        with pytest.raises(refusal):
            substitute_member(person, guest=OLA, by=None, at=LATER)
        with pytest.raises(refusal):
            substitute_contact(row, guest=OLA, by=None, at=LATER)


def test_places_are_not_passed_on_without_end():
    event = make_group_event()
    party, (jan,) = party_of(event, JAN)
    for number in range(5):
        jan = substitute_member(jan, guest=Guest("Jan", "Kolejny", f"jan{number}@example.org"), by=None, at=NOW)

    with pytest.raises(RateLimited) as refusal:
        substitute_member(jan, guest=OLA, by=None, at=LATER)

    assert refusal.value.details == {"retry_after": 3600}
    assert substitute_member(jan, guest=OLA, by=make_user(), at=LATER).email == OLA.email
    assert fresh(party).seats == 2


def test_another_person_takes_the_whole_registration_over():
    event = make_group_event(capacity=2)
    party, (ewa,) = party_of(event, EWA, email="anna@example.org", phone="+48600100200", sms_reminders=True)
    token = party.manage_token
    party.answers.create(question=make_question(event), value="Bez mięsa")
    party.needs.create(kind="pjm", note="Proszę", created_at=NOW)
    Registration.objects.filter(pk=party.pk).update(age_statement=True, address_confirmed_at=NOW)

    after = substitute_contact(party, guest=OLA, by=None, at=LATER)

    assert after is not None
    person = after.participant
    assert (person.full_name, person.email, str(person.phone)) == ("Ola Wrona", OLA.email, "")
    assert "ola" in person.search_text
    assert "ewa" in person.search_text
    assert (after.state, after.seats, after.contact_comes, after.email_key) == (
        S.CONFIRMED,
        2,
        True,
        email_key(OLA.email),
    )
    assert (after.sms_reminders, after.age_statement, after.address_confirmed_at) == (False, None, None)
    assert after.manage_token != token
    assert after.ticket_code != party.ticket_code
    former = PartyMember.objects.get(state=M.REPLACED)
    assert (former.full_name, former.email, former.ticket_code) == ("Anna Nowak", "anna@example.org", party.ticket_code)
    assert (former.ended_at, member(ewa).state) == (LATER, M.COMING)
    assert not after.answers.exists()
    assert not after.needs.exists()
    assert since(party) == [(C.MEMBER_SUBSTITUTED, S.CONFIRMED, S.CONFIRMED, None)]
    assert counts(event) == [(2, 0)]


def test_the_same_person_takes_nothing_over():
    party, _nobody = party_of(make_group_event(), email="anna@example.org")

    substitute_contact(party, guest=Guest("Anna", "Nowak", "anna@example.org"), by=None, at=LATER)

    assert fresh(party).link_generation == 1
    assert since(party) == []


def test_two_people_may_share_a_mailbox():
    party, _nobody = party_of(make_group_event(), email="dom@example.org")

    after = substitute_contact(party, guest=Guest("Jan", "Nowak", "dom@example.org"), by=None, at=LATER)

    assert after is not None
    assert (after.email_key, after.link_generation) == (party.email_key, 2)


def test_a_registration_is_not_taken_over_without_an_address():
    party, _nobody = party_of(make_group_event())

    with pytest.raises(FieldErrors) as refusal:
        substitute_contact(party, guest=JAN, by=None, at=LATER)

    assert list(refusal.value.errors) == ["email"]


def test_consents_end_with_the_person_and_news_stay_theirs():
    party, _nobody = party_of(make_group_event())
    for purpose in (ConsentPurpose.NEWS, ConsentPurpose.PHOTO):
        Consent.objects.create(
            registration=party, purpose=purpose, text=make_consent_text(purpose), source="web", given_at=NOW
        )

    substitute_contact(party, guest=OLA, by=None, at=LATER)

    assert list(Consent.objects.order_by("purpose").values_list("purpose", "registration", "withdrawn_at")) == [
        (ConsentPurpose.NEWS, None, None),
        (ConsentPurpose.PHOTO, party.pk, LATER),
    ]


def test_the_assistant_of_the_old_person_leaves_with_them():
    event = make_group_event(capacity=3, assistants_take_seats=True)
    party, _ewa = party_of(event, EWA, needs=[Need("assistant")])
    waiting = entered(event)

    after = substitute_contact(party, guest=OLA, by=None, at=LATER)

    assert after is not None
    assert (after.seats, fresh(waiting).state, counts(event)) == (2, S.CONFIRMED, [(3, 0)])
    assert [cause for cause, *_rest in since(party)] == [C.MEMBER_SUBSTITUTED, C.SEATS_CHANGED]


def test_who_has_a_registration_of_their_own_takes_none_over_and_that_is_told_to_them_only():
    event = make_group_event(capacity=2)
    own = entered(event, make_applicant("ola@example.org"))
    party, _nobody = party_of(event, email="anna@example.org")
    waiting = entered(event)

    assert substitute_contact(party, guest=OLA, by=None, at=LATER) is None

    gone = fresh(party)
    # What the old mailbox sees is the same: a dead link, and the news that somebody else comes.
    assert (gone.link_generation, gone.email_key) == (2, None)
    assert PartyMember.objects.get().ticket_code == party.ticket_code
    assert gone.state == S.CANCELLED_BY_PARTICIPANT
    assert gone.participant.email == ""
    assert [(cause, notify) for cause, _was, _to, notify in changes(event)][3:] == [
        (C.MEMBER_SUBSTITUTED, True),
        (C.ASKED_AGAIN, True),
        (C.CANCELLED, False),
        (C.PROMOTED, True),
    ]
    assert own.changes.latest("id").cause == C.ASKED_AGAIN
    assert (fresh(waiting).state, counts(event)) == (S.CONFIRMED, [(2, 0)])


@pytest.mark.parametrize(("minutes", "is_taken_over"), [(61, True), (59, False)])
def test_a_hold_that_ran_out_is_in_nobodys_way(minutes, is_taken_over):
    event = make_group_event(confirm_email=True)
    party, _nobody = party_of(event)
    confirm_registration(party, at=NOW)
    begun = entered(event, make_applicant("ola@example.org"))

    after = substitute_contact(party, guest=OLA, by=None, at=NOW + timedelta(minutes=minutes))

    assert (after is not None, fresh(begun).state) == (is_taken_over, S.EXPIRED if is_taken_over else S.HELD)
    assert counts(event) == [(1, 0)]


def test_the_others_of_a_party_keep_their_seats_then_and_the_owner_of_the_address_looks_after_them():
    event = make_group_event(capacity=4)
    entered(event, make_applicant("ola@example.org"))
    party, (ewa, _jan) = party_of(event, EWA, JAN)
    waiting = entered(event)

    assert substitute_contact(party, guest=OLA, by=None, at=LATER) is None

    left = fresh(party)
    assert (left.state, left.seats, left.contact_comes, left.email_key) == (S.CONFIRMED, 2, False, None)
    assert (left.participant.email, member(ewa).state) == (OLA.email, M.COMING)
    assert (fresh(waiting).state, counts(event)) == (S.CONFIRMED, [(4, 0)])
    assert [cause for cause, *_rest in since(party)] == [C.MEMBER_SUBSTITUTED, C.SEATS_CHANGED]


def test_who_only_looked_after_the_others_passes_on_no_place():
    event = make_group_event()
    entered(event, make_applicant("ola@example.org"))
    party, _ewa = party_of(event, EWA)
    cancel_contact(party, by=None, at=NOW)

    substitute_contact(party, guest=OLA, by=None, at=LATER)

    assert (fresh(party).seats, fresh(party).state, counts(event)) == (1, S.CONFIRMED, [(2, 0)])


def test_staff_are_told_that_somebody_is_registered_already():
    event = make_group_event()
    own = entered(event, make_applicant("ola@example.org"))
    party, _nobody = party_of(event)
    before = fresh(party).link_generation

    with pytest.raises(AlreadyRegistered) as refusal:
        substitute_contact(party, guest=OLA, by=make_user(), at=LATER)

    assert refusal.value.details == {"reference": own.reference}
    assert fresh(party).link_generation == before
    assert not PartyMember.objects.exists()


def test_a_substitute_may_register_like_anybody_once_they_have_left():
    event = make_group_event()
    party, (ewa,) = party_of(event, EWA)
    substitute_contact(party, guest=OLA, by=None, at=LATER)
    cancel_registration(party, by=None, at=LATER)

    assert enter(event, make_applicant("ola@example.org")).registration is not None
    assert member(ewa).state == M.COMING
