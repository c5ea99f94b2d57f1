"""What is wrong with a row before it is saved, as sentences by field."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


def text_faults(
    row: models.Model, needed: Collection[str], optional: Collection[str] = (), *, prefix: str = ""
) -> Faults:
    """What is wrong with translated texts; the needed ones are written in Polish."""
    errors = model_faults(row, only=(*needed, *optional), prefix=prefix)
    for name in needed:
        if not str(getattr(row, name).get("pl", "")).strip():
            errors[f"{prefix}{name}"] = [_("Write this in Polish.")]
    return errors
