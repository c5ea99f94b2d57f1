"""The rule about missed meetings is announced; only the person reads that it concerns them, and may object."""

from datetime import timedelta

import pytest
import time_machine

from events.enums import Role
from registrations.actions.no_shows import set_no_show_rule
from registrations.enums import Attendance, RegistrationState
from registrations.models import NoShowPause, Registration
from tests.make import make_event, make_notice, make_registration, make_unit, make_user
from tests.make.events import NOW
from tests.registrations.acts import fresh

pytestmark = pytest.mark.django_db

RULE = "Whoever misses 2 meetings of this unit within 12 months without cancelling is last on its reserve lists for 1 month."
OWN = "queues last"


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def event():
    make_notice()
    event = make_event("meeting", capacity=0)
    set_no_show_rule(event.unit, limit=2, months=12, pause_months=1, by=make_user("owner@example.org"), at=NOW)
    event.unit.refresh_from_db()
    return event


@pytest.fixture
def ann(event):
    """Somebody who waits, and queues last."""
    missed = make_registration(make_event(), email="ann@example.org")
    Registration.objects.filter(pk=missed.pk).update(attendance=Attendance.NO_SHOW)
    ann = make_registration(event, email="ann@example.org", state=RegistrationState.WAITLISTED)
    Registration.objects.filter(pk=ann.pk).update(waits_last=True)
    NoShowPause.objects.create(
        unit=event.unit,
        email_key=ann.email_key or "",
        registration=missed,
        begins_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=30),
    )
    return fresh(ann)


def own(registration, rest=""):
    return f"/en/r/{registration.manage_token}/{rest}"


def page(client, address):
    return client.get(address).content.decode()


def api(registration, rest=""):
    return f"/api/v1/registrations/{registration.manage_token}/{rest}"


def test_the_rule_is_announced_where_the_unit_has_one(client, event):
    assert RULE in page(client, "/en/events/meeting/register/")
    said = client.get("/api/v1/events/meeting/").json()["registration"]["no_show_rule"]
    assert said == {"limit": 2, "months": 12, "pause_months": 1}

    make_event("other", unit=make_unit("elsewhere"))

    assert "reserve lists for" not in page(client, "/en/events/other/register/")
    assert client.get("/api/v1/events/other/").json()["registration"]["no_show_rule"] is None


def test_the_person_reads_why_and_until_when_and_nobody_else(client, event, ann):
    other = make_registration(event, state=RegistrationState.WAITLISTED)
    moved_up = page(client, own(other))

    text = page(client, own(ann))

    assert OWN in text
    assert RULE in text
    assert "number 2 in the queue" in text
    assert OWN not in moved_up
    assert "number 1 in the queue" in moved_up
    assert client.get(api(other)).json()["pause"] is None
    said = client.get(api(ann)).json()
    assert (said["waits_last"], said["position"]) == (True, 2)
    assert (said["pause"]["objected_at"], said["pause"]["upheld"]) == (None, None)
    client.force_login(make_user("editor@example.org", role=Role.EDITOR))
    assert OWN not in page(client, "/en/manage/events/meeting/registrations/")


def test_the_person_objects_on_the_page(client, ann):
    refused = client.post(own(ann, "object/"), {"words": " "})
    assert (refused.status_code, fresh(ann).waits_last) == (400, True)
    assert "This field is required." in refused.content.decode()

    assert client.post(own(ann, "object/"), {"words": "Byłam."}).status_code == 302

    assert "Until somebody has decided" in page(client, own(ann))
    assert (fresh(ann).waits_last, NoShowPause.objects.get().objection) == (False, "Byłam.")
    again = client.post(own(ann, "object/"), {"words": "Byłam!"})
    assert (again.status_code, NoShowPause.objects.get().objection) == (409, "Byłam.")


def test_the_person_objects_over_the_api(client, ann):
    said = client.post(api(ann, "object/"), {"words": "Byłam."}, content_type="application/json")

    assert (said.status_code, said.json()["waits_last"]) == (200, False)
    assert said.json()["pause"]["objected_at"] is not None
    again = client.post(api(ann, "object/"), {"words": "Byłam."}, content_type="application/json")
    assert again.status_code == 409


def test_what_was_decided_stands_on_the_page_and_in_ones_data(client, ann):
    NoShowPause.objects.update(objected_at=NOW, objection="Byłam.", upheld=True, decided_at=NOW)

    text = page(client, own(ann))

    assert "we have decided that it stays so" in text
    assert "<textarea" not in text
    missed = NoShowPause.objects.get().registration
    (pause,) = client.get(api(missed, "export/")).json()["no_show_pauses"]
    assert (pause["objection"], pause["upheld"]) == ("Byłam.", True)
