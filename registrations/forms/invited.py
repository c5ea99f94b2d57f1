"""The form of an invited person: the public one, filled in with what the invitation says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from django import forms

from events.errors import FieldErrors
from events.models import Question, Session
from registrations.actions.signing_up import Applicant
from registrations.enums import ConsentPurpose
from registrations.forms.party_lines import guests_of, party_field, take_party_faults
from registrations.forms.public import SignUpForm
from registrations.models import ConsentText, Invitation

_FILLED_IN = ("first_name", "last_name", "email", "organisation")


class InvitedForm(SignUpForm):
    """What an invited person says; everything can be put right, but not the group that the invitation is for."""

    def __init__(
        self,
        data: Any = None,
        *,
        invitation: Invitation,
        sessions: Sequence[Session],
        questions: Sequence[Question],
        consents: Mapping[ConsentPurpose, ConsentText],
    ) -> None:
        """Begin with what the invitation says; ask who comes along where it is for more than one."""
        super().__init__(data, event=invitation.event, sessions=sessions, questions=questions, consents=consents)
        self.initial.update({name: getattr(invitation, name) for name in _FILLED_IN})
        category = self.fields.get("category")
        if isinstance(category, forms.ChoiceField) and invitation.category is not None:
            code = invitation.category.code
            offered = cast("Iterable[tuple[str, str]]", category.choices)
            category.choices = [(value, label) for value, label in offered if value == code]
            self.initial["category"] = code
        if invitation.seats > 1:
            self.fields["party"] = party_field()

    def applicant(self) -> Applicant:
        """The person and who comes along, as the action takes them."""
        return replace(super().applicant(), party=guests_of(self.cleaned_data.get("party", "")))

    def take(self, refusal: FieldErrors) -> None:
        """Show what the action found wrong; what is wrong with somebody of the party, with their number."""
        super().take(FieldErrors(take_party_faults(self, refusal.errors)))
