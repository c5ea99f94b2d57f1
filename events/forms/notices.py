"""The form of an information notice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.texts import TranslatedFormField
from events.models import EventKind


class NoticeKindForm(forms.Form):
    """For which meetings the notice is."""

    kind = forms.ModelChoiceField(
        EventKind.objects.all(),
        label=_("Meetings of this kind"),
        to_field_name="code",
        required=False,
        empty_label=_("All kinds that have no notice of their own"),
    )


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
