"""Cutting a list into pages by the number in the address."""

from typing import TypeVar

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, QueryDict

from events.forms.filters import page_number

_Row = TypeVar("_Row", bound=Model)


def page_of(rows: QuerySet[_Row], query: QueryDict, *, size: int) -> Page[_Row]:
    """The page that `?page=` asks for; one that does not exist is 404."""
    try:
        return Paginator(rows, size).page(page_number(query))
    except EmptyPage as error:
        raise Http404 from error
