"""The form of a unit's contact."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ContactForm(forms.Form):
    """Where people ask who find no contact of an event's own."""

    email = forms.EmailField(
        label=_("E-mail for questions"),
        max_length=254,
        required=False,
        help_text=_("An address of the office, not of a person: it also stands in calendars."),
    )
    phone = forms.CharField(label=_("Phone for questions"), max_length=32, required=False)
