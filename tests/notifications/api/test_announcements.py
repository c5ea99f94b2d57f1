"""Writing to participants over the API: looked at first, sent once, listed."""

import uuid

import pytest
import time_machine

from events.enums import Role
from notifications.models import Announcement, Message
from tests.make import Program, make_event, make_registration, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

URL = "/api/v1/manage/events/debata/announcements/"
NEWS = {"subject": {"pl": "Wejście"}, "body": {"pl": "Wejście od podwórza.", "en": "Use the back door."}}
NONCE = str(uuid.UUID(int=7))


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_preview_counts_by_channel_and_language_and_keeps_nothing():
    event = make_event("debata")
    make_registration(event)
    make_registration(event)
    make_registration(event, language="en")

    said = Program(make_user()).post(f"{URL}preview/", NEWS, format="json").json()

    assert said["people"] == 3
    portions = [(one["channel"], one["language"], one["people"], one["segments"]) for one in said["portions"]]
    assert portions == [("email", "pl", 2, 0), ("email", "en", 1, 0)]
    assert "Use the back door." in said["portions"][1]["text"]
    assert "Anna (example)" in said["portions"][1]["html"]
    assert not Announcement.objects.exists()
    assert not Message.objects.exists()


def test_it_is_sent_once_and_stands_in_the_list():
    event = make_event("debata")
    make_registration(event)
    owner = make_user()
    program = Program(owner)

    first = program.post(URL, {**NEWS, "nonce": NONCE}, format="json")
    second = program.post(URL, {**NEWS, "nonce": NONCE}, format="json")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert program.get(URL).json()["results"] == [
        {
            "id": Announcement.objects.get().pk,
            "subject": {"pl": "Wejście"},
            "body": {"pl": "Wejście od podwórza.", "en": "Use the back door."},
            "states": ["confirmed"],
            "sessions": [],
            "categories": [],
            "by": str(owner),
            "at": "2027-01-12T10:00:00+01:00",
            "planned_at": None,
            "messages": 0,
        }
    ]


def test_what_is_wrong_is_named():
    event = make_event("debata")
    program = Program(make_user())

    empty = program.post(URL, {"subject": {"pl": ""}, "states": ["gone"], "text": "x"}, format="json")
    nobody = program.post(f"{URL}preview/", NEWS, format="json")
    make_registration(event)
    foreign = program.post(f"{URL}preview/", {**NEWS, "sessions": [999]}, format="json")

    assert sorted(empty.json()["errors"]) == ["body", "nonce", "states.0", "subject", "text"]
    assert (nobody.status_code, nobody.json()["code"]) == (409, "nobody_chosen")
    assert list(foreign.json()["errors"]) == ["sessions"]


def test_who_only_looks_may_read_and_not_write():
    make_registration(make_event("debata"))
    auditor = Program(make_user(role=Role.AUDITOR))

    assert auditor.get(URL).status_code == 200
    assert auditor.post(f"{URL}preview/", NEWS, format="json").status_code == 404
    assert auditor.post(URL, {**NEWS, "nonce": NONCE}, format="json").status_code == 404
