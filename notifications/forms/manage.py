"""What staff look for in the message log."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.enums import MessageState


class MessageFilterForm(forms.Form):
    """A state; one that does not exist is left out of the search rather than refused."""

    state = forms.ChoiceField(
        label=_("State"), choices=(("", pgettext_lazy("filter", "All")), *MessageState.choices), required=False
    )

    @property
    def chosen_state(self) -> MessageState | None:
        """The state that the log is narrowed to."""
        state = self.cleaned_data.get("state") if self.is_valid() else ""
        return MessageState(state) if state else None
