"""What would change is shown before it is saved, and nothing that was typed is lost on the way."""

from html import unescape
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from events.enums import EventChangeKind
from events.models import Event, EventChange, EventRole
from events.signals import telling_previewed
from tests.make import make_event, make_user
from tests.make.events import NOW
from tests.make.sheets import sheet_data

pytestmark = pytest.mark.django_db

EDIT = "/en/manage/events/meeting/edit/"
LATER = {"sessions-0-ends_at": "2027-01-26T13:00"}


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def client():
    client = Client()
    client.force_login(make_user())
    return client


@pytest.fixture
def _somebody_is_told():
    def count(change_ids, **_more):
        told = EventChange.objects.filter(pk__in=change_ids, notify=True).exists()
        return {"email": 2, "sms": 1} if told else {}

    telling_previewed.connect(count)
    yield
    telling_previewed.disconnect(count)


class Hidden(HTMLParser):
    """The hidden fields of a page."""

    def __init__(self, html):
        super().__init__()
        self.fields = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden" and found["name"] != "csrfmiddlewaretoken":
            self.fields.setdefault(found["name"], []).append(unescape(found["value"] or ""))


def sent(client, **changes):
    return sheet_data(client.get(EDIT).context["sheet"], **changes)


def ends_at(event):
    return f"{event.sessions.get().ends_at:%H:%M}"


def test_a_preview_shows_the_differences_and_saves_nothing(client):
    event = make_event("meeting")

    page = client.post(EDIT, {**sent(client, **LATER, title_pl="Inny „tytuł”"), "preview": "yes"}).content.decode()

    assert "Moved to another time" in page
    assert "Instead of Tuesday, 26 January 2027, 10:00–12:00: Tuesday, 26 January 2027, 10:00–13:00." in page
    assert "Nobody is told of this change." in page
    assert (ends_at(event), Event.objects.get().version) == ("11:00", 1)
    assert not EventChange.objects.exists()


def test_from_the_preview_one_saves_what_was_typed(client):
    event = make_event("meeting")
    page = client.post(EDIT, {**sent(client, **LATER, title_pl="<b>Inny</b> „tytuł”"), "preview": "yes"})

    carried = Hidden(page.content.decode()).fields
    answer = client.post(EDIT, {**carried, "confirmed": "yes"})

    assert answer["Location"] == "/en/manage/events/meeting/"
    assert (ends_at(event), Event.objects.get().title["pl"]) == ("12:00", "<b>Inny</b> „tytuł”")


def test_from_the_preview_one_goes_back_with_everything_typed(client):
    event = make_event("meeting")
    page = client.post(EDIT, {**sent(client, **LATER, title_pl="Inny tytuł"), "preview": "yes"})

    again = client.post(EDIT, {**Hidden(page.content.decode()).fields, "back": "yes"})

    html = again.content.decode()
    assert 'value="2027-01-26T13:00"' in html
    assert 'value="Inny tytuł"' in html
    assert ends_at(event) == "11:00"


def test_nothing_typed_means_nothing_to_save(client):
    make_event("meeting")

    page = client.post(EDIT, {**sent(client), "preview": "yes"}).content.decode()

    assert "Nothing would change." in page
    assert 'name="confirmed"' not in page


def test_what_is_wrong_is_said_at_its_field_and_not_in_a_preview(client):
    make_event("meeting")

    answer = client.post(EDIT, {**sent(client, title_pl=""), "preview": "yes"})
    missing_hour = {"sessions-0-starts_at": "2027-03-28T02:30", "sessions-0-ends_at": "2027-03-28T04:30"}
    refused = client.post(EDIT, {**sent(client, **missing_hour), "preview": "yes"})

    assert "Write this in Polish." in answer.content.decode()
    assert "the clock is put forward that night" in refused.content.decode()


def test_a_stale_form_meets_the_conflict_in_the_preview(client):
    make_event("meeting")
    mine = sent(client, title_pl="Mój tytuł")
    Event.objects.update(version=5)

    page = client.post(EDIT, {**mine, "preview": "yes"}).content.decode()

    assert "Somebody else has changed this in the meantime." in page


@pytest.mark.usefixtures("_somebody_is_told")
def test_saving_a_change_that_tells_people_goes_through_the_preview_first(client):
    event = make_event("meeting")

    page = client.post(EDIT, sent(client, **LATER)).content.decode()
    assert "People are told as soon as you save." in page
    assert "Messages by e-mail: 2, by SMS: 1." in page
    assert ends_at(event) == "11:00"
    client.post(EDIT, {**Hidden(page).fields, "confirmed": "yes"})

    assert ends_at(event) == "12:00"
    assert EventChange.objects.get(kind=EventChangeKind.RESCHEDULED).notify


@pytest.mark.usefixtures("_somebody_is_told")
def test_a_change_that_tells_nobody_is_saved_at_once(client):
    event = make_event("meeting")

    answer = client.post(EDIT, sent(client, **LATER, notify="no"))

    assert (answer.status_code, ends_at(event)) == (302, "12:00")


def test_the_preview_names_who_would_be_wanted_twice(client):
    event, other = make_event("meeting"), make_event("other")
    for each in (event, other):
        EventRole.objects.create(event=each, kind="speaker", name="Ewa Przykład", identity="ewa@example.org")

    page = client.post(EDIT, {**sent(client, **LATER), "preview": "yes"}).content.decode()

    assert "Ewa Przykład has another meeting at this time" in page
