"""The history of an event as those who organise it read it."""

from dataclasses import fields
from typing import Any

import pytest
from django.utils import translation

from events.actions.definitions import EventEdit
from events.enums import EventChangeKind, Language
from events.models import EventChange
from events.templatetags.change_tags import differences

WARSAW = "Europe/Warsaw"
MORNING = {"starts_at": "2027-01-26T09:00:00+00:00", "ends_at": "2027-01-26T11:00:00+00:00", "all_day": False}
LATER = {"starts_at": "2027-02-26T09:00:00+00:00", "ends_at": "2027-02-26T11:00:00+00:00", "all_day": False}
ON_THE_MORNING = "Tuesday, 26 January 2027, 10:00–12:00"
ON_A_LATER_DAY = "Friday, 26 February 2027, 10:00–12:00"

SHARED = f"The room Aula is shared with: “Debata” ({ON_THE_MORNING}); a meeting of another unit ({ON_A_LATER_DAY})."

# What has a row of its own kind, or is a word about the edit.
NOT_EDITED = {"mode", "venue", "join_url", "sessions", "registration", "allow_overbooking", "room_override_reason"}

VALUES: dict[str, Any] = {
    "languages": ["pl", "en"],
    "is_streamed": True,
    "is_recorded": True,
    "people_limit": 80,
    "staff_count": 4,
    "age_rule": "adults_only",
    "age_limit": 16,
    "join_opens_minutes": 15,
    "title": {"pl": "Nowy"},
}


def read(kind: EventChangeKind, before: Any = None, after: Any = None, language: str = "en") -> list[str]:
    with translation.override(language):
        return differences(EventChange(kind=kind, before=before or {}, after=after or {}), WARSAW)


