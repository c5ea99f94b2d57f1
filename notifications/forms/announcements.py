"""What an organiser writes to the people of a meeting, and to whom."""

import uuid
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from events.forms.texts import TranslatedFormField
from events.models import Event
from events.templatetags.event_tags import when_text
from notifications.actions.announcing import LONGEST_SUBJECT, LONGEST_TEXT, Draft
from notifications.queries.announcements import STATES, Selection, categories_of, sessions_of_event
from registrations.enums import RegistrationState


class AnnouncementForm(forms.Form):
    """Subject and text, Polish first, and a choice of people; `nonce` makes one announcement of a form sent twice."""

    subject = TranslatedFormField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    body = TranslatedFormField(
        label=_("Text"),
        rows=9,
        max_length=LONGEST_TEXT,
        help_text=_(
            "Plain text; addresses of pages become links. The greeting, the date, the place and the farewell are put "
            "around it. Who gave no e-mail gets the beginning of it by SMS. Without a translation people read the Polish text."
        ),
    )
    states = forms.MultipleChoiceField(
        label=_("To whom"),
        choices=[(state.value, state.label) for state in STATES],
        initial=[RegistrationState.CONFIRMED.value],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one state.")},
    )
    sessions = forms.MultipleChoiceField(
        label=_("Only who comes on these dates"), required=False, widget=forms.CheckboxSelectMultiple
    )
    categories = forms.MultipleChoiceField(
        label=_("Only these groups"), required=False, widget=forms.CheckboxSelectMultiple
    )
    nonce = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, data: Any = None, *, event: Event) -> None:
        """Offer the dates and groups of the event; a choice of one is none."""
        super().__init__(data)
        sessions = [(str(one.pk), when_text(one, event.time_zone)) for one in sessions_of_event(event)]
        self._offer("sessions", sessions)
        self._offer("categories", [(category.code, str(category)) for category in categories_of(event)])

    def renew(self) -> None:
        """Make what is sent next another announcement."""
        data = cast("QueryDict", self.data).copy()
        data["nonce"] = str(uuid.uuid4())
        self.data = data

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        if len(choices) < 2:  # noqa: PLR2004 - one is no choice
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices

    def draft(self) -> Draft:
        """What is to be announced."""
        said = self.cleaned_data
        return Draft(
            subject=said["subject"],
            body=said["body"],
            selection=Selection(
                states=tuple(said["states"]),
                sessions=tuple(int(pk) for pk in said.get("sessions", ())),
                categories=tuple(said.get("categories", ())),
            ),
        )
