"""What staff look for among their events."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.enums import EventStatus
from events.models import EventKind, OrganizationalUnit
from events.queries.desk import DeskWish
from events.queries.events import EventFilter

_ANY: Final = ("", pgettext_lazy("filter", "All"))


class DeskFilterForm(forms.Form):
    """Words and filters; whatever does not fit is left out of the search rather than refused."""

    q = forms.CharField(
        label=_("Search"), max_length=200, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    when = forms.ChoiceField(
        label=_("When"),
        choices=(
            ("coming", pgettext_lazy("filter", "To come")),
            ("past", pgettext_lazy("filter", "Over")),
            ("all", pgettext_lazy("filter", "All")),
        ),
        required=False,
        initial="coming",
    )
    status = forms.ChoiceField(label=_("Status"), choices=(_ANY, *EventStatus.choices), required=False)
    kind = forms.ChoiceField(label=_("Kind of meeting"), required=False)
    unit = forms.ChoiceField(label=_("Organised by"), required=False)

    def __init__(self, *args: Any, units: QuerySet[OrganizationalUnit], **kwargs: Any) -> None:
        """`units`: those whose events this person may see."""
        super().__init__(*args, **kwargs)
        _offer(self.fields["kind"], [(kind.code, str(kind)) for kind in EventKind.objects.all()])
        of_units = [(unit.slug, str(unit)) for unit in units.order_by("slug")]
        _offer(self.fields["unit"], of_units)
        if len(of_units) < 2:  # noqa: PLR2004 - one unit leaves nothing to choose
            del self.fields["unit"]

    @property
    def is_narrowing(self) -> bool:
        """Whether the person looks for something in particular."""
        return self.is_valid() and any(self.cleaned_data.get(name) for name in ("q", "status", "kind", "unit"))

    def wish(self) -> DeskWish:
        """What to look for."""
        self.is_valid()
        found = self.cleaned_data
        return DeskWish(
            when=found.get("when") or "coming",
            filters=EventFilter(
                q=found.get("q", ""),
                status=_one(found.get("status")),
                kind=_one(found.get("kind")),
                unit=_one(found.get("unit")),
            ),
        )


def _offer(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [_ANY, *choices]


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
