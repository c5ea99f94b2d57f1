"""Where a need stands, in plain words: for its person, and as a colour for those who arrange it."""

from datetime import date
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registrations.enums import NeedState
from registrations.models import AccommodationRequest
from registrations.queries.needs import answers_to, certain_until

register = template.Library()

_WORDS: Final[dict[str, str | Promise]] = {
    NeedState.REQUESTED: _("You have asked for it; nobody has answered yet."),
    NeedState.ACKNOWLEDGED: _("We have seen it and are looking after it."),
    NeedState.ARRANGED: _("It is arranged."),
    NeedState.FULFILLED: _("It was provided."),
    NeedState.NOT_POSSIBLE: _("It is not possible."),
    NeedState.WITHDRAWN: _("You have taken it back."),
}
_BUTTONS: Final[dict[str, str | Promise]] = {
    NeedState.ACKNOWLEDGED: pgettext_lazy("button about a need", "Seen"),
    NeedState.ARRANGED: pgettext_lazy("button about a need", "It is arranged"),
    NeedState.FULFILLED: pgettext_lazy("button about a need", "It was provided"),
}
_TONES: Final[dict[str, str]] = {
    NeedState.REQUESTED: "warning",
    NeedState.ACKNOWLEDGED: "warning",
    NeedState.ARRANGED: "good",
    NeedState.FULFILLED: "good",
    NeedState.NOT_POSSIBLE: "bad",
}


@register.filter
def in_plain_words(need: AccommodationRequest) -> str:
    """Where a need stands, as one says it to its person."""
    return str(_WORDS[need.state])


@register.filter
def need_tone(state: str) -> str:
    """The colour that stands beside the word."""
    return _TONES.get(state, "")


@register.filter
def is_uncertain(need: AccommodationRequest) -> bool:
    """Whether it was asked for late and nobody has said yet what became of it."""
    return need.is_late and need.state in {NeedState.REQUESTED, NeedState.ACKNOWLEDGED}


@register.filter
def promised_until(need: AccommodationRequest) -> date | None:
    """Until which day it could be promised; nothing for what is not sign language."""
    return certain_until(need)


@register.simple_tag
def quick_answers(need: AccommodationRequest) -> list[tuple[str, str]]:
    """The answers that need no word, as a state and what the button says."""
    return [(state.value, str(_BUTTONS[state])) for state in answers_to(NeedState(need.state)) if state in _BUTTONS]


@register.simple_tag
def can_be_answered(need: AccommodationRequest) -> bool:
    """Whether there is anything left to say of it."""
    return bool(answers_to(NeedState(need.state)))
