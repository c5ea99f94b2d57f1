"""Attendance over the API: figures and people, closing, excusing."""

from datetime import timedelta

import pytest
import time_machine

from events.models import AccessLog
from registrations.enums import Attendance
from tests.make import Program, make_event, make_member, make_registration, make_user
from tests.make.events import NOW
from tests.registrations.acts import fresh

pytestmark = pytest.mark.django_db

PAGE = "/api/v1/manage/events/meeting/attendance/"
AFTER = NOW + timedelta(days=15)


@pytest.fixture(autouse=True)
def the_moment():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def event():
    return make_event("meeting")


def test_attendance_is_read_closed_excused_and_opened_again(event):
    program = Program(make_user())
    registration = make_registration(event, last_name="Łoś", seats=2)
    member = make_member(registration, first_name="Iga", last_name="Lis")

    closed = program.post(f"{PAGE}close/")
    excused = program.post(
        f"{PAGE}excuse/", {"reference": registration.reference, "member": member.pk, "reason": "Wyjazd"}
    )
    read = program.get(PAGE).json()

    assert (closed.status_code, closed.json()["no_show"]) == (200, 2)
    assert excused.json() == {"reference": registration.reference, "member": member.pk, "attendance": "excused"}
    assert read["closed_at"] == closed.json()["closed_at"]
    assert (read["figures"]["no_show"], read["figures"]["excused"]) == (1, 1)
    assert [(one["last_name"], one["member"], one["attendance"], one["excuse"]) for one in read["people"]] == [
        ("Lis", member.pk, "excused", "Wyjazd"),
        ("Łoś", None, "no_show", ""),
    ]
    assert AccessLog.objects.get().people == 2
    back = program.post(f"{PAGE}take-excuse-back/", {"reference": registration.reference, "member": member.pk})
    assert back.json()["attendance"] == "no_show"
    assert program.post(f"{PAGE}reopen/").json() == {"closed_at": None, "no_show": None}
    assert fresh(registration).attendance == Attendance.NOT_RECORDED
    assert program.get(PAGE, {"attendance": "present"}).json()["people"] == []


def test_refusals_have_their_codes_and_change_nothing(event):
    program = Program(make_user())
    registration = make_registration(event)

    with time_machine.travel(NOW, tick=False):
        early = program.post(f"{PAGE}close/")
    no_reason = program.post(f"{PAGE}excuse/", {"reference": registration.reference, "reason": " "})
    nobody = program.post(f"{PAGE}excuse/", {"reference": "NOBODY22", "reason": "Wyjazd"})

    assert (early.status_code, early.json()["code"]) == (409, "not_over")
    assert (no_reason.status_code, nobody.status_code) == (400, 404)
    assert fresh(registration).attendance == Attendance.NOT_RECORDED
