"""The form of an invited person: the public one, filled in with what the invitation says.

The address is not asked for: who could try addresses on one link would learn which of them are registered.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Question, Session
from registrations.enums import ConsentPurpose
from registrations.forms.public import SignUpForm
from registrations.models import ConsentText, Invitation

_FILLED_IN = ("first_name", "last_name", "email", "organisation")


class InvitedForm(SignUpForm):
    """What an invited person says; everything can be put right, but neither its address nor the group it is for."""

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
        super().__init__(
            data,
            event=invitation.event,
            sessions=sessions,
            questions=questions,
            consents=consents,
            most_people=invitation.seats,
        )
        self.initial.update({name: getattr(invitation, name) for name in _FILLED_IN})
        self.fields["email"].disabled = True
        self.fields["email"].help_text = _(
            "The invitation is for this address. If you want another one, ask the organiser to send the invitation there."
        )
        category = self.fields.get("category")
        if isinstance(category, forms.ChoiceField) and invitation.category is not None:
            code = invitation.category.code
            offered = list(cast("Iterable[tuple[str, str]]", category.choices))
            own = [(value, label) for value, label in offered if value == code]
            # A group that was taken out of the event since leaves the person to choose among those that are there.
            category.choices = own or offered
            self.initial["category"] = code if own else None
