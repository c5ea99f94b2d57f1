"""The form of an information notice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.texts import TranslatedFormField


class NoticeForm(forms.Form):
    """A new version of the notice; versions that people have seen are never changed."""

    text = TranslatedFormField(
        label=_("Text of the notice"),
        rows=14,
        max_length=20_000,
        help_text=_(
            "Who is responsible, how to reach the data protection officer, what for and on what basis, who receives "
            "the data, how long they are kept, which rights people have and whether they have to give the data."
        ),
    )
