"""One hearing from the first draft to the end, by those who meet it: editor, head, citizens, and who must be told."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine

from events.enums import Role
from events.models import Event, EventKind
from notifications.actions.planning import plan_changes
from notifications.models import Message
from registrations.models import Registration
from tests.make import Program, make_notice, make_unit, make_user, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

MANAGE = "/api/v1/manage/events/"
URL = f"{MANAGE}wysluchanie/"
DAYS = ("2027-01-19", "2027-01-20", "2027-01-23")
INTERPRETER = {"kind": "interpreter", "name": "Osoba tłumacząca (przykład)", "email": "pjm@example.org"}


def day(date, hour=17, **more):
    return {"starts_at": f"{date}T{hour}:00:00+01:00", "ends_at": f"{date}T{hour + 3}:00:00+01:00", **more}


def hearing(room):
    speaker = {"kind": "speaker", "name": "Osoba prelegencka (przykład)", "email": "mowa@example.org", "public": True}
    agenda = [{"title": {"pl": "Założenia strategii"}, "roles": [speaker]}, {"title": {"pl": "Głosy"}}]
    question = {
        "kind": "text",
        "text": {"pl": "Która część strategii?"},
        "purpose": {"pl": "Układ dnia"},
        "required": True,
    }
    return {
        "unit": "strategia",
        "kind": "public_hearing",
        "slug": "wysluchanie",
        "title": {"pl": "Wysłuchanie publiczne", "en": "Public hearing"},
        "venue": "ratusz",
        "contact_email": "strategia@example.org",
        "sessions": [day(DAYS[0], room=room, agenda=agenda), day(DAYS[1], room=room), day(DAYS[2], hour=10, room=room)],
        "registration": {"capacity": 50, "confirm_email": False},
        "questions": [question],
        "roles": [INTERPRETER],
    }


def citizen(email, question, **more):
    body = {"first_name": "Ewa", "last_name": "Lis", "email": email, "answers": {str(question): "Mobilność"}, **more}
    answer = Program().post("/api/v1/events/wysluchanie/registrations/", body)
    assert (answer.status_code, answer.json()["state"]) == (201, "confirmed"), answer.text


def told(at):
    """The kinds of messages that are planned now and were not planned before."""
    before = set(Message.objects.values_list("pk", flat=True))
    plan_changes(at=at)
    return Counter(Message.objects.exclude(pk__in=before).values_list("kind", flat=True))


def ok(answer, status=200):
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_hearing_from_the_first_draft_to_the_end():  # noqa: PLR0915 - one life is one story
    make_notice()
    room = make_venue("ratusz").rooms.create(name="Sala obrad", setup_minutes=30).pk
    EventKind.objects.filter(code="public_hearing").update(notice_days=14)
    editor = Program(make_user(role=Role.EDITOR))
    head = Program(make_user(role=Role.HEAD))
    coordinator = Program(make_user("dostepnosc@example.org", role=Role.ACCESSIBILITY))

    with time_machine.travel(NOW, tick=False) as clock:
        # The editor says what it is; what is usual for the kind is filled in.
        draft = ok(editor.post(MANAGE, hearing(room)), 201)
        assert draft["accessibility"]["pjm"] == "yes"
        assert [len(each["agenda"]) for each in draft["sessions"]] == [2, 0, 0]

        # A week is too short for a hearing: the editor may not decide that, the head may.
        refused = editor.post(f"{URL}publish/", {"override_reason": "Pilne"})
        assert (refused.status_code, [gap["code"] for gap in refused.json()["gaps"]]) == (409, ["notice_period"])
        ok(editor.post(f"{URL}submit/", {"reason": "Termin uchwały"}))
        ok(head.post(f"{URL}send-back/", {"reason": "Brak opisu"}))
        ok(editor.patch(URL, {"description": {"pl": "O projekcie strategii."}}))
        ok(editor.post(f"{URL}submit/", {}))
        assert ok(head.post(f"{URL}publish/", {"override_reason": "Termin uchwały"}))["status"] == "published"

        # Citizens see the agenda and nobody's address, and register.
        shown = Program().get("/api/v1/events/wysluchanie/")
        assert "Osoba prelegencka (przykład)" in shown.text
        assert not [word for word in ("mowa@example.org", "pjm@example.org", "tłumacząca") if word in shown.text]
        question = shown.json()["registration"]["questions"][0]["id"]
        citizen("ewa@example.org", question, accommodation=[{"kind": "pjm", "note": ""}])
        citizen("jan@example.org", question)
        told(NOW)

        # The room is taken for the third day: another meeting is refused.
        clash = editor.post(
            MANAGE, {**hearing(room), "slug": "inne", "roles": [], "sessions": [day(DAYS[2], 13, room=room)]}
        )
        assert (clash.status_code, clash.json()["code"]) == (409, "room_taken")
        assert not Event.objects.filter(slug="inne").exists()

        # Moved by an hour: the preview counts what is then planned.
        clock.shift(timedelta(minutes=20))
        sessions = ok(editor.get(URL))["sessions"]
        moved = {"sessions": [{**sessions[0], **day(DAYS[0], 18)}, *sessions[1:]]}
        looked = ok(editor.post(f"{URL}preview/", moved))["told"]
        ok(editor.patch(URL, moved))
        planned = told(NOW + timedelta(minutes=20))
        assert planned == {"event_changed": 2, "supplier_changed": planned["supplier_changed"]}
        assert looked == {"email": planned.total(), "sms": 0}

        # The interpreter falls ill: the coordinator and the one who asked are told, nobody else.
        clock.shift(timedelta(minutes=20))
        ok(editor.patch(URL, {"accessibility": {"pjm": "no"}, "notify": False}))
        assert told(NOW + timedelta(minutes=40)) == {"feature_lost": 1, "accessibility_alert": 1}

        # Online at the last moment: the place is struck out, the link stays closed until shortly before.
        clock.shift(timedelta(minutes=20))
        ok(editor.patch(URL, {"mode": "online", "venue": None, "join_url": "https://example.org/pokoj"}))
        assert told(NOW + timedelta(minutes=60))["moved_online"] == 2
        own = f"/api/v1/registrations/{Registration.objects.earliest('pk').manage_token}/"
        assert ok(Program().get(own))["join_url"] is None
        assert "pokoj" not in Program().get("/api/v1/events/wysluchanie/").text

        # Postponed without a date, then dated anew: everybody keeps the seat and is asked again.
        clock.shift(timedelta(minutes=20))
        ok(head.post(f"{URL}postpone/", {"reason": "Awaria"}))
        assert told(NOW + timedelta(minutes=80))["event_postponed"] == 2
        clock.shift(timedelta(minutes=20))
        ok(head.post(f"{URL}new-date/", {"sessions": [day("2027-02-09")]}))
        assert told(NOW + timedelta(minutes=100))["new_date"] == 2
        assert ok(Program().get(own))["attendance_intent"] == "asked"
        assert ok(Program().post(f"{own}coming/"))["attendance_intent"] == "coming"

        # The coordinator finds another interpreter, says so in one step, and only the one who asked is told.
        (need,) = ok(coordinator.get(f"{URL}needs/"))["results"]
        ok(coordinator.patch(f"{URL}needs/{need['id']}/", {"state": "arranged", "reason": "Tłumaczka jest online."}))
        assert told(NOW + timedelta(minutes=100)) == {"need_answered": 1}
        assert ok(Program().get(own))["accommodation"][0]["reason"] == "Tłumaczka jest online."

        # Half an hour before, the link is there; afterwards it was held and the work on it is done.
        clock.move_to("2027-02-09T15:40:00Z")
        assert ok(Program().get(own))["join_url"] == "https://example.org/pokoj"
        clock.move_to("2027-02-10T09:00:00Z")
        assert ok(editor.post(f"{URL}hold/", {}))["status"] == "held"
        # Not before it is said of every need what became of it.
        assert editor.post(f"{URL}close/", {}).json()["code"] == "needs_open"
        ok(coordinator.patch(f"{URL}needs/{need['id']}/", {"state": "fulfilled"}))
        assert ok(editor.post(f"{URL}close/", {}))["status"] == "closed"

    history = [change["kind"] for change in ok(editor.get(f"{URL}changes/"))["results"]]
    assert Counter(history) >= Counter(
        ["created", "submitted", "sent_back", "submitted", "published", "rescheduled", "feature_lost", "mode_changed"]
    )
    assert history[:4] == ["closed", "held", "new_date", "postponed"]


TABLE = "Data\tOd\tDo\tMiejsce\tTytuł\n" + "".join(
    f"2027-03-{number:02}\t17:00\t19:00\tratusz\tSpotkanie w dzielnicy {number}\n" for number in range(1, 14)
)


def test_thirteen_district_meetings_come_from_a_pasted_table_or_none_does():
    make_unit()
    make_venue("ratusz")
    editor = Program(make_user(role=Role.EDITOR))
    left_out = {"slug", "sessions", "questions", "venue"}
    series = {name: value for name, value in hearing(None).items() if name not in left_out}
    series |= {"kind": "open_district_meeting", "name": "Dzielnice"}

    with time_machine.travel(NOW, tick=False):
        broken = editor.post("/api/v1/manage/series/", {**series, "table": f"{TABLE}jutro\t17:00\t19:00\t\t\n"})
        assert (broken.status_code, Event.objects.exists()) == (400, False)
        assert "15" in broken.text  # the row, as the person counts them
        ok(editor.post("/api/v1/manage/series/", {**series, "table": TABLE}), 201)

    drafts = Event.objects.order_by("starts_at").values_list("status", "title__pl")
    assert list(drafts) == [("draft", f"Spotkanie w dzielnicy {number}") for number in range(1, 14)]
