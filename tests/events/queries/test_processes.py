"""Processes as they are shown: whole, in order, nulls kept."""

from pathlib import Path

import pytest
from django.conf import settings
from django.http import Http404

from events.actions.importing import import_process
from events.actions.process_file import read_process_file
from events.queries import reference
from events.queries.processes import process_page, public_processes
from tests.make import make_process, make_topic, make_venue
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


def test_the_lublin_process_whole_in_a_fixed_number_of_queries(django_assert_num_queries):
    content = (Path(settings.BASE_DIR) / "events/data/lublin2030.yaml").read_bytes()
    import_process(read_process_file(content), unit_slug="strategia", by=None, at=NOW)

    with django_assert_num_queries(7):
        page = process_page("lublin2030")

    assert [(figure.name, figure.value, figure.qualifier) for figure in page.figures] == [
        ("total_participants", 15000, "nearly"),
        ("experts_involved", 100, "over"),
    ]
    assert [facts.stage.roman for facts in page.stages] == ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"]
    assert [len(facts.activities) for facts in page.stages] == [1, 9, 3, 7, 1, 6, 1, 2]
    sixth = {figure.name: figure.value for figure in page.stages[5].figures}
    assert (sixth["remarks_submitted"], sixth["remarks_submitted_correctly"], sixth["submitters"]) == (202, 199, 59)
    assert sixth["remarks_accepted"] is None
    points = page.stages[1].activities[0]
    assert [(figure.name, figure.value) for figure in points.figures] == [("event_count", 17), ("participants", 773)]
    assert [facts.activity.code for facts in page.activities] == [
        "x-closing-conference",
        "x-local-governments-workshop",
    ]
    assert (len(page.topics), len(page.seat_rules), len(page.milestones)) == (14, 6, 17)


def test_processes_stand_by_slug_and_the_rest_is_not_there():
    make_process("b")
    make_process("a")

    assert [process.slug for process in public_processes()] == ["a", "b"]
    with pytest.raises(Http404):
        process_page("c")


def test_what_events_are_made_of_has_an_order():
    make_venue("b")
    make_venue("a")
    make_topic("t")
    make_process("p")

    assert [kind.code for kind in reference.event_kinds()][:2] == ["business_meeting", "public_hearing"]
    assert reference.event_kinds().count() == 13
    categories = [
        "resident",
        "business",
        "ngo",
        "university",
        "city_staff",
        "councillor",
        "district_council",
        "media",
        "other",
    ]
    assert [category.code for category in reference.participant_categories()] == categories
    assert [venue.slug for venue in reference.venues()] == ["a", "b"]
    assert [topic.slug for topic in reference.topics()] == ["t"]
    assert [unit.slug for unit in reference.units()] == ["strategia"]
    assert list(reference.districts()) == []
