"""What is typed at the door about people who come without a registration."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.formfields import PhoneNumberField

from events.enums import Language
from events.models import Event, ParticipantCategory
from registrations.actions.walk_ins import MOST_TOGETHER, WalkIn
from registrations.forms.manage import HEADCOUNT_STEPS, LARGEST_ID
from registrations.forms.public import DescribedField

_NONCE_LENGTH: Final = 64
_OFF: Final = {"autocomplete": "off"}


class WalkInForm(forms.Form):
    """Who stands at the door; a first name is enough."""

    bound_field_class = DescribedField

    nonce = forms.CharField(max_length=_NONCE_LENGTH, widget=forms.HiddenInput)
    first_name = forms.CharField(label=_("First name"), max_length=100, widget=forms.TextInput(attrs=_OFF))
    last_name = forms.CharField(
        label=_("Last name"), max_length=100, required=False, widget=forms.TextInput(attrs=_OFF)
    )
    seats = forms.IntegerField(
        label=_("How many people, this one included"), min_value=1, max_value=MOST_TOGETHER, initial=1
    )
    category = forms.ChoiceField(label=_("Group"))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("Only if the person wants a confirmation."),
        widget=forms.EmailInput(attrs=_OFF),
    )
    phone = PhoneNumberField(
        label=_("Phone number"), required=False, region="PL", widget=forms.TextInput(attrs={**_OFF, "inputmode": "tel"})
    )
    language = forms.ChoiceField(label=_("Language of the messages"), choices=Language.choices, initial=Language.PL)
    force = forms.BooleanField(
        label=_("Let them in all the same"),
        required=False,
        help_text=_("Counted as overbooked. Never past the number of people whom the room may hold."),
    )
    reason = forms.CharField(
        label=_("Why they are let in all the same"),
        max_length=300,
        required=False,
        help_text=_("It stands in the history of the registration."),
    )

    def __init__(self, data: Any = None, *, event: Event, may_force: bool, nonce: str) -> None:
        """Ask for the group where the event lists some; who may not let in past the seats is not asked about it."""
        super().__init__(data, label_suffix="", initial={"nonce": nonce})
        self.fields["phone"].error_messages["invalid"] = _(
            "This is not a phone number. It should read like +48 600 100 200."
        )
        pools = event.pools.filter(session=None, category__isnull=False).select_related("category")
        listed = [pool.category for pool in pools.order_by("category__position", "id") if pool.category is not None]
        group = self.fields["category"]
        assert isinstance(group, forms.ChoiceField)  # declared above
        group.choices = [("", pgettext_lazy("group of participants", "Choose")), *((one.code, one) for one in listed)]
        if not listed:
            del self.fields["category"]
        if not may_force:
            del self.fields["force"], self.fields["reason"]

    @property
    def person(self) -> WalkIn:
        """Who it is."""
        typed = self.cleaned_data
        return WalkIn(
            first_name=typed["first_name"],
            last_name=typed["last_name"],
            email=typed["email"],
            phone=str(typed["phone"] or ""),
            category=typed.get("category") or None,
            seats=typed["seats"],
        )


class StandingByForm(forms.Form):
    """Somebody of the reserve list, by the registration number."""

    reference = forms.CharField(max_length=20)


class TapForm(forms.Form):
    """One tap of the counter, of a group or of nobody in particular."""

    delta = forms.TypedChoiceField(choices=[(step, step) for step in HEADCOUNT_STEPS], coerce=int)
    category = forms.ModelChoiceField(ParticipantCategory.objects.all(), to_field_name="code", required=False)
    nonce = forms.CharField(max_length=_NONCE_LENGTH)


class UndoTapForm(forms.Form):
    """The tap that is taken back."""

    tap = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
