"""Example data: complete, marked, repeatable, and never beside real people's."""

import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from events.models import (
    Audience,
    Event,
    EventChange,
    EventSeries,
    InformationNotice,
    Organization,
    Room,
    SeatPool,
    UnitMembership,
    User,
    Venue,
)
from events.queries.events import upcoming_public_events
from events.queries.examples import example_data_exists
from notifications.models import Message
from registrations.models import Registration, RegistrationChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(settings: Any, tmp_path: Path) -> Path:
    settings.USES_EMBEDDED_DATABASE = True
    settings.VAR_DIR = tmp_path
    call_command("import_process", str(settings.BASE_DIR / "events/data/lublin2030.yaml"), verbosity=0)
    return tmp_path


def test_a_trial_has_every_kind_of_meeting_to_come(trial: Path) -> None:
    assert not example_data_exists()

    call_command("load_examples")

    events = list(upcoming_public_events(at=timezone.now()))
    assert Counter(event.kind.code for event in events) == {
        "business_meeting": 14,
        "open_district_meeting": 4,
        "public_hearing": 1,
        "open_debate": 1,
        "mobile_point": 1,
        "conference": 1,
        "workshop": 1,
        "participatory_cafe": 1,
        "open_meeting": 1,
    }
    for event in events:
        assert event.is_example
        assert event.status == ("postponed" if event.kind.code == "participatory_cafe" else "published")
        assert event.starts_at is not None
        assert event.starts_at > timezone.now()
        for language, mark in (("pl", "(przykład)"), ("en", "(example)"), ("uk", "(приклад)")):
            assert event.title[language].endswith(mark)
            assert event.summary[language]
    assert example_data_exists()
    assert {
        len(set(event.sessions.values_list("starts_at"))) for event in events if event.kind.code == "public_hearing"
    } == {3}
    assert SeatPool.objects.filter(category__code="business", capacity=16).count() == 14
    assert len({event.district_id for event in events if event.kind.code == "open_district_meeting"}) == 4
    assert not Event.objects.get(kind__code="mobile_point").policy.required
    assert not Venue.objects.filter(is_example=False).exists()
    assert InformationNotice.objects.get().is_example


def test_the_examples_show_what_an_organiser_can_do(trial: Path) -> None:
    call_command("load_examples")

    examples = Event.objects.filter(is_example=True, is_template=False)
    hearing = examples.get(kind__code="public_hearing")
    assert hearing.sessions.count() == 3
    assert hearing.accessibility["pjm"] == "yes"
    assert hearing.roles.get(kind="interpreter").email.endswith("@example.org")
    assert hearing.questions.get().purpose["pl"]
    conference = examples.get(kind__code="conference")
    speakers = conference.roles.filter(kind="speaker", agenda_item__isnull=False)
    assert all("(przykład)" in name for name in speakers.values_list("name", flat=True))
    assert [attachment.file_name for attachment in conference.attachments.all()] == ["program-przyklad.txt"]
    assert EventSeries.objects.get().events.filter(status="published").count() == 4
    assert Event.objects.get(is_template=True).status == "draft"
    moved = examples.get(kind__code="open_meeting")
    assert (moved.mode, moved.venue) == ("online", None)
    assert moved.changes.filter(kind="mode_changed").exists()
    assert set(Room.objects.values_list("setup_minutes", flat=True)) == {15, 30}
    assert {audience.slug: audience.organizations.count() for audience in Audience.objects.all()} == {
        "rady-dzielnic": 0,
        "radni-rady-miasta": 0,
        "podmioty-konsultacji-zewnetrznych": 3,
    }
    assert not Organization.objects.filter(is_example=False).exists()


def test_the_councillors_meeting_is_announced_to_nobody_else(trial: Path) -> None:
    call_command("load_examples")

    meeting = Event.objects.get(kind__code="city_councillors_meeting", is_example=True)
    assert (meeting.status, meeting.visibility) == ("published", "restricted")
    assert meeting not in upcoming_public_events(at=timezone.now())
    assert [audience.slug for audience in meeting.audiences.all()] == ["radni-rady-miasta"]


def test_one_event_is_full_and_nobody_is_written_to(trial: Path) -> None:
    call_command("load_examples")

    pool = SeatPool.objects.get(event__slug="przyklad-pelny-warsztat")
    assert (pool.capacity, pool.taken, pool.waiting) == (5, 5, 3)
    people = Registration.objects.select_related("participant").order_by("id")
    assert [person.state for person in people] == ["confirmed"] * 5 + ["waitlisted"] * 3
    assert people[0].participant.full_name == "Osoba Przykładowa 1"
    assert people[0].participant.email == "osoba1@example.org"
    assert not people.filter(is_example=False).exists()
    assert not RegistrationChange.objects.filter(notify=True).exists()
    assert not EventChange.objects.filter(notify=True).exists()
    assert not Message.objects.exists()


def test_the_accounts_have_passwords_that_only_their_file_tells(trial: Path) -> None:
    call_command("load_examples")

    for name, role in (("organiser", "owner"), ("door", "door")):
        file = trial / f"example_{name}.txt"
        email, password = file.read_text(encoding="utf-8").split()
        user = User.objects.get(email=email)
        assert (email, user.is_example, user.check_password(password)) == (f"{name}@example.org", True, True)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert list(UnitMembership.objects.filter(user=user).values_list("unit__slug", "role")) == [("strategia", role)]


def test_a_password_that_is_there_already_is_used(trial: Path) -> None:
    (trial / "example_organiser.txt").write_text("organiser@example.org correct-horse-battery\n", encoding="utf-8")

    call_command("load_examples")

    assert User.objects.get(email="organiser@example.org").check_password("correct-horse-battery")


def test_twice_adds_nothing(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_examples")
    before = list(User.objects.order_by("email").values_list("email", "password"))

    call_command("load_examples")

    assert capsys.readouterr().out.splitlines()[-2:] == ["27 example events are new.", "0 example events are new."]
    assert Event.objects.filter(is_example=True).count() == 27
    assert Registration.objects.count() == 8
    assert InformationNotice.objects.count() == 1
    assert list(User.objects.order_by("email").values_list("email", "password")) == before


def test_real_databases_get_no_examples(trial: Path, settings: Any) -> None:
    settings.USES_EMBEDDED_DATABASE = False

    with pytest.raises(CommandError, match=r"^Examples are only for a trial"):
        call_command("load_examples")

    assert not example_data_exists()


def test_the_process_comes_first(settings: Any) -> None:
    settings.USES_EMBEDDED_DATABASE = True

    with pytest.raises(CommandError, match=r"^Load the process first"):
        call_command("load_examples")

    assert not User.objects.exists()
