"""Tables of people to be invited: what is understood, what is refused, and that every fault is named by its row."""

import pytest
from django.utils import translation

from events.errors import FieldErrors
from registrations.actions.invitations import MOST_INVITEES, Invitee
from registrations.forms.invitees_table import read_invitees
from registrations.models import Invitation
from tests.make import make_category, make_event, make_invitation, make_user
from tests.make.events import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def said(errors) -> dict[str, list[str]]:
    return {path: [str(sentence) for sentence in sentences] for path, sentences in errors.items()}


def refused(text: str) -> dict[str, list[str]]:
    with pytest.raises(FieldErrors) as refusal:
        read_invitees(text)
    return said(refusal.value.errors)


@pytest.mark.parametrize(
    "heading",
    [
        "Imię;Nazwisko;Adres e-mail;Organizacja;Grupa;Język;Liczba miejsc;Wiadomość",
        "First name;Surname;E-MAIL;Company;Group;Language;Seats;Message",
        "first_name;last_name;email;organisation;category;language;seats;note",
        "Ім’я;Прізвище;Пошта;Організація;Група;Мова;Місця;Повідомлення",
        "Ім'я;ПРІЗВИЩЕ;Електронна пошта;Установа;Категорія;Мова;Кількість місць;Note",
    ],
)
def test_columns_are_known_in_three_languages(heading):
    business = make_category("business")
    business.name = {"pl": "Biznes", "en": "Business"}
    business.save()

    table = read_invitees(f"{heading}\nAnna;Nowak;anna@example.org;Izba;biznes;ukraiński;2;Prezeska\n")

    assert table.faults == {}
    assert table.invitees == [
        Invitee(
            "anna@example.org",
            first_name="Anna",
            last_name="Nowak",
            organisation="Izba",
            category="business",
            language="uk",
            seats=2,
            note="Prezeska",
            row_number=2,
        )
    ]


@pytest.mark.parametrize("remarks", ["Uwagi", "Notatka", "Remarks", "Notes", "Примітка"])
def test_remarks_among_colleagues_are_not_taken_for_a_word_to_the_person(remarks):
    assert refused(f"email;{remarks}\nanna@example.org;Trudna rozmowa\n") == {
        "table": [f"There is no column called “{remarks}”."]
    }


def test_what_is_left_out_is_as_usual_and_empty_rows_are_passed_over():
    table = read_invitees(
        "\n\nE-mail,Nazwisko,Miejsce zarezerwowane,Bez zatwierdzania\n\na@example.org,Lis,TAK,nie\nb@example.org\n"
    )

    assert table.invitees == [
        Invitee("a@example.org", last_name="Lis", uses_reserved=True, skips_approval=False, row_number=5),
        Invitee("b@example.org", row_number=6),
    ]


def test_every_cell_that_cannot_be_read_is_named():
    table = read_invitees(
        "email;grupa;język;miejsca;uses_reserved\na@example.org;smoki;de;dwa;może\nb@example.org;;;;;x\n"
    )

    assert said(table.faults) == {
        "rows.2.category": ["There is no group with this name."],
        "rows.2.language": ["Say pl, en or uk."],
        "rows.2.seats": ["Write a number like 1."],
        "rows.2.uses_reserved": ["Say yes or no."],
        "rows.3.cells": ["This row has more cells than the first one."],
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The table is empty."),
        ("\n;;\n", "The table is empty."),
        ("email", "Below the names of the columns, a table has from 1 to 2000 rows."),
        (
            "email\n" + "a@example.org\n" * (MOST_INVITEES + 1),
            "Below the names of the columns, a table has from 1 to 2000 rows.",
        ),
        ("email;Wiek;PESEL\na@example.org", "There is no column called “Wiek”, “PESEL”."),
        ("Nazwisko\nLis", "The first row names the columns, each once"),
        ("email;E-mail\na@example.org", "The first row names the columns, each once"),
    ],
)
def test_a_table_that_nobody_can_read_is_refused(text, sentence):
    (found,) = refused(text)["table"]

    assert found.startswith(sentence)


def test_faults_of_reading_and_of_inviting_are_said_together_and_nobody_is_invited():
    event, user = make_event(), make_user()
    make_invitation(event, email="b@example.org")
    table = read_invitees("email;nazwisko;miejsca\na@example.org;Lis;dwa\nb@example.org;Wilk;1\nnobody;Kot;1\n")

    for dry_run in (True, False):
        with pytest.raises(FieldErrors) as refusal:
            table.invite(event, dry_run=dry_run, send=False, by=user, at=NOW)
        assert said(refusal.value.errors) == {
            "rows.2.seats": ["Write a number like 1."],
            "rows.3.email": ["This address is invited already."],
            "rows.4.email": ["Enter a valid e-mail address."],
        }
    assert Invitation.objects.count() == 1


def test_one_cell_that_cannot_be_read_refuses_all():
    event, user = make_event(), make_user()
    table = read_invitees("email;nazwisko;miejsca\na@example.org;Lis;dwa\nb@example.org;Wilk;1\n")

    with pytest.raises(FieldErrors) as refusal:
        table.invite(event, dry_run=False, send=False, by=user, at=NOW)

    assert list(refusal.value.errors) == ["rows.2.seats"]
    assert not Invitation.objects.exists()


def test_a_dry_run_says_who_would_be_invited_and_stores_nothing():
    event, user = make_event(), make_user()
    table = read_invitees("email;nazwisko\na@example.org;Lis\nb@example.org;Wilk\n")

    would_be = table.invite(event, dry_run=True, send=True, by=user, at=NOW)
    assert [row.last_name for row in would_be] == ["Lis", "Wilk"]
    assert not Invitation.objects.exists()
    table.invite(event, dry_run=False, send=False, by=user, at=NOW)

    assert Invitation.objects.count() == 2
