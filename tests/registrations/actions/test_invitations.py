"""Inviting people by name: all of a list or nobody; and what becomes of an invitation."""

from datetime import timedelta

import pytest
from django.utils import translation

from events.actions.publishing import cancel_event
from events.enums import EventStatus
from events.errors import FieldErrors
from events.models import Event, EventChange
from registrations.actions.invitations import (
    CHANGEABLE,
    MOST_INVITEES,
    Invitee,
    change_invitation,
    invite,
    revoke_invitation,
    send_invitations,
    try_inviting,
)
from registrations.enums import RegistrationState
from registrations.errors import EventCancelled, InvitationOver, InvitationUsed, NotAnnounced
from registrations.models import Invitation, Registration
from tests.make import make_event, make_invitation, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
ANN = Invitee("ann@example.org", first_name="Ann", last_name="Nowak")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def user():
    return make_user()


def faults_of(event, *invitees, user) -> dict[str, list[str]]:
    with pytest.raises(FieldErrors) as refusal:
        invite(event, invitees, send=False, by=user, at=NOW)
    assert not Invitation.objects.exists()
    return {path: [str(sentence) for sentence in sentences] for path, sentences in refusal.value.errors.items()}


def test_a_list_is_invited_at_once_and_stands_in_the_history(user, django_assert_max_num_queries):
    event = make_event(categories=[("business", 5)])
    people = [
        Invitee(
            " Ann@example.org ",
            first_name=" Ann ",
            last_name="Nowak",
            category="business",
            language="uk",
            seats=3,
            uses_reserved=True,
            skips_approval=False,
            note="Przewodnicząca",
        ),
        *(Invitee(f"person{number}@example.org", organisation="Izba") for number in range(50)),
    ]

    with django_assert_max_num_queries(12):
        invited = invite(event, people, send=False, by=user, at=NOW)

    assert len(invited) == 51
    ann = Invitation.objects.get(pk=invited[0].pk)
    assert {name: getattr(ann, name) for name in CHANGEABLE if name != "category"} == {
        "email": "Ann@example.org",
        "first_name": "Ann",
        "last_name": "Nowak",
        "organisation": "",
        "language": "uk",
        "seats": 3,
        "skips_approval": False,
        "uses_reserved": True,
        "note": "Przewodnicząca",
    }
    assert (ann.category and ann.category.code, ann.by, ann.created_at, ann.send_requested_at) == (
        "business",
        user,
        NOW,
        None,
    )
    assert EventChange.objects.values_list("by", "after").get() == (user.pk, {"invited": 51})


def test_sent_at_once_they_wait_for_their_letters(user):
    event = make_event()

    (invited,) = invite(event, [ANN], send=True, by=user, at=NOW)

    assert (invited.send_requested_at, invited.planned_at) == (NOW, None)


def test_every_fault_of_every_row_is_named_at_once(user):
    event = make_event(categories=[("business", 5)])

    faults = faults_of(
        event,
        Invitee("nobody"),
        Invitee("a@example.org", first_name="www.spam.example/x", last_name="Lis"),
        Invitee("b@example.org", last_name="Lis", category="media", language="de", seats=0),
        Invitee("c@example.org", organisation="Izba\u200b", note="x" * 2001, seats=51, row_number=9),
        user=user,
    )

    assert faults == {
        "rows.0.email": ["Enter a valid e-mail address."],
        "rows.0.last_name": ["Say who is invited: a name or an organisation."],
        "rows.1.first_name": ["Links are not allowed here."],
        "rows.2.category": ["There are no places for this group at this event."],
        "rows.2.language": ["Say pl, en or uk."],
        "rows.2.seats": ["From 1 to 50 people may come on one invitation."],
        "rows.9.organisation": ["Line breaks and characters that cannot be seen are not allowed here."],
        "rows.9.seats": ["From 1 to 50 people may come on one invitation."],
        "rows.9.note": ["This text is longer than 2000 characters."],
    }
    assert not EventChange.objects.exists()


