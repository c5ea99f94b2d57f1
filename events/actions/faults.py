"""What is wrong with a row before it is saved, as sentences by field."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise

Faults = dict[str, list[str | Promise]]


def model_faults(row: models.Model, *, only: Collection[str], prefix: str = "") -> Faults:
    """What the columns' own validators say; links to other rows come as rows and need no look-up."""
    meta = row._meta  # noqa: SLF001 - Django's documented API
    checked = {column.name for column in meta.fields if column.name in only and not column.is_relation}
    try:
        row.clean_fields(exclude={column.name for column in meta.fields} - checked)
    except ValidationError as error:
        return {f"{prefix}{name}": list(sentences) for name, sentences in error.message_dict.items()}
    return {}
