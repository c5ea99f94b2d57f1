"""Rows of a form, as many as somebody needs: each may be left empty, and one more comes without a script."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from django import forms

from events.errors import DomainError, FieldErrors
from events.forms.refusals import show_at, show_refusal

Initial = dict[str, Any]
Rows = list[Initial]
Row = TypeVar("Row", bound=forms.Form)


class RowForm(forms.Form):
    """A row that counts only when something is written in it; what is chosen beforehand says nothing."""

    chosen_beforehand: ClassVar[frozenset[str]] = frozenset()

    def has_changed(self) -> bool:
        """Whether something is written in it."""
        return not self.chosen_beforehand.issuperset(self.changed_data)


class VersionForm(forms.Form):
    """The version of the event that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def seen_version(self) -> int:
        """The version; one that was tampered with fits no event."""
        version: int | None = self.cleaned_data["version"]
        return version or 0


class RowFormSet(forms.BaseFormSet[Row]):
    """Rows that somebody may leave empty, each beginning with what is given for it."""

    def __init__(self, *args: Any, rows: Sequence[Initial] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = rows
        self.extra = len(rows)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """What each row begins with."""
        kwargs = super().get_form_kwargs(index)
        if index is not None and index < len(self._rows):
            kwargs["initial"] = self._rows[index]
        return kwargs


def row_formset(form: type[Row], *, most: int, can_delete: bool = False) -> type[RowFormSet[Row]]:
    """A set of such rows."""
    made = forms.formset_factory(form, formset=RowFormSet, can_delete=can_delete, max_num=most, absolute_max=most)
    return cast("type[RowFormSet[Row]]", made)


def kept(rows: forms.BaseFormSet[Row]) -> list[Row]:
    """The rows that are not to be taken out."""
    return [form for form in rows.forms if form not in rows.deleted_forms]


def raw(form: forms.Form) -> Initial:
    """What a form shows, as it was typed."""
    return {name: form[name].value() for name in form.fields}


def show_in_rows(
    head: forms.Form,
    refusal: DomainError,
    rows: Mapping[str, forms.Form],
    names: Mapping[str, str],
) -> None:
    """Say what the domain refused at the row that it is about; `rows` by the beginning of the path, else on top.

    `names`: what a form calls a field that the domain calls otherwise.
    """
    if not isinstance(refusal, FieldErrors):
        show_refusal(head, refusal)
        return
    for path, sentences in refusal.errors.items():
        place, _dot, name = path.rpartition(".")
        words = [str(sentence) for sentence in sentences]
        if path in rows:
            show_at(rows[path], "", words)
        else:
            show_at(rows.get(place, head), names.get(name, name), words)
