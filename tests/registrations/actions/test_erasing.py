"""Erasing a person: nothing about them is left, the figures are, and somebody else gets the seat."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.core import serializers
from django.http import Http404

from events.actions.legal_hold import set_legal_hold
from events.enums import EventStatus
from events.models import Event
from registrations.actions.calendars import personal_feed
from registrations.actions.consents import give_consents
from registrations.actions.erasing import erase_person, erase_registration
from registrations.enums import Attendance, ChangeCause, ConsentPurpose, NeedKind, NeedState
from registrations.enums import RegistrationState as S
from registrations.errors import UnderLegalHold
from registrations.models import (
    AccommodationRequest,
    Answer,
    CalendarFeed,
    CheckIn,
    Consent,
    Invitation,
    NeedChange,
    Participant,
    PartyMember,
    Registration,
    RegistrationChange,
)
from registrations.queries.doors import get_registration_by_token
from registrations.queries.lists import report_figures
from registrations.tokens import email_key
from tests.make import (
    make_event,
    make_invitation,
    make_member,
    make_question,
    make_registration,
    make_user,
)
from tests.make.events import NOW
from tests.registrations.acts import changes, counts, fresh

pytestmark = pytest.mark.django_db

EMAIL = "teofila@example.org"
SECRETS = ("Teofila", "Brzezińska", "brzezinska", "teofila@example.org", "600100200", "Koło", "Gniewomir", "gniewomir@")
LATER = NOW + timedelta(hours=1)
PERSONAL = (
    AccommodationRequest,
    Answer,
    CalendarFeed,
    CheckIn,
    Consent,
    Invitation,
    NeedChange,
    Participant,
    PartyMember,
    Registration,
    RegistrationChange,
)


def everything():
    return serializers.serialize("json", [row for model in PERSONAL for row in model.objects.all()], ensure_ascii=False)


def make_full(event, *, state=S.CONFIRMED):
    """A registration with everything that may be stored about a person."""
    invitation = make_invitation(event, email=EMAIL, first_name="Teofila", last_name="Brzezińska", note="Koło Teofili")
    registration = make_registration(
        event,
        email=EMAIL,
        first_name="Teofila",
        last_name="Brzezińska",
        phone="+48600100200",
        sms_reminders=True,
        seats=2,
        state=state,
    )
    Registration.objects.filter(pk=registration.pk).update(invitation=invitation)
    Participant.objects.filter(pk=registration.pk).update(organisation="Koło Brzezińska")
    make_member(registration, first_name="Gniewomir", email="gniewomir@example.org")
    Answer.objects.create(registration=registration, question=make_question(event), value="Teofila je zupę")
    need = AccommodationRequest.objects.create(
        registration=registration, kind=NeedKind.OTHER, note="Teofila widzi słabo", created_at=NOW
    )
    NeedChange.objects.create(need=need, to_state=NeedState.ACKNOWLEDGED, at=NOW, reason="Teofila")
    RegistrationChange.objects.create(
        registration=registration, cause=ChangeCause.SIGNED_UP, to_state=state, at=NOW, reason="Teofila dzwoniła"
    )
    CheckIn.objects.create(registration=registration, source="list", nonce="1", at=NOW, reason="Teofila bez kodu")
    give_consents(registration, [ConsentPurpose.NEWS, ConsentPurpose.PHOTO], source="web", language="pl", at=NOW)
    personal_feed(registration, at=NOW)
    return fresh(registration)


def test_nothing_about_the_person_is_left():
    registration = make_full(make_event())
    assert all(secret in everything() for secret in SECRETS)

    erase_registration(registration, by=None, at=LATER)

    assert [secret for secret in SECRETS if secret in everything()] == []
    assert email_key(EMAIL) not in everything()
    erased = fresh(registration)
    assert (erased.erased_at, erased.sms_reminders, erased.email_key) == (LATER, False, None)
    assert erased.link_generation == registration.link_generation + 1
    assert not CalendarFeed.objects.exists()
    with pytest.raises(Http404):
        get_registration_by_token(registration.manage_token)


def test_the_evidence_of_a_consent_stays_without_its_person():
    registration = make_full(make_event())

    erase_registration(registration, by=None, at=LATER)

    rows = Consent.objects.values_list("given_at", "withdrawn_at", "email", "email_key")
    assert set(rows) == {(NOW, LATER, "", None)}
    assert Consent.objects.count() == 3  # The wish for SMS is one.


def test_the_invitation_opens_nothing_any_more():
    registration = make_full(make_event())

    erase_registration(registration, by=None, at=LATER)

    invitation = Invitation.objects.get()
    assert (invitation.generation, invitation.revoked_at, invitation.full_name) == (2, LATER, "")


def test_the_seat_goes_to_the_next_before_the_person_goes():
    event = make_event(capacity=2)
    registration = make_full(event)
    waiting = make_registration(event, state=S.WAITLISTED)

    erase_registration(registration, by=None, at=LATER)

    assert [fresh(registration).state, fresh(waiting).state] == [S.CANCELLED_BY_PARTICIPANT, S.CONFIRMED]
    assert counts(event) == [(1, 0)]
    causes = list(registration.changes.order_by("id").values_list("cause", "to_state", "notify"))
    assert causes[1:] == [
        (ChangeCause.CANCELLED, S.CANCELLED_BY_PARTICIPANT, True),
        (ChangeCause.ERASED, S.CANCELLED_BY_PARTICIPANT, False),
    ]


def test_whoever_erases_for_the_person_stands_in_the_history():
    registration, user = make_full(make_event()), make_user()

    erase_registration(registration, by=user, at=LATER)

    assert fresh(registration).state == S.CANCELLED_BY_ORGANIZER
    assert registration.changes.get(cause=ChangeCause.ERASED).by == user


@pytest.mark.parametrize("attendance", [Attendance.PRESENT, Attendance.NO_SHOW])
def test_figures_of_a_meeting_that_is_over_stay_as_they_are(attendance):
    event = make_event(starts_at=NOW - timedelta(days=2))
    registration = make_full(event)
    make_registration(event)
    Registration.objects.filter(pk=registration.pk).update(attendance=attendance)
    before = asdict(report_figures(event))

    erase_registration(registration, by=None, at=NOW)

    assert asdict(report_figures(event)) == before
    assert (fresh(registration).state, fresh(registration).attendance) == (S.CONFIRMED, attendance)
    assert counts(event) == [(3, 0)]


def test_who_has_come_keeps_the_attendance_although_the_meeting_goes_on():
    event = make_event(starts_at=NOW)
    registration = make_full(event)
    Registration.objects.filter(pk=registration.pk).update(attendance=Attendance.PRESENT)
    PartyMember.objects.update(attendance=Attendance.PRESENT)

    erase_registration(registration, by=None, at=NOW + timedelta(minutes=30))

    assert fresh(registration).state == S.CONFIRMED
    assert report_figures(event).total.present == 2


def test_a_postponed_meeting_is_still_to_come():
    event = make_event(starts_at=NOW - timedelta(days=2))
    Event.objects.update(status=EventStatus.POSTPONED)
    registration = make_full(event)

    erase_registration(registration, by=None, at=NOW)

    assert fresh(registration).state == S.CANCELLED_BY_PARTICIPANT


@pytest.mark.parametrize("state", [S.EXPIRED, S.DECLINED, S.CANCELLED_BY_ORGANIZER])
def test_what_has_ended_is_erased_as_it_is(state):
    registration = make_full(make_event(), state=state)

    erase_registration(registration, by=None, at=LATER)

    assert fresh(registration).state == state
    assert fresh(registration).erased_at == LATER


def test_erasing_twice_changes_nothing():
    registration = make_full(make_event())
    erase_registration(registration, by=None, at=LATER)
    before = everything()

    erase_registration(registration, by=None, at=LATER + timedelta(hours=1))

    assert everything() == before


def test_under_a_legal_hold_nothing_is_erased_and_the_refusal_says_whom_to_ask():
    event = make_event()
    Event.objects.update(contact_email="prawny@example.org")
    registration = make_full(event)
    set_legal_hold(event, reason="Sprawa", by=make_user(), at=NOW)
    before = everything()

    with pytest.raises(UnderLegalHold, match="legal_hold") as refusal:
        erase_registration(registration, by=None, at=LATER)

    assert "prawny@example.org" in refusal.value.message
    assert everything() == before


def test_the_calendar_of_somebody_who_has_another_registration_stays():
    first, second = make_full(make_event()), make_registration(make_event(), email=EMAIL)

    erase_registration(first, by=None, at=LATER)
    assert CalendarFeed.objects.exists()

    erase_registration(second, by=None, at=LATER)
    assert not CalendarFeed.objects.exists()


def test_erasing_a_person_takes_everything_of_the_address_but_what_is_held():
    free, held = make_event(), make_event()
    for event in (free, held):
        make_registration(event, email=EMAIL)
    other = make_registration(free)
    news = give_consents(
        make_registration(make_event(), email=EMAIL), [ConsentPurpose.NEWS], source="web", language="pl", at=NOW
    )
    Registration.objects.filter(consents__in=news).update(email_key=None)
    Consent.objects.update(registration=None)
    set_legal_hold(held, reason="Sprawa", by=make_user(), at=NOW)

    kept = erase_person(email_key(EMAIL), at=LATER)

    assert kept == [held]
    assert list(Registration.objects.filter(email_key=email_key(EMAIL)).values_list("event", flat=True)) == [held.pk]
    assert list(Consent.objects.values_list("email", "withdrawn_at")) == [("", LATER)]
    assert fresh(other).erased_at is None
    assert (ChangeCause.ERASED, S.CANCELLED_BY_PARTICIPANT, S.CANCELLED_BY_PARTICIPANT, False) in changes(free)


def test_staff_erase_an_application_too():
    registration = make_full(make_event(approval=True), state=S.AWAITING_APPROVAL)
    by = make_user()

    erased = erase_registration(registration, by=by, at=LATER)

    assert (erased.state, erased.erased_at) == (S.CANCELLED_BY_PARTICIPANT, LATER)
    assert erased.changes.latest("id").by == by
