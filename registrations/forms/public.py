"""The forms that citizens fill in: sign up, correct an address, ask for one's links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from phonenumber_field.formfields import PhoneNumberField

from events.enums import AgeRule
from events.errors import FieldErrors
from events.models import Event, ParticipantCategory, Question, Session
from registrations.actions.answers import Answers
from registrations.actions.needs import Need
from registrations.actions.signing_up import Applicant
from registrations.enums import ConsentPurpose
from registrations.forms.consents import consent_fields, given_consents
from registrations.forms.parties import (
    ADD,
    PARTY_COLUMNS,
    after_pressing,
    filled_rows,
    guests_of,
    party_faults,
    party_field,
    party_fields,
    party_rows,
    person_of,
    pressed,
)
from registrations.forms.questions import (
    age_field,
    field_name,
    given_answers,
    given_needs,
    need_fields,
    place_of,
    question_fields,
    shown_answers,
    shown_note,
)
from registrations.models import ConsentText
from registrations.queries.own_pages import OwnPageFacts
from registrations.templatetags.registration_tags import session_in_words

_LONGEST_NAME: Final = 100
_LONGEST_ORGANISATION: Final = 200


def _email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Give an e-mail address: your confirmation goes there."),
            "invalid": _("This does not look like an e-mail address. It should read like name@example.org."),
        },
    )


class DescribedField(forms.BoundField):
    """A field of several buttons or boxes each of which leads to what is wrong: their fieldset's word is not theirs."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Name the error at every input that is marked as wrong."""
        built = super().build_widget_attrs(attrs, widget)
        if self.use_fieldset and self.errors:
            built["aria-describedby"] = f"{self.auto_id}_error"
        return built


@dataclass(frozen=True)
class PartyRow:
    """Somebody who comes along, as the page asks for them: `number` is how people count, `row` how the page does."""

    row: int
    number: int
    fields: list[forms.BoundField]


