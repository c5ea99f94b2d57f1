"""What people choose for their own calendar."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registrations.enums import CalendarAlarm


class AlarmForm(forms.Form):
    """When the own calendar reminds of a meeting."""

    alarm = forms.TypedChoiceField(
        label=_("Reminder in your calendar"),
        choices=[("", _("None")), *CalendarAlarm.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def alarm_chosen(self) -> CalendarAlarm | None:
        """The choice; None for no reminder."""
        minutes = self.cleaned_data["alarm"]
        return None if minutes is None else CalendarAlarm(minutes)