def test_an_address_is_invited_once_however_it_is_written(user):
    faults = faults_of(make_event(), ANN, Invitee("ANN@Example.org", last_name="Lis"), user=user)

    assert faults == {"rows.1.email": ["This address stands in row 0 already."]}


def test_an_address_that_is_invited_already_is_refused_unless_that_was_taken_back(user):
    event = make_event()
    standing = make_invitation(event, email="ann@example.org")
    make_invitation(make_event(), email="bob@example.org")

    with pytest.raises(FieldErrors) as refusal:
        invite(event, [ANN, Invitee("bob@example.org", last_name="Lis")], send=False, by=user, at=NOW)
    assert {name: list(map(str, said)) for name, said in refusal.value.errors.items()} == {
        "rows.0.email": ["This address is invited already."]
    }
    revoke_invitation(standing, by=user, at=NOW)

    assert len(invite(event, [ANN], send=False, by=user, at=NOW)) == 1


@pytest.mark.parametrize("people", [0, MOST_INVITEES + 1])
def test_nobody_and_too_many_are_refused(user, people):
    invitees = [Invitee(f"person{number}@example.org", last_name="Lis") for number in range(people)]

    assert list(faults_of(make_event(), *invitees, user=user)) == ["rows"]


def test_trying_shows_them_and_leaves_nothing_behind(user):
    event = make_event()

    (would_be,) = try_inviting(event, [ANN], send=True, by=user, at=NOW)

    assert would_be.full_name == "Ann Nowak"
    assert (Invitation.objects.exists(), EventChange.objects.exists()) == (False, False)


@pytest.mark.parametrize("status", [EventStatus.DRAFT, EventStatus.POSTPONED, EventStatus.HELD])
def test_letters_go_out_only_for_an_announced_event(user, status):
    event = make_event(status=status)
    (invited,) = invite(event, [ANN], send=False, by=user, at=NOW)

    for act in (
        lambda: send_invitations(event, by=user, at=NOW),
        lambda: invite(event, [Invitee("b@example.org", last_name="Lis")], send=True, by=user, at=NOW),
    ):
        with pytest.raises(NotAnnounced):
            act()
    invited.refresh_from_db()
    assert (invited.send_requested_at, Invitation.objects.count()) == (None, 1)


def test_no_letters_go_out_for_what_is_called_off_or_over(user):
    event = make_event()
    assert event.ends_at is not None
    with pytest.raises(NotAnnounced):
        send_invitations(event, by=user, at=event.ends_at)
    cancel_event(event, reason="Awaria", by=user, at=NOW)

    with pytest.raises(EventCancelled):
        send_invitations(event, by=user, at=NOW)


def test_letters_are_asked_for_once_for_those_who_had_none(user):
    event = make_event()
    fresh = make_invitation(event)
    told = make_invitation(event, send_requested_at=NOW, planned_at=NOW)
    taken_back = make_invitation(event, revoked_at=NOW)
    used = make_invitation(event)
    Registration.objects.filter(pk=make_registration(event).pk).update(invitation=used)

    counts = [send_invitations(event, by=user, at=LATER) for _time in range(2)]

    assert counts == [1, 0]
    asked = dict(Invitation.objects.values_list("pk", "send_requested_at"))
    assert asked == {fresh.pk: LATER, told.pk: NOW, taken_back.pk: None, used.pk: None}
    assert [change.after for change in EventChange.objects.order_by("id")] == [{"invitations_sent": 1}]


def test_one_letter_is_sent_again_once_the_first_has_gone_out(user):
    event = make_event()
    told = make_invitation(event, send_requested_at=NOW, planned_at=NOW)
    on_its_way = make_invitation(event, send_requested_at=NOW)
    elsewhere = make_invitation(make_event())

    count = send_invitations(event, only=[told.pk, on_its_way.pk, elsewhere.pk], by=user, at=LATER)

    told.refresh_from_db()
    assert (count, told.send_requested_at, told.planned_at) == (1, LATER, None)


