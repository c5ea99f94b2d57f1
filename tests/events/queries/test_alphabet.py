"""Polish order: every letter of the alphabet has its own place."""

from events.queries.alphabet import polish_order


def test_every_polish_letter_stands_after_its_base_and_before_the_next_one():
    by_code_point = "ABCDEFGHIJKLMNOPQRSTUVWXYZÓĄĆĘŁŃŚŹŻ"

    assert "".join(sorted(by_code_point, key=polish_order)) == "AĄBCĆDEĘFGHIJKLŁMNŃOÓPQRSŚTUVWXYZŹŻ"


def test_people_stand_by_last_name_then_first_name():
    people = [("Śliwa", "Jan"), ("Szulc", "Ewa"), ("Łoś", "Ala"), ("Lis", "Łucja"), ("Lis", "Lena"), ("Mak", "Iga")]

    ordered = sorted(people, key=lambda person: polish_order(*person))

    assert ordered == [
        ("Lis", "Lena"),
        ("Lis", "Łucja"),
        ("Łoś", "Ala"),
        ("Mak", "Iga"),
        ("Szulc", "Ewa"),
        ("Śliwa", "Jan"),
    ]


def test_double_names_capitals_and_letters_of_others_have_a_place():
    words = ["Żak", "müller", "Muller", "O'Hara", "Ohl", "2 LO", "Іваненко", "de Lis", "Lis-Żak", "Lis"]

    assert sorted(words, key=polish_order) == [
        *("2 LO", "de Lis", "Lis", "Lis-Żak", "müller", "Muller", "O'Hara", "Ohl", "Żak", "Іваненко")
    ]


def test_a_letter_with_its_mark_apart_is_the_same_letter():
    assert polish_order("Z\u0307ak") == polish_order("Żak")
