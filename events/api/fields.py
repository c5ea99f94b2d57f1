"""What bodies of the API are made of: objects without unknown keys, texts in three languages, times with a clock."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.enums import Language
from events.models import Audience, Organization, Topic, Translated

# What has a short name that lists name it by.
Named = Audience | Organization | Topic
LONGEST_TEXT: Final = 20_000
# What an integer column holds; above it the database would refuse with an error of its own.
LARGEST_INTEGER: Final = 2_147_483_647
LARGEST_ID: Final = 9_223_372_036_854_775_807
SMALLINT: Final = 32_767
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


class WholeBody(Body):
    """A part that is given whole, also where the event around it is given in part."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Whatever has to be there is there."""
        missing = [name for name, field in self.fields.items() if field.required and field.source not in attrs]
        if missing:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in missing}
            )
        return attrs


def count(**options: Any) -> serializers.IntegerField:
    """A number of seats, minutes or hours that its column can hold."""
    return serializers.IntegerField(**{"min_value": 0, "max_value": LARGEST_INTEGER, "required": False, **options})


def row_id(**options: Any) -> serializers.IntegerField:
    """The number of a row; one that no column could hold is refused before it is looked for."""
    return serializers.IntegerField(**{"min_value": 1, "max_value": LARGEST_ID, "required": False, **options})


def several(body: type[Body], *, most: int, **options: Any) -> serializers.ListSerializer[Any]:
    """A list of parts, no longer than anybody means."""
    return serializers.ListSerializer(child=body(), max_length=most, **options)


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
    match_subclasses = True

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


class SlugsField(serializers.ListField):
    """Rows by their short names, each once, in the order in which they are named."""

    default_error_messages = {"unknown": _("There is nothing by the name “%(value)s”.")}

    def __init__(self, model: type[Named], **options: Any) -> None:
        self.model = model
        super().__init__(child=serializers.SlugField(max_length=120), **{"max_length": 100, **options})

    def to_internal_value(self, data: Any) -> tuple[Named, ...]:  # type: ignore[override]  # the rows behind the names
        """Every name is that of a row."""
        slugs = super().to_internal_value(data)
        found = {row.slug: row for row in self.model.objects.filter(slug__in=slugs)}
        unknown = [slug for slug in slugs if slug not in found]
        if unknown:
            raise serializers.ValidationError(self.error_messages["unknown"] % {"value": ", ".join(unknown)})
        return tuple(found[slug] for slug in dict.fromkeys(slugs))

    def to_representation(self, rows: Iterable[Named]) -> list[str]:
        """Their names."""
        return [row.slug for row in rows]


@extend_schema_field({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "17:00"})
class ClockField(serializers.TimeField):
    """A time of day on the wall, without seconds: "17:00". JSON Schema's `time` would want seconds and an offset."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


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
