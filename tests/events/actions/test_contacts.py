"""How people reach a unit."""

import pytest

from events.actions.calendar import refresh_for
from events.actions.contacts import change_contact
from events.errors import FieldErrors
from events.models import CalendarEntry
from tests.make import make_event, make_unit, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_a_contact_is_kept_and_calendars_name_it_at_once():
    unit, event = make_unit(), make_event("meeting")
    refresh_for(event_ids=[event.pk], at=NOW)

    change_contact(unit, email=" biuro@example.org ", phone="81 466 00 00", by=make_user(), at=NOW)

    unit.refresh_from_db()
    assert (unit.contact_email, unit.contact_phone) == ("biuro@example.org", "81 466 00 00")
    assert "biuro@example.org" in CalendarEntry.objects.get(session__event=event, language="pl").content


def test_what_is_no_address_is_refused_at_its_field():
    unit = make_unit()

    with pytest.raises(FieldErrors) as refusal:
        change_contact(unit, email="nobody", phone="1" * 33, by=make_user(), at=NOW)

    assert set(refusal.value.errors) == {"email", "phone"}
    unit.refresh_from_db()
    assert (unit.contact_email, unit.contact_phone) == ("", "")
