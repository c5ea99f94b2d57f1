"""What the coordinator says of a need."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from registrations.actions.needs import LONGEST_WORD
from registrations.enums import NeedState
from registrations.models import AccommodationRequest
from registrations.queries.needs import answers_to

_WORDS: Final[dict[str, StrOrPromise]] = {
    NeedState.ACKNOWLEDGED: _("We have seen it and are looking after it."),
    NeedState.ARRANGED: _("It is arranged."),
    NeedState.FULFILLED: _("It was provided."),
    NeedState.NOT_POSSIBLE: _("It is not possible."),
}


def _words(label: StrOrPromise, help_text: StrOrPromise) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_WORD,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
    )


class NeedAnswerForm(forms.Form):
    """Where a need stands now, with words that its person reads."""

    state = forms.ChoiceField(
        label=_("Your answer"), widget=forms.RadioSelect, error_messages={"required": _("Choose an answer.")}
    )
    reason = _words(
        _("A word to the person"),
        _("They read it in the message and on their page. If it is not possible, say why: then it has to be there."),
    )
    alternative = _words(
        _("What you offer instead"), _("Only, and always, if it is not possible: another form, another date.")
    )

    def __init__(self, data: Any = None, *, need: AccommodationRequest) -> None:
        """`need`: where it stands says which answers are shown; what it had no more when one was sent, the action refuses."""
        super().__init__(data, label_suffix="")
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*_WORDS.items()]
        field.widget.choices = [(state, _WORDS[state]) for state in answers_to(NeedState(need.state))]

    @property
    def answer(self) -> NeedState:
        """The answer that was chosen."""
        return NeedState(self.cleaned_data["state"])
