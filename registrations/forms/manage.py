"""What staff type about registrations: a search, a reason, a code at the door."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registrations.enums import RegistrationState

HEADCOUNT_STEPS: Final = (-5, -1, 1, 5)
_NONCE_LENGTH: Final = 64
_LARGEST_ID: Final = 2**63 - 1


class RegistrationFilterForm(forms.Form):
    """Words and a state; whatever does not fit is left out of the search rather than refused."""

    q = forms.CharField(
        label=_("Name, organisation or registration number"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("State"), choices=(("", pgettext_lazy("filter", "All")), *RegistrationState.choices), required=False
    )

    @property
    def words(self) -> str:
        """What is searched for."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""

    @property
    def chosen_state(self) -> RegistrationState | None:
        """The state that the list is narrowed to."""
        state = self.cleaned_data.get("state") if self.is_valid() else ""
        return RegistrationState(state) if state else None


class CancelRegistrationForm(forms.Form):
    """Why staff cancel somebody's registration."""

    reason = forms.CharField(
        label=_("Why the registration is cancelled"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept in the history, for colleagues who ask later."),
    )


class CheckInForm(forms.Form):
    """A code as it was typed or scanned, or the reference of somebody found by name, and who of the party it is."""

    code = forms.CharField(label=_("Entry code"), max_length=200, required=False)
    reference = forms.CharField(max_length=20, required=False)
    member = forms.IntegerField(min_value=1, max_value=_LARGEST_ID, required=False)
    nonce = forms.CharField(max_length=_NONCE_LENGTH)


class UndoForm(forms.Form):
    """Taking an admission back needs a reason."""

    reference = forms.CharField(max_length=20, widget=forms.HiddenInput)
    member = forms.IntegerField(min_value=1, max_value=_LARGEST_ID, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it is taken back"), max_length=300)


class HeadcountForm(forms.Form):
    """One tap of the counter."""

    delta = forms.TypedChoiceField(choices=[(step, step) for step in HEADCOUNT_STEPS], coerce=int)
    nonce = forms.CharField(max_length=_NONCE_LENGTH)
