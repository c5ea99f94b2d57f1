"""Where a need stands, in plain words: for its person, and as a colour for those who arrange it."""

from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registrations.enums import NeedState
from registrations.models import AccommodationRequest

register = template.Library()

_WORDS: Final[dict[str, str | Promise]] = {
    NeedState.REQUESTED: _("You have asked for it; nobody has answered yet."),
    NeedState.ACKNOWLEDGED: _("We have seen it and are looking after it."),
    NeedState.ARRANGED: _("It is arranged."),
    NeedState.FULFILLED: _("It was provided."),
    NeedState.NOT_POSSIBLE: _("It is not possible."),
    NeedState.WITHDRAWN: _("You have taken it back."),
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
