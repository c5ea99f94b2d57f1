"""What staff look for in the message log."""

from collections.abc import Mapping
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.enums import Channel, MessageState
from notifications.kinds import KINDS
from notifications.queries.log import LogFilters
from notifications.rendering.log_rows import PRIVATE_KINDS
from notifications.templatetags.message_tags import kind_in_words

_ALL: Final = ("", pgettext_lazy("filter", "All"))
UNSEEN: Final = "unseen"


class MessageFilterForm(forms.Form):
    """Words and what else narrows the log; whatever does not fit is left out of the search rather than refused."""

    q = forms.CharField(
        label=_("Name, e-mail or registration number"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=(_ALL, (UNSEEN, _("Failed, and nobody has seen it")), *MessageState.choices),
        required=False,
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=(_ALL, *Channel.choices), required=False)
    kind = forms.ChoiceField(label=_("Message"), required=False)

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        """Offer the kinds in plain words."""
        super().__init__(data)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        worded = [(kind_in_words(kind), kind) for kind in KINDS]
        field.choices = [_ALL, *((kind, words) for words, kind in sorted(worded))]

    @property
    def filters(self) -> LogFilters:
        """What the log is narrowed to."""
        self.is_valid()
        said = self.cleaned_data
        state = said.get("state", "")
        return {
            "q": said.get("q", ""),
            "state": "" if state == UNSEEN else state,
            "unseen": state == UNSEEN,
            "channel": said.get("channel", ""),
            "kind": said.get("kind", ""),
            "private": PRIVATE_KINDS,
        }

    @property
    def is_narrowing(self) -> bool:
        """Whether anything is asked for."""
        return any(value for name, value in self.filters.items() if name != "private")


class SeenForm(forms.Form):
    """Which failed message somebody has seen; none: all of the event."""

    only = forms.UUIDField(required=False)
