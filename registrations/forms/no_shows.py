"""What people and staff say about missed meetings: an objection, a decision, a unit's rule."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from registrations.actions.no_shows import OBJECTION_MAX, RULE_AT_MOST

UPHELD: Final = "upheld"
LIFTED: Final = "lifted"


class ObjectionForm(forms.Form):
    """Why somebody should not queue last."""

    words = forms.CharField(
        label=_("Why do you object?"),
        max_length=OBJECTION_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: you had cancelled, or you were there. Say nothing about your health."),
    )


class DecisionForm(forms.Form):
    """What becomes of a pause that was objected to."""

    decision = forms.ChoiceField(choices=[(LIFTED, _("Lift the pause")), (UPHELD, _("Uphold the pause"))])


class NoShowRuleForm(forms.Form):
    """After how many missed meetings people of a unit queue last; no number is no rule."""

    limit = forms.IntegerField(
        label=_("So many missed meetings"),
        min_value=1,
        max_value=RULE_AT_MOST["limit"],
        required=False,
        help_text=_("Empty: the unit has no such rule, and missed meetings are only counted."),
    )
    months = forms.IntegerField(label=_("within so many months"), min_value=1, max_value=RULE_AT_MOST["months"])
    pause_months = forms.IntegerField(
        label=_("put a person last on reserve lists for so many months"),
        min_value=1,
        max_value=RULE_AT_MOST["pause_months"],
    )
