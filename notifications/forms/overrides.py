"""A city's own words for a kind of message, part by part, each beside the original."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.actions.overriding import LONGEST
from notifications.enums import TemplatePart
from notifications.kinds import Kind
from notifications.rendering.overrides import original_of, parts_of, replaces, required_in

_LINES = {TemplatePart.SUBJECT: 2, TemplatePart.LEAD: 5, TemplatePart.MORE: 5, TemplatePart.SMS: 4}


class OwnWordsForm(forms.Form):
    """A field for every part that the kind has; an empty one means the original words."""

    def __init__(self, data: Any = None, *, kind: Kind, language: str, known: Mapping[str, str]) -> None:
        """Show what holds now."""
        super().__init__(data, initial=dict(known))
        self.originals: dict[str, str] = {}
        for part in parts_of(kind):
            self.originals[part.value] = original_of(kind, part, language)
            self.fields[part.value] = forms.CharField(
                label=part.label,
                required=False,
                max_length=LONGEST[part],
                widget=forms.Textarea(attrs={"rows": _LINES[part], "lang": language}),
                help_text=_help(kind, part),
            )

    @property
    def words(self) -> dict[TemplatePart, str]:
        """What was typed, by part."""
        return {TemplatePart(name): text for name, text in self.cleaned_data.items()}

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Each field with the original words."""
        return [(self[name], original) for name, original in self.originals.items()]


def _help(kind: Kind, part: TemplatePart) -> str:
    needed = required_in(kind, part)
    if needed:
        names = ", ".join(f"{{{{ {name} }}}}" for name in needed)
        return str(_("It has to hold: %(names)s.") % {"names": names})
    if not replaces(kind, part):
        return str(_("There are facts in the original, so your words stand before it."))
    return ""
