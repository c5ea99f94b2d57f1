"""Refusals of the domain, said at the field that they are about."""

from django import forms

from events.errors import DomainError, FieldErrors


def show_refusal(form: forms.Form, refusal: DomainError) -> None:
    """Put every sentence at its field, or on top where the form has no such field."""
    if not isinstance(refusal, FieldErrors):
        form.add_error(None, refusal.message)
        return
    for name, sentences in refusal.errors.items():
        show_at(form, name, [str(sentence) for sentence in sentences])


def show_at(form: forms.Form, name: str, sentences: list[str]) -> None:
    """Put sentences at a field, or on top where the form has no such field."""
    for sentence in sentences:
        form.add_error(name if name in form.fields else None, sentence)


def in_one_line(refusal: DomainError) -> str:
    """The refusal as a message above a page that has no form for it."""
    if not isinstance(refusal, FieldErrors):
        return refusal.message
    return " ".join(str(sentence) for sentences in refusal.errors.values() for sentence in sentences)