@pytest.mark.parametrize(
    ("kind", "before", "after", "sentences"),
    [
        ("rescheduled", MORNING, LATER, [f"Instead of {ON_THE_MORNING}: {ON_A_LATER_DAY}."]),
        ("rescheduled", {}, LATER, [f"New date: {ON_A_LATER_DAY}."]),
        ("rescheduled", MORNING, {}, [f"Taken out: {ON_THE_MORNING}."]),
        ("postponed", {"status": "published"}, {"status": "postponed"}, []),
        (
            "new_date",
            {"status": "postponed", "sessions": [MORNING]},
            {"status": "published", "sessions": [LATER, MORNING], "passed_over": ["notice_period"]},
            [
                f"Instead of {ON_THE_MORNING}: {ON_A_LATER_DAY}; {ON_THE_MORNING}.",
                "Published although this was missing: time of notice.",
            ],
        ),
        ("published", {"status": "draft"}, {"status": "published"}, []),
        (
            "edited",
            {
                "reminders": [
                    {"channel": "email", "before": {"days": 1, "at": "17:00"}},
                    {"channel": "sms", "before": {"minutes": 180}},
                ]
            },
            {
                "reminders": [
                    {"channel": "sms", "before": {"minutes": 180}},
                    {"channel": "email", "audience": "speakers", "before": {"days": 0, "at": "08:00"}},
                    {"channel": "email", "after": {"minutes": 90}},
                ]
            },
            [
                (
                    "New reminders: On the day at 08:00 · E-mail · People who speak or work there; "
                    "90 minutes after the end · E-mail · People who have a seat."
                ),
                "No longer sent: 1 day before at 17:00 · E-mail · People who have a seat.",
            ],
        ),
        (
            "edited",
            {
                "reminders": [
                    {"channel": "email", "before": {"minutes": 60}},
                    {"channel": "sms", "after": {"minutes": 0}},
                ]
            },
            {
                "reminders": [
                    {"channel": "sms", "after": {"minutes": 0}},
                    {"channel": "email", "before": {"minutes": 60}},
                ]
            },
            ["The reminders stand in another order."],
        ),
        ("published", {"status": "in_review"}, {"status": "published"}, ["Approved after a review."]),
        (
            "room_shared",
            {},
            {"room": "Aula", "with": [{"title": {"pl": "Debata"}, **MORNING}, {"title": None, **LATER}]},
            [SHARED],
        ),
        (
            "feature_lost",
            {"features": ["pjm", "induction_loop", "gone"]},
            {},
            ["No longer there: Polish Sign Language interpreter, Induction loop."],
        ),
        ("relocated", {"room": None}, {"room": "Aula"}, ["Room: — → Aula."]),
        ("relocated", {}, {"join_url_changed": True}, ["The link for taking part online has changed."]),
        ("mode_changed", {"mode": ""}, {"mode": "online"}, ["How people take part: not stated → Online."]),
        ("capacity_changed", {"capacity": 5}, {"capacity": None}, ["Seats: 5 → no limit."]),
        (
            "capacity_changed",
            {"capacity": 5, "category": "business"},
            {"capacity": 6, "category": "business"},
            ["Seats of a group of participants: 5 → 6."],
        ),
        (
            "edited",
            {"agenda": ["Otwarcie", "Pytania"]},
            {"agenda": ["Otwarcie", "Przerwa", "Przerwa"]},
            ["New in the agenda: “Przerwa” (2).", "No longer in the agenda: “Pytania”."],
        ),
        (
            "edited",
            {"agenda": ["Otwarcie"]},
            {"agenda": ["Otwarcie"]},
            ["The agenda is different: its order, times, people or descriptions."],
        ),
        (
            "edited",
            {"roles": ["speaker", "interpreter"]},
            {"roles": ["speaker", "speaker", "speaker", "gone"]},
            ["New people: Speaker (2), gone.", "No longer there: Interpreter."],
        ),
        (
            "edited",
            {"questions": ["Skąd?"]},
            {"questions": []},
            ["Questions that are no longer asked: “Skąd?”."],
        ),
        ("edited", {"attachments": []}, {"attachments": ["plan.pdf"]}, ["New files: plan.pdf."]),
        ("edited", {"is_streamed": False}, {"is_streamed": True}, ["It is streamed."]),
        ("edited", {"is_recorded": True}, {"is_recorded": False}, ["It is no longer recorded."]),
        (
            "edited",
            {"people_limit": None, "staff_count": 0},
            {"people_limit": 80, "staff_count": 4},
            ["People who may be inside at once: — → 80.", "Staff in the room: 0 → 4."],
        ),
        (
            "edited",
            {"languages": []},
            {"languages": ["pl", "en"]},
            ["Languages of the meeting: Polish → Polish, english."],
        ),
        (
            "edited",
            {"age_rule": "none", "age_limit": None},
            {"age_rule": "guardian_statement", "age_limit": 16},
            [
                "By age: No rule → A guardian's statement below an age.",
                "A guardian's statement is asked for below this age: — → 16.",
            ],
        ),
        (
            "need_alert",
            {},
            {"wheelchairs_needed": 3, "wheelchair_places": 2},
            ["Wheelchair places: 3 asked for, 2 there."],
        ),
        (
            "edited",
            {"audiences": [], "organizations": [], "registration.waitlist": True, "registration.group_max": 1},
            {"audiences": ["all"], "organizations": ["a"], "registration.waitlist": False, "registration.group_max": 2},
            ["Changed: for whom it is meant, invited organizations, rules of registration."],
        ),
    ],
)
def test_what_was_and_what_is_in_sentences(kind, before, after, sentences):
    assert read(kind, before, after) == sentences


@pytest.mark.parametrize("name", [field.name for field in fields(EventEdit) if field.name not in NOT_EDITED])
def test_every_part_of_an_event_that_is_edited_is_named(name):
    sentences = read(EventChangeKind.EDITED, {}, {name: VALUES.get(name, [])})

    assert sentences
    assert all(sentence.endswith(".") and name not in sentence.split() for sentence in sentences if "_" in name)


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("kind", EventChangeKind)
def test_every_kind_of_change_can_be_read_in_every_language(kind, language):
    with translation.override(language):
        assert str(kind.label)
    assert isinstance(read(kind, language=language), list)
