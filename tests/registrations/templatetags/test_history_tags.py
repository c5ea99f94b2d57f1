"""What happened to a registration, as its person reads it."""

import pytest
from django.utils import translation

from events.models import User
from registrations.enums import ChangeCause, RegistrationState
from registrations.models import PartyMember, RegistrationChange
from registrations.templatetags.history_tags import change_in_words

STAFF = User(pk=1)


def said(cause, *, by=None, to=RegistrationState.CONFIRMED, member=None):
    with translation.override("en"):
        return change_in_words(RegistrationChange(cause=cause, by=by, to_state=to, member=member))


@pytest.mark.parametrize("by", [None, STAFF])
@pytest.mark.parametrize("cause", ChangeCause)
def test_everything_that_may_happen_is_a_sentence(cause, by):
    assert said(cause, by=by).endswith(".")


def test_who_did_it_is_said():
    assert said(ChangeCause.CANCELLED) == "You cancelled your registration."
    assert said(ChangeCause.CANCELLED, by=STAFF) == "The organiser cancelled your registration."


def test_joining_the_reserve_list_is_not_having_a_seat():
    waiting = RegistrationState.WAITLISTED

    assert said(ChangeCause.SIGNED_UP, to=waiting) == "You registered and joined the reserve list."
    assert said(ChangeCause.SIGNED_UP, by=STAFF, to=waiting) == "The organiser registered you."


def test_leaving_oneself_and_taking_over_are_not_about_somebody_of_the_group():
    member = PartyMember(pk=1)

    assert said(ChangeCause.MEMBER_CANCELLED, member=member) == "Somebody of your group does not come."
    assert said(ChangeCause.MEMBER_CANCELLED) == "You gave up your own place and look after the others of your group."
    assert said(ChangeCause.MEMBER_CANCELLED, by=STAFF) == "The organiser noted that you do not come yourself."
    assert said(ChangeCause.MEMBER_SUBSTITUTED, member=member) == (
        "Somebody of your group comes instead of another person."
    )
    assert said(ChangeCause.MEMBER_SUBSTITUTED) == "You took the registration over from somebody else."
    assert said(ChangeCause.MEMBER_SUBSTITUTED, by=STAFF) == "You took the registration over from somebody else."
