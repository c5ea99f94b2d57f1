"""Texts in several languages: one typed JSON value with Polish always there."""

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events.enums import Language

_LANGUAGES = frozenset(Language.values)

Translated = dict[str, str]


def in_language(text: Translated, language: str | None = None) -> str:
    """The text in the language asked for (default: the active one), else in Polish, else "".

    An empty translation counts as missing, so that a half-translated event still reads.
    """
    wanted = (language or get_language() or Language.PL)[:2]
    return text.get(wanted) or text.get(Language.PL, "")


def validate_translated(value: object) -> None:
    """Accept only {"pl": str, "en"?: str, "uk"?: str}."""
    if not isinstance(value, dict) or not _LANGUAGES.issuperset(value) or Language.PL not in value:
        raise ValidationError(_("Give the text as {“pl”: …, “en”: …, “uk”: …}, with Polish always there."))
    if not all(isinstance(text, str) for text in value.values()):
        raise ValidationError(_("Every translation has to be a text."))


if TYPE_CHECKING:
    _JSONOfTexts = models.JSONField[Translated, Translated]
else:
    _JSONOfTexts = models.JSONField


class TranslatedField(_JSONOfTexts):
    """A JSON column {"pl", "en", "uk"}; see `has_polish` for its constraint."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Validate the shape wherever models are validated."""
        kwargs.setdefault("validators", [validate_translated])
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Stand in migrations as a plain JSON field, so that they import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        plain = cast("dict[str, object]", kwargs)
        plain.pop("validators", None)
        if plain.get("default") is no_text:
            plain["default"] = dict
        return name, "django.db.models.JSONField", args, kwargs


def no_text() -> Translated:
    """The value of a text that is not written yet."""
    return {"pl": ""}


def has_polish(table: str, field: str, *, filled: bool = True) -> models.CheckConstraint:
    """The CHECK that a translated column has Polish (and, when `filled`, that it is not empty)."""
    condition = models.Q(**{f"{field}__has_key": "pl"})
    if filled:
        condition &= ~models.Q(**{f"{field}__pl": ""})
    return models.CheckConstraint(condition=condition, name=f"{table}_{field}_in_polish")
