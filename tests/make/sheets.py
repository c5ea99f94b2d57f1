"""What a browser would send of an organiser's sheet: the page's own values, and what a test changes."""

from collections.abc import Iterable
from typing import Any

from django import forms

from events.enums import Language
from events.forms.sheets import EventSheet


def sheet_data(sheet: EventSheet, **changes: Any) -> dict[str, Any]:
    """Every field as the page shows it; `changes` are by the field's name in the page, None leaves one out."""
    sets = (sheet.sessions, sheet.categories, sheet.reminders)
    rows = [form for each in sets for form in (each.management_form, *each.forms)]
    return form_data([sheet.event, *rows], **changes)


def form_data(shown: Iterable[forms.Form], **changes: Any) -> dict[str, Any]:
    """Every field of these forms as the page shows it, and what a test changes."""
    data: dict[str, Any] = {}
    for form in shown:
        for field in form:
            data |= _sent(field)
    return {name: value for name, value in (data | changes).items() if value is not None}


def _sent(field: forms.BoundField) -> dict[str, Any]:
    value = field.value()
    if isinstance(field.field.widget, forms.MultiWidget):
        return {f"{field.html_name}_{code}": (value or {}).get(code, "") for code in Language.values}
    if isinstance(field.field.widget, forms.CheckboxInput):
        return {field.html_name: "on"} if value else {}
    if isinstance(field.field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return {field.html_name: value or None}
    if isinstance(field.field, forms.DateTimeField) and hasattr(value, "strftime"):
        return {field.html_name: f"{value:%Y-%m-%dT%H:%M}"}
    if isinstance(field.field, forms.TimeField) and hasattr(value, "strftime"):
        return {field.html_name: f"{value:%H:%M}"}
    return {field.html_name: "" if value is None else value}
