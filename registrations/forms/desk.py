"""What staff type for somebody who called or wrote: a registration, and what is put right about one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from events.enums import Language
from events.errors import FieldErrors
from events.models import Event, Question, Session
from registrations.actions.answers import Answers
from registrations.enums import ConsentPurpose, RegistrationSource
from registrations.forms.public import DescribedField, SignUpForm
from registrations.forms.questions import field_name, given_answers, place_of, question_fields, shown_answers
from registrations.models import Answer, ConsentText, Registration

SOURCES: Final = (RegistrationSource.PHONE, RegistrationSource.PAPER)
LONGEST_DESK_NOTE: Final = 1_000
_ON_PERSON: Final = ("first_name", "last_name", "phone", "organisation", "language", "sms_reminders", "no_photo")


class StaffSignUpForm(SignUpForm):
    """What somebody says by telephone or on paper; there need not be an address."""

    def __init__(
        self,
        data: Any = None,
        *,
        event: Event,
        sessions: Sequence[Session],
        questions: Sequence[Question],
        consents: Mapping[ConsentPurpose, ConsentText],
    ) -> None:
        """The fields of the public form, worded for staff, and how it came in."""
        super().__init__(data, event=event, sessions=sessions, questions=questions, consents=consents)
        email, phone, sms = self.fields["email"], self.fields["phone"], self.fields["sms_reminders"]
        email.required = False
        email.help_text = _("Without one, messages go by SMS; without a phone either, nobody is written to.")
        phone.help_text = _("A cancellation is sent there by SMS if there is no e-mail address.")
        sms.label = _("The person wants to be reminded by SMS as well")
        self.fields["no_photo"].label = _("The person does not want to be photographed")
        self.fields["no_photo"].help_text = ""
        for name in ("first_name", "last_name", "email", "phone", "organisation"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["source"] = forms.ChoiceField(
            label=_("How it came in"),
            choices=[(source.value, source.label) for source in SOURCES],
            initial=RegistrationSource.PHONE,
            widget=forms.RadioSelect,
        )
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of the messages"), choices=Language.choices, initial=Language.PL
        )
        self.fields["note"] = forms.CharField(
            label=_("Note"),
            max_length=LONGEST_DESK_NOTE,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("It is kept in the history, for colleagues who ask later."),
        )
        if "age_statement" in self.fields:
            self.fields["age_statement"].help_text = _("Tick it when the person says so. Only this statement is kept.")

    @property
    def source(self) -> RegistrationSource:
        """How it came in."""
        return RegistrationSource(self.cleaned_data["source"])


class StaffEditForm(forms.Form):
    """What staff put right about a person; needs are not theirs to see."""

    bound_field_class = DescribedField

    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("A new address gets a new link at once, and the old link is dead."),
    )
    phone = PhoneNumberField(
        label=_("Phone number"), required=False, region="PL", widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    organisation = forms.CharField(label=_("Organisation or company"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language of the messages"), choices=Language.choices)
    sms_reminders = forms.BooleanField(label=_("The person wants to be reminded by SMS as well"), required=False)
    no_photo = forms.BooleanField(label=_("The person does not want to be photographed"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        registration: Registration,
        questions: Sequence[Question],
        answers: Sequence[Answer],
    ) -> None:
        """Begin with what stands."""
        person = registration.participant
        standing = {name: getattr(person, name) for name in ("first_name", "last_name", "email", "organisation")}
        standing |= {"phone": str(person.phone), "language": registration.language}
        standing |= {"sms_reminders": registration.sms_reminders, "no_photo": registration.no_photo}
        standing |= shown_answers(answers)
        super().__init__(data, initial=standing, label_suffix="")
        self._questions = tuple(questions)
        self.fields |= question_fields(questions)

    def changes(self) -> dict[str, object]:
        """What is different about the person, as the action takes it."""
        changed: dict[str, object] = {name: self.cleaned_data[name] for name in _ON_PERSON if name in self.changed_data}
        if "phone" in changed:
            changed["phone"] = str(changed["phone"] or "")
        return changed

    def address(self) -> str | None:
        """The new address; null: it stays."""
        return str(self.cleaned_data["email"]) if "email" in self.changed_data else None

    def answers(self) -> Answers:
        """The answers that are different."""
        asked = [question for question in self._questions if field_name(question.pk) in self.changed_data]
        return given_answers(asked, self.cleaned_data)

    def take(self, refusal: FieldErrors) -> None:
        """Show what the action found wrong, each sentence at its field."""
        for name, sentences in refusal.errors.items():
            self.add_error(place_of(name, self.fields), [str(sentence) for sentence in sentences])


class LetInForm(forms.Form):
    """Why somebody gets a seat whose turn it is not; over the number of seats only by those who may."""

    reason = forms.CharField(
        label=_("Why the person gets a seat now"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept in the history, for colleagues who ask later."),
    )
    force = forms.BooleanField(
        label=_("Let the person in even if no seat is free"),
        required=False,
        help_text=_("It is counted apart, as overbooked. Nobody else loses a seat by it."),
    )

    def __init__(self, data: Any = None, *, may_force: bool) -> None:
        """Offer to pass the number of seats only to those who may."""
        super().__init__(data, label_suffix="")
        if not may_force:
            del self.fields["force"]


class RejectForm(forms.Form):
    """Why an application is not accepted."""

    reason = forms.CharField(
        label=_("Why the application is rejected"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person reads it in the message they get."),
    )