def test_a_new_address_gets_a_new_link_and_its_own_letter(user):
    event = make_event()
    invitation = make_invitation(event, email="ann@example.org", send_requested_at=NOW, planned_at=NOW)
    token = invitation.token

    changed = change_invitation(invitation, {"email": "anna@example.org", "seats": 2}, by=user, at=LATER)

    assert (changed.email, changed.seats, changed.first_name) == ("anna@example.org", 2, "Ewa")
    assert (changed.send_requested_at, changed.planned_at, changed.token == token) == (None, None, False)
    same = change_invitation(changed, {"email": "Anna@example.org", "category": None}, by=user, at=LATER)
    assert same.token == changed.token
    assert EventChange.objects.filter(after={"invitations_changed": 1}, by=user).count() == 2


def test_changing_keeps_the_rules_of_inviting(user):
    event = make_event(categories=[("business", 5)])
    make_invitation(event, email="bob@example.org")
    ann = make_invitation(event, email="ann@example.org", category=event.pools.exclude(category=None).get().category)

    refused: list[tuple[dict[str, object], str]] = [
        ({"email": "bob@example.org"}, "email"),
        ({"email": "bob"}, "email"),
        ({"category": "media"}, "category"),
        ({"seats": 0}, "seats"),
        ({"first_name": "", "last_name": ""}, "last_name"),
    ]
    for changes, field in refused:
        with pytest.raises(FieldErrors) as refusal:
            change_invitation(ann, changes, by=user, at=NOW)
        assert list(refusal.value.errors) == [field]
    kept = Invitation.objects.get(pk=ann.pk)
    assert (kept.email, kept.seats, kept.generation, kept.category_id) == (
        "ann@example.org",
        1,
        1,
        ann.category_id,
    )


def test_what_is_used_or_taken_back_is_not_changed(user):
    event = make_event()
    used, taken_back = make_invitation(event), make_invitation(event, revoked_at=NOW)
    Registration.objects.filter(pk=make_registration(event).pk).update(invitation=used)

    for invitation, refusal in [(used, InvitationUsed), (taken_back, InvitationOver)]:
        with pytest.raises(refusal):
            change_invitation(invitation, {"seats": 2}, by=user, at=NOW)

    assert set(Invitation.objects.values_list("seats", flat=True)) == {1}


def test_taking_back_closes_the_link_and_leaves_the_registration(user):
    event = make_event()
    invitation = make_invitation(event)
    registration = make_registration(event)
    Registration.objects.filter(pk=registration.pk).update(invitation=invitation)
    token = invitation.token

    first = revoke_invitation(invitation, by=user, at=NOW)
    second = revoke_invitation(invitation, by=user, at=LATER)

    assert (first.revoked_at, second.revoked_at) == (NOW, NOW)
    assert second.token != token
    registration.refresh_from_db()
    assert registration.state == RegistrationState.CONFIRMED
    assert EventChange.objects.filter(after={"invitations_revoked": 1}).count() == 1


def test_history_of_the_event_says_it_in_words(user):
    from events.templatetags.change_tags import differences  # noqa: PLC0415

    event = make_event()
    (invited,) = invite(event, [ANN], send=False, by=user, at=NOW)
    change_invitation(invited, {"seats": 2}, by=user, at=NOW)
    send_invitations(event, by=user, at=NOW)
    revoke_invitation(invited, by=user, at=NOW)

    assert [differences(change, "Europe/Warsaw") for change in EventChange.objects.order_by("id")] == [
        ["1 person was invited."],
        ["An invitation was changed."],
        ["1 invitation was sent."],
        ["An invitation was taken back."],
    ]
    assert Event.objects.get().version == event.version
