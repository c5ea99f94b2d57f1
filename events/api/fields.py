"""What bodies of the API are made of: objects without unknown keys, texts in three languages, times with a clock."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from events.enums import Language
from events.models import Translated

LONGEST_TEXT: Final = 20_000
# What an integer column holds; above it the database would refuse with an error of its own.
LARGEST_INTEGER: Final = 2_147_483_647
LARGEST_ID: Final = 9_223_372_036_854_775_807
# Earlier and later years are slips, and some of them no time zone can express.
YEARS: Final = range(1900, 2201)
_WITH_HOUR: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")


class Body(serializers.Serializer[Any]):
    """An object that comes in: a key that nobody reads is a mistake, so it is named instead of passed over."""

    default_error_messages = {"unknown": _("This field does not exist.")}

    def to_internal_value(self, data: Any) -> Any:
        """Read the fields, and refuse what is left over together with what is wrong."""
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            errors = {str(name): [str(self.error_messages["unknown"])] for name in data if name not in known}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                errors = {**errors, **error.detail}
            raise serializers.ValidationError(errors) from error
        if errors:
            raise serializers.ValidationError(errors)
        return value


class TextsField(serializers.Field[Translated, Any, Translated, Any]):
    """A text as `{"pl": …, "en": …, "uk": …}`; Polish has to be there, and `blank=False` wants words in it."""

    default_error_messages = {
        "shape": _("Give the text as an object with pl and, if you have them, en and uk."),
        "polish": _("Give at least the Polish text."),
        "long": _("This text is longer than %(limit)s characters."),
    }

    def __init__(self, *, blank: bool = False, longest: int = LONGEST_TEXT, **kwargs: Any) -> None:
        self.blank = blank
        self.longest = longest
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Translated:
        """Check languages and lengths; spaces around a text are nobody's intention."""
        if not isinstance(data, Mapping) or not set(Language.values).issuperset(data):
            self.fail("shape")
        if not all(isinstance(text, str) for text in data.values()):
            self.fail("shape")
        texts = {language: text.strip() for language, text in data.items()}
        if Language.PL not in texts or not (self.blank or texts[Language.PL]):
            self.fail("polish")
        if any(len(text) > self.longest for text in texts.values()):
            raise serializers.ValidationError(self.error_messages["long"] % {"limit": self.longest})
        return texts

    def to_representation(self, value: Translated) -> Translated:
        """As it is stored."""
        return value


class TextsFieldSchema(OpenApiSerializerFieldExtension):
    """How the schema describes a text."""

    target_class = "events.api.fields.TextsField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, object]:  # noqa: ARG002 - the library's signature
        """An object with a text per language."""
        return {
            "type": "object",
            "description": "A text per language; Polish is always there.",
            "properties": {
                language: {"type": "string", "maxLength": self.target.longest} for language in Language.values
            },
            "required": [Language.PL.value],
            "additionalProperties": False,
        }


class WallClockField(serializers.DateTimeField):
    """An instant; without an offset it is what the clock on the city's wall shows. A day without an hour is refused.

    A time without offset stays so: the actions know the event's zone, and which hours the clock skips.
    """

    default_error_messages = {"hour": _("Give the time of day as well, for example 2027-01-07T17:00.")}

    def to_internal_value(self, value: Any) -> datetime:
        """Read ISO 8601 with a time of day."""
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            self.fail("hour")
        if not isinstance(value, str) or not _WITH_HOUR.match(value) or int(value[:4]) not in YEARS:
            self.fail("invalid", format="YYYY-MM-DDThh:mm[:ss][+hh:mm|-hh:mm|Z]")
        return super().to_internal_value(value)

    def enforce_timezone(self, value: datetime) -> datetime:
        """Show in the city's time; read as it was said."""
        return super().enforce_timezone(value) if timezone.is_aware(value) else value
