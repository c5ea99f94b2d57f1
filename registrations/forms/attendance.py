"""What staff say of people after a meeting: that they were there, that they are excused, or that they are not after all."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registrations.actions.closing import REASON_MAX
from registrations.enums import Attendance
from registrations.forms.manage import LARGEST_ID

PRESENT = "present"
EXCUSE = "excuse"
NOT_EXCUSED = "not_excused"


class AttendanceFilterForm(forms.Form):
    """Whom the list shows."""

    attendance = forms.ChoiceField(
        label=_("Attendance"),
        choices=(("", pgettext_lazy("filter", "All")), *Attendance.choices),
        required=False,
    )

    @property
    def chosen(self) -> str:
        """One state, or nothing for everybody; what cannot be meant narrows nothing."""
        self.is_valid()
        return str(self.cleaned_data.get("attendance", ""))


class OnePersonForm(forms.Form):
    """One button beside one person; `reason` goes with the excuse."""

    act = forms.ChoiceField(choices=[(act, act) for act in (PRESENT, EXCUSE, NOT_EXCUSED)])
    reference = forms.CharField(max_length=20)
    member = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    nonce = forms.CharField(max_length=64, required=False)
    reason = forms.CharField(max_length=REASON_MAX, required=False)
