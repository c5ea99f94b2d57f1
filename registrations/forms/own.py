"""What people change about themselves after signing up."""

from copy import deepcopy
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from events.enums import Language
from events.errors import FieldErrors
from registrations.forms.public import SignUpForm
from registrations.models import Registration

_ASKED_WHEN_SIGNING_UP: Final = ("first_name", "last_name", "organisation", "phone", "sms_reminders", "no_photo")


class PersonForm(forms.Form):
    """Name, organisation, phone, language, and whether they are reminded by SMS."""

    def __init__(self, data: Any = None, *, registration: Registration) -> None:
        """Begin with what stands; the fields are those of signing up."""
        person = registration.participant
        standing = {name: getattr(person, name, None) for name in _ASKED_WHEN_SIGNING_UP}
        standing |= {"language": registration.language, "sms_reminders": registration.sms_reminders}
        standing["no_photo"] = registration.no_photo
        super().__init__(data, label_suffix="", initial=standing)
        self.fields |= {name: deepcopy(SignUpForm.base_fields[name]) for name in _ASKED_WHEN_SIGNING_UP}
        self.fields["phone"].error_messages["invalid"] = _(
            "This is not a phone number. It should read like +48 600 100 200."
        )
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of our messages"), choices=Language.choices, widget=forms.RadioSelect
        )

    def clean(self) -> dict[str, Any]:
        """A wish for SMS needs a number."""
        data = super().clean() or self.cleaned_data
        if data.get("sms_reminders") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Give a phone number, or untick the SMS reminder."))
        return data

    def changes(self) -> dict[str, object]:
        """Everything that is in the form, as the action takes it."""
        return {**self.cleaned_data, "phone": str(self.cleaned_data["phone"] or "")}

    def take(self, refusal: FieldErrors) -> None:
        """Show what the action found wrong, each sentence at its field."""
        for name, sentences in refusal.errors.items():
            self.add_error(name if name in self.fields else None, [str(sentence) for sentence in sentences])
