"""Reaching a person again, without telling anybody who is registered."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from events.errors import FieldErrors
from registrations.actions.addresses import (
    ask_for_link,
    correct_address,
    my_registrations_link,
    readdress,
    revoke_links,
    write_to_owner,
)
from registrations.enums import AttendanceIntent, ChangeCause, RegistrationState
from registrations.errors import NoAddress, NotActive, RateLimited
from registrations.models import Participant, Registration, RegistrationChange
from registrations.queries.doors import get_registration_by_token
from registrations.tokens import email_key
from tests.make import make_applicant, make_event, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import changes, entered, fresh

pytestmark = pytest.mark.django_db

S = RegistrationState


def test_a_mistyped_address_is_put_right_and_the_old_link_dies():
    event = make_event(confirm_email=True)
    held = entered(event, make_applicant("ann@exmaple.org"))
    old_link = held.manage_token

    corrected = correct_address(held, email=" ann@example.org ", at=NOW)

    assert corrected is not None
    assert corrected.email_key == email_key("ann@example.org")
    assert corrected.participant.email == "ann@example.org"
    assert corrected.hold_expires_at == held.hold_expires_at
    assert changes(event)[1:] == [(ChangeCause.ADDRESS_CORRECTED, S.HELD, S.HELD, True)]
    assert get_registration_by_token(corrected.manage_token) == held
    with pytest.raises(Http404):
        get_registration_by_token(old_link)


def test_the_address_of_somebody_else_is_told_and_looks_no_different_from_the_old_mailbox():
    event = make_event(confirm_email=True, capacity=2)
    owner = make_registration(event, email="bob@example.org")
    held, free = (
        entered(event, make_applicant("ann@example.org")) for event in (event, make_event(confirm_email=True))
    )
    old_links = [held.manage_token, free.manage_token]

    assert correct_address(held, email="bob@example.org", at=NOW) is None
    assert correct_address(free, email="bob@example.org", at=NOW) == free

    assert [fresh(held).state, fresh(held).holds_seat, fresh(held).email_key] == [S.EXPIRED, False, None]
    assert (ChangeCause.ASKED_AGAIN, S.CONFIRMED, S.CONFIRMED, True) in changes(event)
    assert fresh(owner).state == S.CONFIRMED
    for link in old_links:
        with pytest.raises(Http404):
            get_registration_by_token(link)
    # Whose address it was not may use it anew, and is not written to about the one that was let go.
    my_registrations_link("ann@example.org", at=NOW)
    again = entered(event, make_applicant("ann@example.org"))
    assert (again.state, again.holds_seat) == (S.HELD, True)
    assert ChangeCause.OVERVIEW_REQUESTED not in {cause for cause, *_rest in changes(event)}


def test_a_seat_let_go_by_a_correction_goes_to_whoever_waits():
    event = make_event(confirm_email=True, capacity=2)
    make_registration(event, email="bob@example.org")
    held = entered(event, make_applicant("ann@example.org"))
    waiting = entered(event, make_applicant("cat@example.org"))

    correct_address(held, email="bob@example.org", at=NOW)

    assert fresh(waiting).holds_seat


@pytest.mark.parametrize("state", sorted(set(S) - {S.HELD}))
def test_only_an_address_that_nobody_has_confirmed_is_corrected(state):
    registration = make_registration(make_event(), email="ann@example.org", state=state)

    with pytest.raises(NotActive):
        correct_address(registration, email="bob@example.org", at=NOW)

    assert fresh(registration).email_key == email_key("ann@example.org")


def test_what_is_no_address_is_refused_at_its_field():
    held = entered(make_event(confirm_email=True))

    with pytest.raises(FieldErrors) as refusal:
        correct_address(held, email="nobody", at=NOW)

    assert list(refusal.value.errors) == ["email"]


def test_corrections_have_an_end():
    event = make_event(confirm_email=True)
    held = entered(event)
    for number in range(3):
        correct_address(held, email=f"ann{number}@example.org", at=NOW)

    with pytest.raises(RateLimited) as refusal:
        correct_address(held, email="ann@example.org", at=NOW)

    assert refusal.value.details == {"retry_after": 3600}


def test_the_link_is_sent_again_and_not_without_end():
    event = make_event()
    registration = make_registration(event)

    for minute in (0, 1, 2, 3, 61):
        ask_for_link(registration, at=NOW + timedelta(minutes=minute))

    told = [(ChangeCause.LINK_REQUESTED, S.CONFIRMED, S.CONFIRMED, told) for told in (True, True, True, False, True)]
    assert changes(event) == told


def test_my_registrations_go_to_the_mailbox_and_nowhere_else():
    first, second = make_event(), make_event()
    for event in (first, second):
        make_registration(event, email="ann@example.org")

    my_registrations_link("ANN@example.org", at=NOW)
    my_registrations_link("nobody@example.org", at=NOW)

    assert changes(first) == []
    assert changes(second) == [(ChangeCause.OVERVIEW_REQUESTED, S.CONFIRMED, S.CONFIRMED, True)]


def test_nobody_is_written_to_about_an_address_that_is_not_registered():
    registration = make_registration(make_event())

    write_to_owner(registration.event, email="nobody@example.org", at=NOW)

    assert not RegistrationChange.objects.exists()


def test_closing_old_links_kills_them_at_once_and_tells_the_owner():
    event = make_event()
    registration = make_registration(event, email="ann@example.org")
    old_link = registration.manage_token

    closed = revoke_links(registration, at=NOW)

    with pytest.raises(Http404):
        get_registration_by_token(old_link)
    assert get_registration_by_token(closed.manage_token) == registration
    assert changes(event) == [(ChangeCause.LINK_REVOKED, S.CONFIRMED, S.CONFIRMED, True)]


def test_links_are_not_closed_when_no_new_one_could_be_sent():
    registration = make_registration(make_event(), email="ann@example.org")
    for _often in range(3):
        revoke_links(registration, at=NOW)
    link = fresh(registration).manage_token

    with pytest.raises(RateLimited):
        revoke_links(registration, at=NOW)
    Participant.objects.update(email="")
    with pytest.raises(NoAddress):
        revoke_links(registration, at=NOW + timedelta(hours=2))

    assert get_registration_by_token(link) == registration
    Participant.objects.update(phone="+48600100200")
    revoke_links(registration, at=NOW + timedelta(hours=2))


def test_asking_for_all_links_costs_the_same_for_an_address_that_nobody_knows(django_capture_on_commit_callbacks):
    make_registration(make_event(), email="ann@example.org")
    seen = {}

    for email in ("ann@example.org", "nobody@example.org"):
        connection.run_on_commit.clear()
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks() as after:
            my_registrations_link(email, at=NOW)
        seen[email] = ([re.sub(r"s\d+_x\d+|\d+|'[^']*'", "", query["sql"])[:60] for query in queries], len(after))

    known, unknown = seen.values()
    # All but how the row of nobody ends.
    savepoint = ("RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
    assert [sql for sql in known[0] if not sql.startswith(savepoint)] == [
        sql for sql in unknown[0] if not sql.startswith(savepoint)
    ]
    assert known[1] == unknown[1] == 1
    assert RegistrationChange.objects.count() == 1


def test_a_hold_that_ran_out_is_not_in_the_way_of_a_corrected_address():
    event = make_event(confirm_email=True)
    begun = entered(event, make_applicant("ann@example.org"))
    late = NOW + timedelta(hours=2)
    held = entered(event, make_applicant("ann@exmaple.org"), at=late)

    assert correct_address(held, email="ann@example.org", at=late) == held

    assert (fresh(begun).state, fresh(held).state) == (S.EXPIRED, S.HELD)
    assert fresh(held).email_key == email_key("ann@example.org")


def test_what_was_erased_gets_no_address():
    held = entered(make_event(confirm_email=True))
    confirmed = make_registration(make_event())
    Registration.objects.update(erased_at=NOW)

    with pytest.raises(NotActive):
        correct_address(held, email="ann@example.org", at=NOW)
    with pytest.raises(NotActive):
        readdress(confirmed, email="ann@example.org", by=make_user(), at=NOW)

    assert not Participant.objects.filter(email="ann@example.org").exists()


def test_a_question_that_another_mailbox_got_costs_the_new_one_nothing():
    asked, coming = (make_registration(make_event()) for _ in range(2))
    due_at, intents = NOW + timedelta(days=1), AttendanceIntent
    Registration.objects.filter(pk=asked.pk).update(attendance_intent=intents.ASKED, intent_due_at=due_at)
    Registration.objects.filter(pk=coming.pk).update(attendance_intent=intents.COMING)

    moved = [readdress(one, email="ann@example.org", by=make_user(), at=NOW) for one in (asked, coming)]

    assert [(one.attendance_intent, one.intent_due_at) for one in moved] == [
        (intents.NOT_ASKED, None),
        (intents.COMING, None),
    ]
    assert fresh(asked).intent_due_at is None
