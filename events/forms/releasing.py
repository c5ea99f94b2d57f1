"""What an organiser says when seats of one group are opened to everybody."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.models import ParticipantCategory, SeatPool


class ReleaseForm(forms.Form):
    """Which group gives up how many of its free seats, and why."""

    category = forms.ChoiceField(label=_("Group"), widget=forms.RadioSelect)
    seats = forms.IntegerField(label=_("How many of its free seats"), min_value=1, max_value=1_000_000)
    reason = forms.CharField(
        label=_("Why they are opened to everybody"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept in the history of the event."),
    )

    def __init__(self, data: Any = None, *, pools: Sequence[SeatPool]) -> None:
        """`pools`: those of groups with seats of their own, with their categories at hand."""
        super().__init__(data, label_suffix="")
        self._categories = {pool.category.code: pool.category for pool in pools if pool.category is not None}
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(pool.category.code, _choice(pool)) for pool in pools if pool.category is not None]

    @property
    def group(self) -> ParticipantCategory:
        """The group that was chosen."""
        return self._categories[self.cleaned_data["category"]]


def _choice(pool: SeatPool) -> str:
    free = pool.free or 0
    return ngettext("%(group)s: %(count)s free seat", "%(group)s: %(count)s free seats", free) % {
        "group": pool.category,
        "count": free,
    }
