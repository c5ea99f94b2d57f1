"""How people reach a unit with questions."""

from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise

from events.actions.calendar import refresh_for
from events.errors import FieldErrors
from events.models import OrganizationalUnit, User

_COLUMNS: Final = ("contact_email", "contact_phone")


@transaction.atomic
def change_contact(
    unit: OrganizationalUnit,
    *,
    email: str,
    phone: str,
    by: User,  # noqa: ARG001 - every action says who
    at: datetime,
) -> None:
    """Set the address and the phone of a unit; empty is none. Calendars name its address, so they say so at once."""
    unit.contact_email, unit.contact_phone = email.strip(), phone.strip()
    others = [each.name for each in unit._meta.fields if each.name not in _COLUMNS]  # noqa: SLF001 - the model's own names
    try:
        unit.clean_fields(exclude=others)
    except ValidationError as refusal:
        raise FieldErrors(_by_form_field(refusal)) from refusal
    unit.save(update_fields=_COLUMNS)
    refresh_for(unit_ids=[unit.pk], at=at)


def _by_form_field(refusal: ValidationError) -> dict[str, list[str | Promise]]:
    return {name.removeprefix("contact_"): list(words) for name, words in refusal.message_dict.items()}
