"""What people allow: apart, with the words in force, and taken back as easily."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from events.errors import FieldErrors
from registrations.actions.addresses import correct_address, readdress
from registrations.actions.consents import (
    change_consents,
    consent_rows,
    give_consents,
    withdraw_consent,
    withdraw_sms_reminders,
)
from registrations.actions.details import change_details
from registrations.enums import ConsentPurpose, RegistrationSource, RegistrationState
from registrations.models import Consent, ConsentText, Participant, Registration
from registrations.queries.consents import current_texts, news_subscribers, person_consents
from registrations.tokens import email_key
from tests.make import make_applicant, make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import enter, entered, refused

pytestmark = pytest.mark.django_db

NEWS, PHOTO = ConsentPurpose.NEWS, ConsentPurpose.PHOTO
SHARING, SMS = ConsentPurpose.CONTACT_SHARING, ConsentPurpose.SMS_REMINDERS
LATER = NOW + timedelta(hours=1)


def rows(registration, *purposes):
    return consent_rows(registration, purposes, source=RegistrationSource.WEB, language="uk", at=NOW)


def given(registration, *purposes, at=NOW):
    return give_consents(registration, purposes, source=RegistrationSource.WEB, language="uk", at=at)


def newer_words(purpose, *, version=2, at=NOW):
    return ConsentText.objects.create(purpose=purpose, version=version, text={"pl": "Nowe słowa."}, in_force_from=at)


def test_nothing_allowed_costs_no_statement(django_assert_num_queries):
    registration = make_registration(make_event())

    with django_assert_num_queries(0):
        assert rows(registration) == []


def test_whatever_is_allowed_costs_one_statement(django_assert_num_queries):
    registration = make_registration(make_event(), email="anna@example.org", phone="+48600100200", sms_reminders=True)

    with django_assert_num_queries(1):
        found = rows(registration, NEWS, PHOTO)

    # Only news needs the address itself: it goes on when the registration is over.
    assert sorted((row.purpose, row.email, row.text.version, row.language) for row in found) == [
        (NEWS, "anna@example.org", 1, "uk"),
        (PHOTO, "", 1, "uk"),
        (SMS, "", 1, "uk"),
    ]
    assert {row.email_key for row in found} == {email_key("anna@example.org")}
    assert not Consent.objects.exists()


def test_the_words_in_force_are_kept_as_evidence():
    registration = make_registration(make_event())
    newer_words(NEWS, at=NOW)
    newer_words(NEWS, version=3, at=LATER)

    (consent,) = given(registration, NEWS)

    assert (consent.text.version, consent.given_at) == (2, NOW)
    assert current_texts(at=LATER)[NEWS].version == 3
    assert set(current_texts(at=NOW)) == set(ConsentPurpose)


def test_what_nobody_asks_for_and_news_without_an_address_are_refused():
    registration = make_registration(make_event())
    Participant.objects.update(email="")
    registration = Registration.objects.get(pk=registration.pk)

    with pytest.raises(FieldErrors) as refusal:
        given(registration, NEWS, "profiling")

    assert set(refusal.value.errors) == {"consents.news", "consents.profiling"}
    assert not Consent.objects.exists()


def test_a_consent_is_given_once_at_a_time():
    registration = make_registration(make_event())
    given(registration, NEWS)

    again = given(registration, NEWS, PHOTO)

    assert [consent.purpose for consent in again] == [PHOTO]
    with pytest.raises(IntegrityError, match="consent_once_at_a_time"), transaction.atomic():
        Consent.objects.bulk_create(rows(registration, NEWS))


def test_a_consent_is_taken_back_once_and_may_be_given_anew():
    registration = make_registration(make_event())
    (consent,) = given(registration, NEWS)

    withdraw_consent(consent, at=LATER)
    withdraw_consent(Consent.objects.get(), at=LATER + timedelta(hours=1))
    given(registration, NEWS, at=LATER)

    assert list(Consent.objects.values_list("given_at", "withdrawn_at")) == [(NOW, LATER), (LATER, None)]


def test_who_takes_sms_reminders_back_gets_none():
    registration = make_registration(make_event(), phone="+48600100200", sms_reminders=True)
    (consent,) = given(registration)

    withdraw_consent(consent, at=LATER)

    registration.refresh_from_db()
    assert not registration.sms_reminders


def test_a_number_takes_the_wish_for_sms_back_everywhere():
    mine = [make_registration(make_event(), phone="+48600100200", sms_reminders=True) for _ in range(2)]
    for registration in mine:
        given(registration, NEWS)
    other = make_registration(make_event(), phone="+48600100201", sms_reminders=True)
    given(other)

    assert withdraw_sms_reminders("+48600100200", at=LATER) == 2
    assert withdraw_sms_reminders("+48600100200", at=LATER) == 0

    assert list(Registration.objects.order_by("id").values_list("sms_reminders", flat=True)) == [False, False, True]
    withdrawn = Consent.objects.filter(withdrawn_at=LATER)
    assert {(one.registration, one.purpose) for one in withdrawn} == {(one, "sms_reminders") for one in mine}


def test_a_consent_without_its_registration_is_taken_back_too():
    registration = make_registration(make_event(), phone="+48600100200", sms_reminders=True)
    (consent,) = given(registration)
    Consent.objects.update(registration=None)

    withdraw_consent(Consent.objects.get(), at=LATER)

    assert Consent.objects.get(pk=consent.pk).withdrawn_at == LATER


def test_changing_gives_what_is_ticked_and_takes_back_what_is_not_but_leaves_the_wish_for_sms():
    registration = make_registration(make_event(), phone="+48600100200", sms_reminders=True)
    given(registration, NEWS, PHOTO)

    change_consents(registration, [PHOTO, SHARING], source=RegistrationSource.WEB, language="pl", at=LATER)

    standing = Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True)
    assert sorted(standing) == sorted([PHOTO, SHARING, SMS])
    assert Consent.objects.get(purpose=NEWS).withdrawn_at == LATER


def test_ticking_sms_reminders_later_is_a_consent_and_unticking_takes_it_back():
    registration = make_registration(make_event(), phone="+48600100200")

    change_details(registration, {"sms_reminders": True}, at=NOW)
    change_details(registration, {"first_name": "Ewa"}, at=NOW)
    assert list(Consent.objects.values_list("purpose", "withdrawn_at")) == [(SMS, None)]

    change_details(registration, {"sms_reminders": False}, at=LATER)
    assert list(Consent.objects.values_list("purpose", "withdrawn_at")) == [(SMS, LATER)]


def test_a_corrected_address_gets_the_news():
    registration = make_registration(make_event(), email="wrong@example.org", state=RegistrationState.HELD)
    given(registration, NEWS, PHOTO)

    correct_address(registration, email="anna@example.org", at=NOW)

    key = email_key("anna@example.org")
    assert sorted(Consent.objects.values_list("purpose", "email", "email_key")) == [
        (NEWS, "anna@example.org", key),
        (PHOTO, "", key),
    ]


def test_news_end_where_staff_type_another_address():
    registration = make_registration(make_event(), email="wrong@example.org")
    given(registration, NEWS, PHOTO)

    readdress(registration, email="Wrong@example.org", by=make_user(), at=LATER)
    assert [one.email for one in news_subscribers()] == ["Wrong@example.org"]
    readdress(registration, email="anna@example.org", by=make_user(), at=LATER)

    assert news_subscribers() == []
    assert list(Consent.objects.order_by("purpose").values_list("purpose", "email", "email_key", "withdrawn_at")) == [
        (NEWS, "", None, LATER),
        (PHOTO, "", email_key("anna@example.org"), None),
    ]


ACTS = {
    "give": lambda consent: given(consent.registration, PHOTO, at=LATER),
    "withdraw": lambda consent: withdraw_consent(consent, at=LATER),
    "change": lambda consent: change_consents(
        consent.registration, [PHOTO], source=RegistrationSource.WEB, language="pl", at=LATER
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_the_registration_is_locked_before_its_consents_and_a_deadlock_is_tried_again(act):
    registration = make_registration(make_event(), phone="+48600100200", sms_reminders=True)
    given(registration, NEWS)
    consent = Consent.objects.get(purpose=NEWS)
    locked = []

    def broken_off_once(execute, sql, params, many, context):
        if "FOR NO KEY UPDATE" in sql or sql.startswith("UPDATE"):
            locked.append(sql)
            if len(locked) == 1:
                raise OperationalError from DeadlockDetected()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken_off_once):
        ACTS[act](consent)

    assert len(locked) > 1
    assert 'FROM "registrations_registration"' in locked[1]
    assert Consent.objects.filter(purpose=PHOTO, withdrawn_at=None).exists() == (act != "withdraw")
    assert Consent.objects.filter(purpose=NEWS, withdrawn_at=None).exists() == (act == "give")


def test_who_is_registered_under_the_corrected_address_has_allowed_nothing_by_it():
    event = make_event()
    make_registration(event, email="anna@example.org")
    registration = make_registration(event, email="wrong@example.org", state=RegistrationState.HELD)
    given(registration, NEWS)

    assert correct_address(registration, email="anna@example.org", at=NOW) is None

    assert list(Consent.objects.values_list("email", "email_key")) == [("", None)]
    assert news_subscribers() == []


def test_news_go_once_to_each_address_that_its_owner_has_confirmed():
    event = make_event()
    for email, state in [
        ("anna@example.org", RegistrationState.CONFIRMED),
        ("waits@example.org", RegistrationState.WAITLISTED),
        ("held@example.org", RegistrationState.HELD),
        ("ran-out@example.org", RegistrationState.EXPIRED),
        ("organiser@example.org", RegistrationState.CANCELLED_BY_ORGANIZER),
        ("gone@example.org", RegistrationState.CONFIRMED),
    ]:
        given(make_registration(event, email=email, state=state), NEWS)
    given(make_registration(make_event(), email="Anna@example.org"), NEWS, at=LATER)
    withdraw_consent(Consent.objects.get(email="gone@example.org"), at=LATER)

    assert [(one.email, one.text_version, one.given_at) for one in news_subscribers()] == [
        ("anna@example.org", 1, NOW),
        ("waits@example.org", 1, NOW),
    ]


def test_a_person_finds_everything_that_was_allowed_with_the_address():
    first = make_registration(make_event(), email="anna@example.org")
    second = make_registration(make_event(), email="anna@example.org")
    given(make_registration(make_event()), NEWS)
    given(first, NEWS)
    given(second, PHOTO, at=LATER)

    assert [consent.purpose for consent in person_consents(email_key("anna@example.org"))] == [NEWS, PHOTO]


def test_signing_up_refuses_what_nobody_asks_for_and_leaves_nothing_behind():
    event = make_event()

    refusal = refused(event, FieldErrors, make_applicant(consents=["profiling"]))

    assert list(refusal.errors) == ["consents.profiling"]


def test_signing_up_keeps_what_was_allowed_once_however_often_it_was_tried():
    event = make_event()

    entered(event, make_applicant("anna@example.org", consents=[NEWS, NEWS]))
    enter(event, make_applicant("anna@example.org", consents=[NEWS, PHOTO]))

    assert list(Consent.objects.values_list("purpose", "email")) == [(NEWS, "anna@example.org")]
