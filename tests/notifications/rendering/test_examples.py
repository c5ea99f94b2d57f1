"""Every kind can be looked at in every language before anybody gets it, and looking stores nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Event
from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.models import Announcement, Message
from notifications.rendering.examples import Shown, example_letter, shown
from registrations.models import Registration
from tests.make import make_event, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

ANNOUNCEMENT = Announcement(subject={"pl": "Wejście od podwórza"}, body={"pl": "Prosimy wejść od ulicy Lipowej."})


def look(kind: str, channel: Channel, language: str) -> Shown:
    event = Event.objects.first() or make_event(venue=make_venue())
    letter = example_letter(KINDS[kind], event, channel=channel, language=language, at=NOW, announcement=ANNOUNCEMENT)
    return shown(letter, channel=channel, language=language)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_looked_at(kind: str):
    mail, sms = look(kind, Channel.EMAIL, "uk"), look(kind, Channel.SMS, "uk")

    assert mail.subject
    assert mail.text
    assert "<html" in mail.html
    assert "_link:" not in mail.html + mail.text + sms.text
    assert "cid:" not in mail.html
    assert mail.segments == 0
    assert sms.segments in {1, 2, 3}
    assert not Registration.objects.exists()
    assert not Message.objects.exists()


def test_the_person_of_an_example_is_marked_as_one():
    assert "Anna (example)" in look("confirmed", Channel.EMAIL, "en").text


def test_looking_writes_nothing():
    event = make_event(venue=make_venue())

    with CaptureQueriesContext(connection) as statements:
        example_letter(KINDS["event_changed"], event, channel=Channel.EMAIL, language="pl", at=NOW)

    assert not [one for one in statements if not one["sql"].startswith("SELECT")]
