"""Names: everybody's own is fine, a letter to a stranger is not."""

import pytest
from django.utils import translation

from events.errors import FieldErrors
from registrations.actions.details import change_details
from registrations.actions.people import person_faults
from registrations.models import Participant
from tests.make import make_applicant, make_event, make_registration
from tests.make.events import NOW
from tests.registrations.acts import refused

pytestmark = pytest.mark.django_db

LETTER = "Wygrana! https://evil.example/x\r\n\r\nKliknij"


def person(**said: str) -> Participant:
    return Participant(**{"first_name": "Anna", "last_name": "Nowak", "email": "ann@example.org", **said})


@pytest.mark.parametrize(
    "name",
    [
        "Żaneta",
        "Anna-Maria Wilhelmina Józefina",
        "Nowak-Święcicka von und zu Bogurodzica-Częstochowska",
        "O'Brien",
        "O’Brien",
        "Об’єднана",
        "Мар'яна-Їва",
        "J.R.R.",
        "św. Jan",
        "J",
        "李",
        "Ana\u0301",
    ],
)
def test_names_of_people_are_fine(name):
    assert person_faults(person(first_name=name, last_name=name, organisation=name)) == {}


@pytest.mark.parametrize("organisation", ["", "24", "Stowarzyszenie 3/4 (przykład), s.c. & Co.", "Wieś.pl", "№ 7"])
def test_organisations_may_be_figures_and_signs(organisation):
    assert person_faults(person(organisation=organisation)) == {}


@pytest.mark.parametrize(
    "text",
    [
        LETTER,
        "Anna\nNowak",
        "Anna\x00",
        "\u200b\u200b",
        "An\u200dna",
        "\u202eannA",
        "Anna\u2028Nowak",
        "\u3164",
        "Anna\ue000",
        "https://evil.example",
        "HTTP\uff1a\uff0f\uff0fevil",
        "WWW.evil",
        "evil.example/x",
    ],
)
@pytest.mark.parametrize("field", ["first_name", "last_name", "organisation"])
def test_links_and_what_nobody_sees_are_refused_at_their_field(field, text):
    assert list(person_faults(person(**{field: text}))) == [field]


@pytest.mark.parametrize("name", ["123", "!!!", "🎉", "-", "\u2800"])
def test_a_name_has_a_letter(name):
    with translation.override("en"):
        assert person_faults(person(last_name=name)) == {"last_name": ["A name has at least one letter."]}


def test_nothing_is_said_twice_of_one_field():
    faults = person_faults(person(first_name=LETTER * 9, last_name=""))

    assert {field: len(sentences) for field, sentences in faults.items()} == {"first_name": 1, "last_name": 1}


def test_neither_signing_up_nor_putting_right_lets_a_letter_in():
    event = make_event()
    registration = make_registration(event)

    signing_up = refused(event, FieldErrors, make_applicant(first_name=LETTER))
    with pytest.raises(FieldErrors) as putting_right:
        change_details(registration, {"organisation": LETTER}, at=NOW)

    assert list(signing_up.errors) == ["first_name"]
    assert list(putting_right.value.errors) == ["organisation"]
