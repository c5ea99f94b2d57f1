"""All that the tables of our applications hold, to be compared before and after what must leave nothing behind."""

from collections.abc import Iterable, Mapping
from functools import cache

from django.apps import apps
from django.db import connection


def snapshot(labels: Iterable[str] = ("events", "registrations", "notifications")) -> Mapping[str, str]:
    """What every table holds, many-to-many ones included, as one digest each; in one statement, so that it is quick."""
    with connection.cursor() as cursor:
        cursor.execute(_digests(tuple(labels)))
        return dict(cursor.fetchall())


@cache
def _digests(labels: tuple[str, ...]) -> str:
    tables = [
        model._meta.db_table
        for label in labels
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    rows = "coalesce(string_agg(row::text, '|' ORDER BY row::text), '')"
    return " UNION ALL ".join(f"SELECT '{table}', md5({rows}) FROM {table} row" for table in tables)
