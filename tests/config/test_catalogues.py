"""Every text has its translations: none missing, none unsure, none of them naming other values."""

import io

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import npgettext, override

from config.catalogues import LANGUAGES, as_text, catalogue_path, collected, untranslated, updated, wrong_placeholders


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_exactly_the_texts_in_use(language: str) -> None:
    """Run `manage.py messages` after writing or changing a text."""
    assert catalogue_path(language).read_text() == as_text(updated(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_untranslated_or_unsure(language: str) -> None:
    catalogue = read_po(io.BytesIO(catalogue_path(language).read_bytes()), locale=language)

    assert untranslated(catalogue) == []
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_the_same_values_as_the_original(language: str) -> None:
    assert wrong_placeholders(updated(language)) == []


def test_texts_are_found_in_code_and_in_templates() -> None:
    catalogue = collected()

    for text in ("Skip to the content", "Give your first name."):
        assert catalogue.get(text) is not None
    assert catalogue.get("Cancelled", "event status") is not None


def test_every_language_of_the_pages_but_that_of_the_code_has_a_catalogue() -> None:
    assert {code for code, _name in settings.LANGUAGES} == {"en", *LANGUAGES}


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("pl", ["i jeszcze 1 termin", "i jeszcze 3 terminy", "i jeszcze 5 terminów", "i jeszcze 22 terminy"]),
        ("uk", ["і ще 1 дата", "і ще 3 дати", "і ще 5 дат", "і ще 22 дати"]),
    ],
)
def test_plurals_take_the_form_of_their_number(language: str, forms: list[str]) -> None:
    with override(language):
        said = [
            npgettext("event list", "and %(count)s more date", "and %(count)s more dates", count) % {"count": count}
            for count in (1, 3, 5, 22)
        ]

    assert said == forms
