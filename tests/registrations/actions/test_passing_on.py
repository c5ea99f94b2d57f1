"""A whole registration is passed on: what goes with the old person, and what the new mailbox is safe from."""

from datetime import timedelta

import pytest

from events.actions.legal_hold import set_legal_hold
from events.models import Event
from registrations.actions.addresses import correct_address
from registrations.actions.approvals import approve_registration
from registrations.actions.asking import settle_unanswered
from registrations.actions.needs import Need
from registrations.actions.parties import substitute_contact, substitute_member
from registrations.actions.signing_up import Guest
from registrations.enums import AttendanceIntent, ConsentPurpose, MemberState, NeedState, RegistrationState
from registrations.errors import NotActive, UnderLegalHold
from registrations.models import Consent, NeedChange, Participant, PartyMember, Registration
from registrations.queries.consents import news_subscribers
from registrations.queries.needs import event_needs, needs_of
from registrations.tokens import email_key
from tests.make import make_applicant, make_consent_text, make_user
from tests.make.events import NOW
from tests.registrations.acts import counts, entered, fresh
from tests.registrations.parties import EWA, make_group_event, party_of

pytestmark = pytest.mark.django_db

S = RegistrationState
LATER = NOW + timedelta(minutes=5)
OLA = Guest("Ola", "Wrona", "ola@example.org")


def pass_on(registration: Registration, *, at=LATER) -> Registration | None:
    return substitute_contact(registration, guest=OLA, by=None, at=at)


def test_what_the_old_person_needed_goes_and_only_who_arranged_it_learns_so():
    party, _nobody = party_of(make_group_event())
    needs = {
        state: party.needs.create(kind=kind, state=state, note="Słabo widzę", reason="Tak", created_at=NOW)
        for kind, state in [
            ("pjm", NeedState.ARRANGED),
            ("induction_loop", NeedState.FULFILLED),
            ("wheelchair", NeedState.REQUESTED),
        ]
    }
    for need in needs.values():
        NeedChange.objects.create(need=need, to_state=need.state, at=NOW, reason="Tak")

    after = pass_on(party)

    assert after is not None
    assert needs_of(after) == []
    assert [(need.kind, need.state) for need in event_needs(after.event)] == [("pjm", NeedState.WITHDRAWN)]
    assert list(after.needs.values_list("note", "reason", "alternative")) == [("", "", "")]
    assert list(NeedChange.objects.values_list("to_state", "reason")) == [("arranged", ""), ("withdrawn", "")]


def test_an_assistant_who_was_provided_already_leaves_too():
    event = make_group_event(capacity=2, assistants_take_seats=True)
    party, _nobody = party_of(event, needs=[Need("assistant")])
    party.needs.update(state=NeedState.FULFILLED)

    after = pass_on(party)

    assert after is not None
    assert (after.seats, counts(event)) == (1, [(1, 0)])
    assert not after.needs.exists()


def test_a_question_to_the_old_mailbox_costs_the_new_one_nothing():
    event = make_group_event()
    party, _nobody = party_of(event)
    due_at = NOW + timedelta(days=1)
    Registration.objects.update(attendance_intent=AttendanceIntent.ASKED, intent_due_at=due_at)

    after = pass_on(party)

    assert after is not None
    assert (after.attendance_intent, after.intent_due_at) == (AttendanceIntent.NOT_ASKED, None)
    assert settle_unanswered(at=due_at) == 0
    assert fresh(party).state == S.CONFIRMED


def test_of_who_passed_it_on_to_somebody_registered_no_name_stays_with_the_registration():
    event = make_group_event()
    entered(event, make_applicant("ola@example.org"))
    party, _nobody = party_of(event, email="anna@example.org", phone="+48600100200")

    assert pass_on(party) is None

    person = Participant.objects.get(registration=party)
    assert (person.full_name, person.email, str(person.phone), person.organisation, person.search_text) == (
        "",
        "",
        "",
        "",
        "",
    )
    # The mail needs it.
    assert PartyMember.objects.get().email == "anna@example.org"


def test_an_address_that_is_not_confirmed_passes_nothing_on():
    event = make_group_event(confirm_email=True)
    party, (ewa,) = party_of(event, EWA)

    with pytest.raises(NotActive, match="not_active"):
        pass_on(party)

    assert fresh(party).link_generation == 1
    assert substitute_member(ewa, guest=OLA, by=None, at=LATER).email == OLA.email


def test_whoever_applied_cannot_take_the_application_back_that_they_passed_on():
    party, _nobody = party_of(make_group_event(confirm_email=True, approval=True))
    after = pass_on(party)
    assert after is not None
    held = approve_registration(after, by=make_user(), at=LATER)
    assert held.state == S.HELD

    with pytest.raises(NotActive):
        correct_address(held, email="anna@example.org", at=LATER)

    assert fresh(party).email_key == email_key(OLA.email)


def test_what_was_erased_is_not_filled_again():
    party, (ewa,) = party_of(make_group_event(), EWA)
    Registration.objects.update(erased_at=NOW)

    with pytest.raises(NotActive):
        pass_on(party)
    with pytest.raises(NotActive):
        substitute_member(ewa, guest=OLA, by=None, at=LATER)

    assert not PartyMember.objects.filter(state=MemberState.REPLACED).exists()


def test_under_a_legal_hold_nothing_is_passed_on():
    event = make_group_event()
    party, _nobody = party_of(event, needs=[Need("pjm", "Proszę")])
    Event.objects.filter(pk=event.pk).update(contact_email="prawny@example.org")
    set_legal_hold(fresh(party).event, reason="Sprawa", by=make_user(), at=NOW)

    with pytest.raises(UnderLegalHold) as refusal:
        pass_on(party)

    assert "prawny@example.org" in refusal.value.message
    assert list(party.needs.values_list("state", "note")) == [(NeedState.REQUESTED, "Proszę")]
    assert fresh(party).link_generation == 1


@pytest.mark.parametrize(("state", "subscribers"), [(S.CONFIRMED, ["anna@example.org"]), (S.AWAITING_APPROVAL, [])])
def test_news_stay_the_old_persons_only_if_the_address_is_theirs(state, subscribers):
    is_proven = state == S.CONFIRMED
    party, _nobody = party_of(make_group_event(approval=not is_proven, confirm_email=not is_proven))
    assert party.state == state
    for purpose in (ConsentPurpose.NEWS, ConsentPurpose.PHOTO):
        Consent.objects.create(
            registration=party,
            purpose=purpose,
            text=make_consent_text(purpose),
            source="web",
            email="anna@example.org" if purpose == ConsentPurpose.NEWS else "",
            email_key=email_key("anna@example.org"),
            given_at=NOW,
        )

    pass_on(party)

    news, photo = Consent.objects.order_by("purpose")
    assert [one.email for one in news_subscribers()] == subscribers
    assert (news.registration_id, news.withdrawn_at) == ((None, None) if is_proven else (party.pk, LATER))
    assert (photo.withdrawn_at, photo.email_key) == (LATER, None)
