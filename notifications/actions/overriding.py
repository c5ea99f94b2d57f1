"""Putting parts of the texts of messages into a city's own words, and taking them back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.errors import FieldErrors
from events.models import User
from notifications.enums import TemplatePart
from notifications.kinds import Kind
from notifications.models import TemplateOverride
from notifications.rendering.overrides import (
    named_in,
    parts_of,
    placeholders_of,
    required_in,
    sample_of,
    without_names,
)

LONGEST: Final[Mapping[TemplatePart, int]] = {
    TemplatePart.SUBJECT: 150,
    TemplatePart.LEAD: 2000,
    TemplatePart.MORE: 2000,
    TemplatePart.SMS: 480,
}

Words = Mapping[TemplatePart, str]


def check_own_words(kind: Kind, language: str, words: Words) -> Words:
    """The words as they would be kept, or a sentence at every part that does not fit; nothing is kept."""
    tidy = {part: _tidy(part, text) for part, text in words.items()}
    faults = {part.value: _faults(kind, part, text, language) for part, text in tidy.items() if text}
    errors = {part: sentences for part, sentences in faults.items() if sentences}
    if errors:
        raise FieldErrors(errors)
    return tidy


@transaction.atomic
def write_own_words(kind: Kind, language: str, words: Words, *, by: User, at: datetime) -> None:
    """Keep these parts for the next batch of messages; an empty part has the original words again."""
    for part, text in check_own_words(kind, language, words).items():
        known = TemplateOverride.objects.filter(kind=kind.name, language=language, part=part)
        if not text:
            known.delete()
        elif not known.filter(text=text).exists():
            TemplateOverride.objects.update_or_create(
                kind=kind.name, language=language, part=part, defaults={"text": text, "by": by, "at": at}
            )


def _tidy(part: TemplatePart, text: str) -> str:
    if part in {TemplatePart.SUBJECT, TemplatePart.SMS}:
        return " ".join(text.split())
    return text.replace("\r\n", "\n").strip()


def _faults(kind: Kind, part: TemplatePart, text: str, language: str) -> list[str | Promise]:
    if part not in parts_of(kind):
        return [_("This message has no such part.")]
    if len(text) > LONGEST[part]:
        return [_("This is longer than %(count)s characters.") % {"count": LONGEST[part]}]
    return _faults_of_names(kind, part, text) or _faults_of_length(kind, part, text, language)


def _faults_of_names(kind: Kind, part: TemplatePart, text: str) -> list[str | Promise]:
    if any(mark in without_names(text) for mark in ("{{", "}}", "{%", "%}", "{#")):
        return [_("Only names in double braces are put in, as in {{ title }}; nothing else in braces is.")]
    named = named_in(text)
    unknown = [name for name in named if name not in placeholders_of(kind)]
    missing = [name for name in required_in(kind, part) if name not in named]
    return [
        *(_("There is nothing by the name “%(name)s” in this message.") % {"name": name} for name in unknown),
        *(
            _("{{ %(name)s }} has to be in it: nothing else says that to the person.") % {"name": name}
            for name in missing
        ),
    ]


def _faults_of_length(kind: Kind, part: TemplatePart, text: str, language: str) -> list[str | Promise]:
    try:
        sample_of(kind, part, text, language)
    except ValueError:
        return [_("This SMS is longer than it may be, even with a short title. Leave something out.")]
    return []
