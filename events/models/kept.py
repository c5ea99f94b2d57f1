"""Statements that are put together once: the ORM takes longer to write a wide SELECT than the database to answer it.

    @kept
    def _visible(slug: Any) -> QuerySet[Event]:
        return visible_events().filter(slug=slug).select_related("unit")

    _visible("open-day")  # a list of events

The function is called once, with placeholders in the place of its arguments; from then on only they change. So a value
cannot decide what is asked, only what it is compared with, and comes in as the database takes it.
"""

import copy
import inspect
from collections.abc import Callable, Iterable
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, Expression, F, Func, Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=Model)

_PLACE: Final = "%s"


class _Placeholder(Expression):
    """The argument in this place, whatever it will be."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, _compiler: SQLCompiler, _connection: object) -> tuple[str, Any]:
        return _PLACE, [self]


def is_any_of(field: str, values: Any) -> Func:
    """Whether the column is one of a list, which is an argument and may be of any length: `filter(is_any_of("pk", ids))`."""
    return Func(F(field), values, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


class Kept(Generic[Row]):
    """A function that gives rows, asked for with a statement that is written when it is called for the first time."""

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        self._build = build
        self._written: tuple[QuerySet[Row], SQLCompiler, str, tuple[Any, ...]] | None = None

    def __call__(self, *values: object) -> list[Row]:
        """The rows for these values, in the order of the statement."""
        rows, compiler, statement, parameters = self._written = self._written or self._write()
        asking: Any = copy.copy(compiler)
        # Every thread has a connection of its own.
        asking.connection = connections[DEFAULT_DB_ALIAS]
        bound = tuple(values[one.place] if isinstance(one, _Placeholder) else one for one in parameters)
        asking.as_sql = lambda *_given, **_named: (statement, bound)
        query: Any = copy.copy(rows.query)
        query.get_compiler = lambda *_given, **_named: asking
        return list(ModelIterable(QuerySet(rows.model, query=query)))

    def _write(self) -> tuple[QuerySet[Row], SQLCompiler, str, tuple[Any, ...]]:
        places = [_Placeholder(place) for place in range(len(inspect.signature(self._build).parameters))]
        rows = self._build(*places)
        compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        statement, parameters = compiler.as_sql()
        return rows, compiler, statement, tuple(parameters)


def kept(build: Callable[..., QuerySet[Row]]) -> Kept[Row]:
    """Put the statement of this function together once."""
    return Kept(build)


def put_at_hand(owner: Model, name: str, rows: list[Row]) -> None:
    """Let the owner's related rows be these, as if they had been prefetched; where they belong to it, they know it."""
    related = getattr(owner, name).get_queryset()
    relation: Any = type(owner)._meta.get_field(name)  # noqa: SLF001 - Django's documented way to a model's fields
    if relation.one_to_many:
        for row in rows:
            setattr(row, relation.remote_field.name, owner)
    _keep(owner, name, related, rows)


def put_nothing_at_hand(owners: Iterable[Model], name: str) -> None:
    """Let these have no related rows; `all()` says so, and nothing else may be asked, for all of them share the answer."""
    nothing: QuerySet[Model] | None = None
    for owner in owners:
        if nothing is None:
            nothing = type(owner)._meta.get_field(name).related_model._default_manager.none()  # type: ignore[union-attr]  # noqa: SLF001 - as above
        _keep(owner, name, nothing, [])


def _keep(owner: Model, name: str, related: Any, rows: list[Row]) -> None:
    related._result_cache = rows  # noqa: SLF001 - what `prefetch_related` does
    related._prefetch_done = True  # noqa: SLF001 - the same
    owner.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related
