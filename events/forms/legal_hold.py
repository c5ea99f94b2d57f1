"""Why the data of an event have to be kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_REASON = 1000


class LegalHoldForm(forms.Form):
    """The reason; none lifts the hold."""

    reason = forms.CharField(
        label=_("Why the data have to be kept"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example the number of a case. Your colleagues read it; leave it empty to lift the hold."),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, str]) -> None:
        """Labels stand above their fields, without a colon."""
        super().__init__(data, label_suffix="", initial=initial)
