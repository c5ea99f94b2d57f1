"""All that the tables of our applications hold, to be compared before and after what must leave nothing behind."""

from collections.abc import Iterable, Mapping

from django.apps import apps
from django.db.models import Model

Rows = list[tuple[object, ...]]

# Staff sign in with these; nothing that happens to an event touches them.
UNTOUCHED = frozenset({"events.user", "events.unitmembership", "events.apitoken"})


def snapshot(labels: Iterable[str] = ("events", "registrations", "notifications")) -> Mapping[str, Rows]:
    """Every row of every table, many-to-many ones included."""
    return {model._meta.label_lower: rows_of(model) for label in labels for model in _models(label)}


def rows_of(model: type[Model]) -> Rows:
    """The rows of a table, by key."""
    return list(model._default_manager.order_by("pk").values_list())


def _models(label: str) -> list[type[Model]]:
    models = apps.get_app_config(label).get_models(include_auto_created=True)
    return [model for model in models if model._meta.label_lower not in UNTOUCHED]
