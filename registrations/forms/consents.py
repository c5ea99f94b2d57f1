"""Boxes for what people may allow: each apart, none ticked beforehand, with the words in force."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from events.templatetags.event_tags import say
from registrations.enums import ConsentPurpose
from registrations.models import ConsentText
from registrations.queries.consents import OFFERED_PURPOSES


def consent_fields(texts: Mapping[ConsentPurpose, ConsentText]) -> dict[str, forms.Field]:
    """A box for everything that has words in force."""
    return {
        consent_field_name(purpose): forms.BooleanField(label=say(texts[purpose].text), required=False)
        for purpose in OFFERED_PURPOSES
        if purpose in texts
    }


def consent_field_name(purpose: str) -> str:
    """What the box of a purpose is called in the page."""
    return f"consent_{purpose}"


def given_consents(data: Mapping[str, Any]) -> tuple[str, ...]:
    """What is ticked in a form that is valid."""
    return tuple(purpose.value for purpose in OFFERED_PURPOSES if data.get(consent_field_name(purpose)))


class ConsentsForm(forms.Form):
    """What somebody has allowed, to look at and change after signing up."""

    def __init__(
        self, data: Any = None, *, texts: Mapping[ConsentPurpose, ConsentText], standing: Collection[str]
    ) -> None:
        """Begin with what stands."""
        super().__init__(data, label_suffix="", initial={consent_field_name(purpose): True for purpose in standing})
        self.fields |= consent_fields(texts)

    def purposes(self) -> tuple[str, ...]:
        """What is allowed from now on, as the action takes it."""
        return given_consents(self.cleaned_data)
