"""Which values of a filter are chosen."""

from typing import Protocol

from django import template

register = template.Library()


class Wish(Protocol):
    """What the list was asked for."""

    values: dict[str, tuple[str, ...]]


@register.simple_tag
def chosen(wish: Wish, name: str) -> tuple[str, ...]:
    """The values chosen for one filter."""
    return wish.values[name]
