"""What staff type about registrations: a search, a reason, a code at the door."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.actions.door_passes import LABEL_MAX
from events.models import Event, ParticipantCategory
from events.queries.door_passes import session_days
from events.templatetags.event_tags import when_text
from registrations.enums import Attendance, RegistrationSource, RegistrationState
from registrations.queries.lists import ListFilters

HEADCOUNT_STEPS: Final = (-5, -1, 1, 5)
_NONCE_LENGTH: Final = 64
_ALL: Final = ("", pgettext_lazy("filter", "All"))
LARGEST_ID: Final = 2**63 - 1


class RegistrationFilterForm(forms.Form):
    """Words and what else narrows the list; whatever does not fit is left out of the search rather than refused."""

    q = forms.CharField(
        label=_("Name, organisation or registration number"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(label=_("State"), choices=(_ALL, *RegistrationState.choices), required=False)
    category = forms.ChoiceField(label=_("Group"), required=False)
    session = forms.ChoiceField(label=_("Date"), required=False)
    source = forms.ChoiceField(label=_("Came in"), choices=(_ALL, *RegistrationSource.choices), required=False)
    attendance = forms.ChoiceField(label=_("Attendance"), choices=(_ALL, *Attendance.choices), required=False)

    def __init__(self, data: Any = None, *, event: Event) -> None:
        """Offer the groups and the dates of the event; a choice of one is none."""
        super().__init__(data)
        categories = ParticipantCategory.objects.filter(pools__event=event).distinct().order_by("position", "code")
        sessions = event.sessions.order_by("starts_at", "position", "id")
        self._offer("category", [(category.code, str(category)) for category in categories])
        self._offer("session", [(str(session.pk), when_text(session, event.time_zone)) for session in sessions])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [_ALL, *choices]
        if len(choices) < 2:  # noqa: PLR2004 - one is no choice
            field.widget = forms.HiddenInput()

    @property
    def filters(self) -> ListFilters:
        """What the list is narrowed to."""
        self.is_valid()
        said = self.cleaned_data
        session = said.get("session")
        return {
            "q": said.get("q", ""),
            "state": said.get("state", ""),
            "category": said.get("category", ""),
            "source": said.get("source", ""),
            "session": int(session) if session else None,
            "attendance": said.get("attendance", ""),
        }

    @property
    def is_narrowing(self) -> bool:
        """Whether anything is asked for."""
        return any(self.filters.values())


class CancelRegistrationForm(forms.Form):
    """Why staff cancel somebody's registration."""

    reason = forms.CharField(
        label=_("Why the registration is cancelled"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept in the history. The person reads it on the page of their registration."),
    )


class CheckInForm(forms.Form):
    """A code as it was typed or scanned, or the reference of somebody found by name, and who of the party it is."""

    code = forms.CharField(label=_("Entry code"), max_length=200, required=False)
    reference = forms.CharField(max_length=20, required=False)
    member = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    nonce = forms.CharField(max_length=_NONCE_LENGTH)


class UndoForm(forms.Form):
    """Taking an admission back needs a reason."""

    reference = forms.CharField(max_length=20, widget=forms.HiddenInput)
    member = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why it is taken back"), max_length=300)


class DoorPassForm(forms.Form):
    """Who stands at the door without an account, and on which of the event's days."""

    label = forms.CharField(
        label=_("Who stands there, or at which entrance"),
        max_length=LABEL_MAX,
        help_text=_("This stands beside everybody whom they let in."),
    )
    day = forms.TypedChoiceField(label=_("Day"), coerce=date.fromisoformat)

    def __init__(self, data: Any = None, *, event: Event) -> None:
        """Offer the days on which the event meets."""
        super().__init__(data)
        day = self.fields["day"]
        assert isinstance(day, forms.TypedChoiceField)  # declared above
        day.choices = [(one.isoformat(), date_format(one, "l, j E Y")) for one in session_days(event)]


class HeadcountForm(forms.Form):
    """One tap of the counter."""

    delta = forms.TypedChoiceField(choices=[(step, step) for step in HEADCOUNT_STEPS], coerce=int)
    nonce = forms.CharField(max_length=_NONCE_LENGTH)
