"""Seats kept for invited people and the rules of a kind: they fit together, whatever is edited."""

import pytest

from events.actions.definitions import EventEdit, RegistrationDefinition
from events.actions.editing import create_event, edit_event
from events.enums import NoAnswer
from events.errors import FieldErrors
from events.models import EventKind
from tests.make import make_event, make_user
from tests.make.definitions import a_definition
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_there_are_never_fewer_seats_than_are_kept_for_invited_people():
    event = make_event(capacity=20, reserved=5)

    with pytest.raises(FieldErrors) as refusal:
        edit_event(event, EventEdit(registration=RegistrationDefinition(capacity=4)), by=make_user(), at=NOW)

    assert list(refusal.value.errors) == ["registration.reserved"]
    assert event.pools.get().capacity == 20


def test_what_becomes_of_seats_without_an_answer_may_be_usual_for_a_kind():
    EventKind.objects.filter(code="open_district_meeting").update(default_registration={"ask_no_answer": "release"})

    event = create_event(a_definition(), by=make_user(), at=NOW)

    assert event.policy.ask_no_answer == NoAnswer.RELEASE
