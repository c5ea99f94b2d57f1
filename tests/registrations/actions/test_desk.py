"""What staff do for people who called or wrote."""

from datetime import timedelta

import pytest

from events.errors import FieldErrors
from registrations.actions.consents import give_consents
from registrations.actions.desk import edit_registration, register_for
from registrations.actions.signing_up import Applicant
from registrations.enums import ChangeCause, ConsentPurpose, RegistrationSource, RegistrationState
from registrations.errors import AlreadyRegistered, EventFull, NotActive
from registrations.models import Consent, Registration, RegistrationChange
from registrations.tokens import email_key
from tests.make import make_applicant, make_event, make_notice, make_question, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

S = RegistrationState
PHONE = RegistrationSource.PHONE


@pytest.fixture
def user():
    return make_user()


def call(event, applicant, user, **more) -> Registration:
    return register_for(event, applicant, source=PHONE, language="uk", by=user, at=NOW, **more)


def without_address(*, phone: str = "") -> Applicant:
    return Applicant(first_name="Ewa", last_name="Lis", email="", phone=phone)


def test_somebody_without_an_address_is_in_at_once_with_the_notice_they_were_told(user):
    notice = make_notice()
    event = make_event(capacity=1)

    made = call(event, without_address(phone="+48600100200"), user, note=" Zadzwoniła siostra ")

    made.refresh_from_db()
    assert (made.state, made.source, made.language, made.email_key) == (S.CONFIRMED, PHONE, "uk", None)
    assert made.notice == notice
    change = RegistrationChange.objects.get()
    assert (change.cause, change.by, change.reason) == (ChangeCause.SIGNED_UP, user, "Zadzwoniła siostra")
    assert event.pools.get().taken == 1


def test_who_calls_stands_in_the_same_queue(user):
    event = make_event(capacity=1)
    make_registration(event)
    first = make_registration(event, state=S.WAITLISTED)

    made = call(event, without_address(), user)

    assert made.state == S.WAITLISTED
    assert made.waiting_pool_id == first.waiting_pool_id
    assert RegistrationChange.objects.get(registration=made).reason == ""
    event.policy.waitlist = False
    event.policy.save()
    with pytest.raises(EventFull):
        call(event, without_address(), user)


def test_whoever_is_registered_already_is_named_and_nothing_is_left_behind(user):
    event = make_event()
    own = make_registration(event, email="anna@example.org")

    with pytest.raises(AlreadyRegistered) as refusal:
        call(event, make_applicant("Anna@example.org"), user, note="Dubel")

    assert refusal.value.details == {"reference": own.reference}
    assert (Registration.objects.count(), RegistrationChange.objects.count()) == (1, 0)


def test_what_is_put_right_says_who_did_and_writes_to_nobody(user):
    event = make_event()
    question = make_question(event)
    registration = make_registration(event)
    token = registration.manage_token

    edit_registration(
        registration,
        {"first_name": "Joanna", "language": "en"},
        answers={str(question.pk): "Zupa"},
        by=user,
        at=NOW,
    )

    changed = Registration.objects.select_related("participant").get()
    assert (changed.participant.first_name, changed.language) == ("Joanna", "en")
    assert changed.answers.get().value == "Zupa"
    assert (changed.manage_token, "joanna" in changed.participant.search_text) == (token, True)
    change = RegistrationChange.objects.get()
    assert (change.cause, change.by, change.notify) == (ChangeCause.EDITED, user, False)


def test_another_address_gets_a_link_of_its_own_and_the_old_one_is_dead(user):
    registration = make_registration(make_event(), email="ana@example.org")
    token = registration.manage_token

    changed = edit_registration(registration, {}, email=" anna@example.org ", by=user, at=NOW)

    changed = Registration.objects.select_related("participant").get(pk=changed.pk)
    assert (changed.participant.email, changed.email_key) == ("anna@example.org", email_key("anna@example.org"))
    assert changed.manage_token != token
    change = RegistrationChange.objects.get()
    assert (change.cause, change.to_state, change.by, change.notify) == (
        ChangeCause.ADDRESS_CORRECTED,
        S.CONFIRMED,
        user,
        True,
    )


def test_news_end_where_staff_type_another_address_and_the_rest_goes_along(user):
    registration = make_registration(make_event(), email="ana@example.org")
    give_consents(registration, [ConsentPurpose.NEWS], source="web", language="pl", at=NOW)

    edit_registration(
        registration, {"phone": "+48600100200", "sms_reminders": True}, email="anna@example.org", by=user, at=NOW
    )

    rows = Consent.objects.order_by("id").values_list("purpose", "email", "email_key", "source")
    key = email_key("anna@example.org")
    assert list(rows) == [("news", "", None, "web"), ("sms_reminders", "", key, "phone")]


def test_somebody_without_an_address_can_be_given_one(user):
    made = call(make_event(), without_address(), user)

    edit_registration(made, {}, email="ewa@example.org", by=user, at=NOW)

    assert Registration.objects.get().email_key == email_key("ewa@example.org")


def test_the_same_address_in_other_letters_sends_nothing(user):
    registration = make_registration(make_event(), email="anna@example.org")
    token = registration.manage_token

    edit_registration(registration, {}, email="Anna@Example.org", by=user, at=NOW)

    same = Registration.objects.select_related("participant").get()
    assert (same.participant.email, same.manage_token) == ("Anna@Example.org", token)
    assert not RegistrationChange.objects.exists()


def test_an_address_that_comes_already_is_named_and_nothing_is_changed(user):
    event = make_event()
    registration = make_registration(event, email="ana@example.org")
    other = make_registration(event, email="anna@example.org")

    with pytest.raises(AlreadyRegistered) as refusal:
        edit_registration(registration, {"first_name": "Joanna"}, email="anna@example.org", by=user, at=NOW)

    assert refusal.value.details == {"reference": other.reference}
    assert Registration.objects.get(pk=registration.pk).participant.first_name == "Anna"
    assert not RegistrationChange.objects.exists()


def test_a_hold_that_has_run_out_stands_in_nobodys_way(user):
    event = make_event(capacity=2)
    registration = make_registration(event, email="ana@example.org")
    hold = make_registration(event, email="anna@example.org", state=S.HELD)
    waiting = make_registration(event, state=S.WAITLISTED)

    edit_registration(registration, {}, email="anna@example.org", by=user, at=NOW + timedelta(hours=1))

    hold.refresh_from_db()
    waiting.refresh_from_db()
    assert (hold.state, waiting.state) == (S.EXPIRED, S.CONFIRMED)


@pytest.mark.parametrize(
    ("changes", "email", "field"),
    [({}, "nobody", "email"), ({}, "", "email"), ({"first_name": "7"}, None, "first_name")],
)
def test_what_does_not_fit_is_refused(user, changes, email, field):
    registration = make_registration(make_event(), email="anna@example.org")

    with pytest.raises(FieldErrors) as refusal:
        edit_registration(registration, changes, email=email, by=user, at=NOW)

    assert list(refusal.value.errors) == [field]
    assert not RegistrationChange.objects.exists()


def test_what_has_ended_is_not_changed(user):
    registration = make_registration(make_event(), state=S.CANCELLED_BY_PARTICIPANT)

    with pytest.raises(NotActive):
        edit_registration(registration, {}, email="anna@example.org", by=user, at=NOW)
    with pytest.raises(NotActive):
        edit_registration(registration, {"first_name": "Joanna"}, by=user, at=NOW)
