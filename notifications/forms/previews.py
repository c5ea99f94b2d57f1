"""Which message somebody wants to look at, and where a test of it goes."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from events.enums import Language
from notifications.enums import Channel
from notifications.kinds import KINDS, Kind
from notifications.rendering.kind_previews import PREVIEWED
from notifications.templatetags.message_tags import kind_in_words


class KindForm(forms.Form):
    """A kind and a language; what does not exist is the first of them, because there is nothing to refuse."""

    kind = forms.ChoiceField(label=_("Message"))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        """Offer the kinds in plain words."""
        super().__init__({"kind": "confirmed", "language": (get_language() or Language.PL)[:2], **(data or {})})
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        worded = [(kind_in_words(kind), kind) for kind in PREVIEWED]
        field.choices = [(kind, words) for words, kind in sorted(worded)]

    @property
    def chosen(self) -> tuple[Kind, Language]:
        """What is looked at."""
        self.is_valid()
        kind = self.cleaned_data.get("kind", "confirmed")
        return KINDS[kind], Language(self.cleaned_data.get("language", Language.PL))


class TrialForm(forms.Form):
    """Where a test goes: by mail to one's own address, by SMS to a number."""

    channel = forms.ChoiceField(choices=Channel.choices, widget=forms.HiddenInput)
    to = PhoneNumberField(label=pgettext_lazy("test message", "Telephone number"), region="PL", required=False)

    def clean_to(self) -> str:
        """An SMS needs a number."""
        number = self.cleaned_data["to"]
        if self.cleaned_data.get("channel") == Channel.SMS and not number:
            raise forms.ValidationError(_("Give the number that the SMS is to go to."))
        return str(number or "")
