"""The list of invitations, and what came of each."""

import pytest
from django.http import Http404

from registrations.enums import InvitationState, RegistrationState
from registrations.models import Registration
from registrations.queries.invitations import (
    event_invitations,
    get_event_invitation,
    get_invitation_by_token,
    standing_of,
)
from tests.make import make_event, make_invitation, make_registration
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

I = InvitationState  # noqa: E741 - as short as what it stands beside


def use(invitation, state=RegistrationState.CONFIRMED) -> Registration:
    registration = make_registration(invitation.event, state=state)
    Registration.objects.filter(pk=registration.pk).update(invitation=invitation)
    return registration


def test_each_state_is_said_and_filtered_alike(django_assert_num_queries):
    event = make_event()
    make_invitation(make_event())
    rows = {
        I.INVITED: [make_invitation(event)],
        I.SENDING: [make_invitation(event, send_requested_at=NOW)],
        I.SENT: [make_invitation(event, send_requested_at=NOW, planned_at=NOW)],
        I.REGISTERED: [make_invitation(event, send_requested_at=NOW, planned_at=NOW)],
        I.REVOKED: [make_invitation(event, revoked_at=NOW)],
    }
    used, *_others = rows[I.REGISTERED]
    use(used, RegistrationState.EXPIRED)
    active = use(used)
    use(rows[I.SENT][0], RegistrationState.CANCELLED_BY_PARTICIPANT)

    with django_assert_num_queries(2):
        said = [(row, standing_of(row).state) for row in event_invitations(event)]

    assert said == [(row, state) for state, found in rows.items() for row in found]
    assert {state: list(event_invitations(event, state=state)) for state in I} == rows
    assert standing_of(used).registration == active


def test_a_person_who_came_in_stays_registered_when_the_invitation_is_taken_back():
    invitation = make_invitation(make_event(), revoked_at=NOW)
    use(invitation)

    assert standing_of(invitation).state == I.REGISTERED


def test_people_are_found_by_name_organisation_and_address():
    event = make_event()
    ann = make_invitation(event, email="ann@example.org", first_name="Ann", last_name="Nowak", organisation="Izba")
    make_invitation(event, last_name="Lis")

    for words in ("nowak", "IZBA ann", "ann@ex"):
        assert list(event_invitations(event, q=words)) == [ann]
    assert list(event_invitations(event, q="nowak lis")) == []


def test_doors_open_to_what_is_there_only():
    event = make_event()
    invitation = make_invitation(event)
    token = invitation.token

    assert get_event_invitation(event, invitation.pk) == invitation
    assert get_invitation_by_token(token) == invitation
    for missing in ("nothing", token[:-1] + ("A" if token[-1] != "A" else "B"), make_registration(event).manage_token):
        with pytest.raises(Http404):
            get_invitation_by_token(missing)
    with pytest.raises(Http404):
        get_event_invitation(make_event(), invitation.pk)
    invitation.revoked_at = NOW
    invitation.save()
    with pytest.raises(Http404):
        get_invitation_by_token(token)
