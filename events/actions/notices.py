"""Information notices: written once, never changed, followed by a newer version."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from events.errors import FieldErrors
from events.models import EventKind, InformationNotice, OrganizationalUnit, Translated, User


@transaction.atomic
def write_notice(
    unit: OrganizationalUnit | None,
    *,
    text: Translated,
    kind: EventKind | None = None,
    by: User | None,  # noqa: ARG001 - every action says who
    at: datetime,
    is_example: bool = False,
) -> InformationNotice:
    """Put a new version into force at once.

    `unit` null: for every unit that has none of its own; `kind` null: for every kind of meeting that has none of its own.
    """
    if not text.get("pl", "").strip():
        raise FieldErrors({"text": [_("Write the notice in Polish.")]})
    # Notices are written a few times a year, so two writers may as well wait for each other.
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {InformationNotice._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")  # noqa: SLF001 - the model's own name
    newest = InformationNotice.objects.filter(unit=unit, kind=kind).aggregate(newest=Max("version"))["newest"]
    return InformationNotice.objects.create(
        unit=unit, kind=kind, version=(newest or 0) + 1, text=text, in_force_from=at, is_example=is_example
    )