class SignUpForm(forms.Form):
    """What somebody says to take part; which fields it has depends on the event."""

    bound_field_class = DescribedField

    first_name = forms.CharField(
        label=_("First name"),
        max_length=_LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Give your first name.")},
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=_LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Give your last name.")},
    )
    email = _email_field()
    category = forms.ChoiceField(
        label=_("Which group do you belong to?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the group you belong to.")},
    )
    sessions = forms.TypedMultipleChoiceField(
        label=_("When do you want to come?"),
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
        error_messages={"required": _("Tick at least one date.")},
    )
    organisation = forms.CharField(
        label=_("Organisation or company"),
        max_length=_LONGEST_ORGANISATION,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = PhoneNumberField(
        label=_("Phone number"),
        required=False,
        region="PL",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    sms_reminders = forms.BooleanField(label=_("Remind me by SMS as well"), required=False)
    no_photo = forms.BooleanField(
        label=_("Please do not photograph me"),
        required=False,
        help_text=_(
            "The organiser sees it beside your name, and it stands on your badge. It goes for your whole party."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        event: Event,
        sessions: Sequence[Session],
        questions: Sequence[Question],
        consents: Mapping[ConsentPurpose, ConsentText],
        most_people: int | None = None,
    ) -> None:
        """Keep the fields that this event asks for; `event` has its pools, their categories and its sessions at hand.

        `most_people`: how many may be registered at once where it is not the event that says so.
        """
        usual = event.policy.group_max if hasattr(event, "policy") else 1
        self.most_guests = (usual if most_people is None else most_people) - 1
        self.is_growing = data is not None and pressed(data)
        data = after_pressing(data, most=self.most_guests) if self.is_growing else data
        super().__init__(data, label_suffix="")
        self.fields["phone"].error_messages["invalid"] = _(
            "This is not a phone number. It should read like +48 600 100 200."
        )
        self.fields["phone"].help_text = _(
            "Only if you want reminders by SMS. If the meeting is called off or moved, we may send that to this number as well."
        )
        self._offered = tuple(session.pk for session in sessions)
        self._all = {session.pk for session in event.sessions.all() if not session.is_cancelled}
        ends = [session.ends_at for session in sessions]
        self._are_apart = all(end <= later.starts_at for end, later in zip(ends, sessions[1:], strict=False))
        self._ask_for_category(event)
        self._ask_for_sessions(event, sessions)
        self._questions = tuple(questions)
        self.fields |= question_fields(questions) | need_fields()
        self._consent_fields = consent_fields(consents)
        self.fields |= self._consent_fields
        self.rows = party_rows(data)
        self.fields |= party_fields(self.rows)
        if event.age_rule != AgeRule.NONE:
            self.fields["age_statement"] = age_field(event)
        if self.is_growing and ADD in data and self.rows:
            self.fields[party_field(self.rows - 1, "first_name")].widget.attrs["autofocus"] = True

    @property
    def guests(self) -> list[PartyRow]:
        """The rows for people who come along."""
        return [
            PartyRow(row, person_of(row), [self[party_field(row, column)] for column in PARTY_COLUMNS])
            for row in range(self.rows)
        ]

    @property
    def most_people(self) -> int:
        """How many may be registered at once, with the person who registers."""
        return self.most_guests + 1

    def full_clean(self) -> None:
        """Find nothing wrong while somebody is still adding people."""
        if self.is_growing:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields of the organiser's questions."""
        return [self[field_name(question.pk)] for question in self._questions]

    @property
    def allowed(self) -> list[forms.BoundField]:
        """The boxes for what people may allow beyond taking part."""
        return [self[name] for name in self._consent_fields]

    def _ask_for_category(self, event: Event) -> None:
        listed = _listed_categories(event)
        if not listed:
            del self.fields["category"]
            return
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(category.code, _category_label(event, category)) for category in listed]

    def _ask_for_sessions(self, event: Event, sessions: Sequence[Session]) -> None:
        if len(sessions) < 2:  # noqa: PLR2004  # one date is no choice
            del self.fields["sessions"]
            return
        field = self.fields["sessions"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(session.pk, session_in_words(session, event.time_zone)) for session in sessions]
        if self._are_apart:
            field.initial = list(self._offered)

    def clean(self) -> dict[str, Any]:
        """A wish for SMS needs a number."""
        data = super().clean() or self.cleaned_data
        if data.get("sms_reminders") and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Give a phone number, or untick the SMS reminder."))
        for name, sentence in party_faults(data, self.rows).items():
            self.add_error(name, sentence)
        return data

    def applicant(self) -> Applicant:
        """The person, as the action takes them; all dates chosen is the same as the whole event."""
        data = self.cleaned_data
        chosen = tuple(data.get("sessions", self._offered))
        return Applicant(
            first_name=data["first_name"],
            last_name=data["last_name"],
            email=data["email"],
            phone=str(data["phone"] or ""),
            organisation=data["organisation"],
            category=data.get("category") or None,
            # All of them is the whole event, unless nobody can be at two of them at once.
            session_ids=() if set(chosen) == self._all and self._are_apart else chosen,
            sms_reminders=data["sms_reminders"],
            no_photo=data["no_photo"],
            answers=given_answers(self._questions, data),
            needs=tuple(given_needs(data)),
            age_statement=data.get("age_statement", False),
            consents=given_consents(data),
            party=guests_of(data, filled_rows(data, self.rows)),
        )

    def take(self, refusal: FieldErrors) -> None:
        """Show what the action found wrong, each sentence at its field."""
        # The action counts people, and knows nothing of rows that were left empty.
        rows = filled_rows(self.cleaned_data, self.rows)
        names = {f"party.{guest}": f"party_{row}" for guest, row in enumerate(rows)}
        for name, sentences in refusal.errors.items():
            guest, _dot, column = name.rpartition(".")
            own = f"{names[guest]}_{column}" if guest in names else name
            self.add_error(place_of(own, self.fields), [str(sentence) for sentence in sentences])


class NeedsAndAnswersForm(forms.Form):
    """What somebody needs and answered, to look at and change after signing up."""

    bound_field_class = DescribedField

    def __init__(self, data: Any = None, *, questions: Sequence[Question], facts: OwnPageFacts) -> None:
        """Begin with what stands."""
        standing = {"needs": [need.kind for need in facts.needs], "needs_note": shown_note(facts.needs)}
        super().__init__(data, label_suffix="", initial={**shown_answers(facts.answers), **standing})
        self._questions = tuple(questions)
        self._standing = facts.needs
        self.fields |= need_fields() | question_fields(questions)

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields of the organiser's questions."""
        return [self[field_name(question.pk)] for question in self._questions]

    def answers(self) -> Answers:
        """All answers, as the action takes them."""
        return given_answers(self._questions, self.cleaned_data)

    def given_needs(self) -> list[Need]:
        """All needs, as the action takes them."""
        return given_needs(self.cleaned_data, self._standing)

    def take(self, refusal: FieldErrors) -> None:
        """Show what the action found wrong, each sentence at its field."""
        for name, sentences in refusal.errors.items():
            self.add_error(place_of(name, self.fields), [str(sentence) for sentence in sentences])


def _listed_categories(event: Event) -> list[ParticipantCategory]:
    found = {pool.category.pk: pool.category for pool in event.pools.all() if pool.category is not None}
    return sorted(found.values(), key=lambda category: (category.position, category.code))


def _category_label(event: Event, category: ParticipantCategory) -> str:
    """The group and, where its seats are counted, how many are left."""
    own = (pool for pool in event.pools.all() if pool.category_id == category.pk and pool.session_id is None)
    free = next((pool.free for pool in own), None)
    if free is None:
        return str(category)
    left = ngettext("%(count)s seat left", "%(count)s seats left", free) % {"count": free}
    return f"{category} ({left})"


class AddressForm(forms.Form):
    """One e-mail address."""

    email = _email_field()

    def __init__(self, data: Any = None) -> None:
        """Labels stand above their fields, without a colon."""
        super().__init__(data, label_suffix="")
