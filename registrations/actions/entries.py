"""Rows of registrations written in one statement: a new one with its person and its change; changes of many at once.

The columns are the models' own, so a new field needs nothing here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Field, Model

from registrations.models import Participant, Registration, RegistrationChange
from registrations.signals import registration_changed

_GIVEN_BY_DATABASE: Final = "id"
_OWNER: Final = "registration_id"


def _columns(model: type[Model]) -> dict[str, Field[Any, Any]]:
    """What a row brings along itself."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's fields
    return {field.column: field for field in fields if field.column not in {_GIVEN_BY_DATABASE, _OWNER, None}}


_COLUMNS: Final[Mapping[type[Model], Mapping[str, Field[Any, Any]]]] = {
    model: _columns(model) for model in (Registration, Participant, RegistrationChange)
}


def _names(model: type[Model]) -> str:
    return ", ".join(_COLUMNS[model])


def _places(model: type[Model]) -> str:
    return ", ".join("%s" for _column in _COLUMNS[model])


_ENTER: Final = f"""
    WITH entered AS (
        INSERT INTO registrations_registration ({_names(Registration)})
        VALUES ({_places(Registration)})
        RETURNING id
    ), person AS (
        INSERT INTO registrations_participant (registration_id, {_names(Participant)})
        SELECT id, {_places(Participant)} FROM entered
    )
    INSERT INTO registrations_registrationchange (registration_id, {_names(RegistrationChange)})
    SELECT id, {_places(RegistrationChange)} FROM entered
    RETURNING registration_id, id
"""  # noqa: S608 - made of the models' own names


_OF_EACH: Final = "to_state"
_ALIKE: Final = [column for column in _COLUMNS[RegistrationChange] if column != _OF_EACH]
_ENTER_CHANGES: Final = f"""
    INSERT INTO registrations_registrationchange (registration_id, {_OF_EACH}, {", ".join(_ALIKE)})
    SELECT moved.id, moved.state, {", ".join("%s" for _column in _ALIKE)}
      FROM unnest(%s::bigint[], %s::text[]) AS moved (id, state)
    RETURNING id
"""  # noqa: S608 - made of the models' own names


def enter(registration: Registration, participant: Participant, change: RegistrationChange) -> None:
    """Write them down and send the change's id up; the ids are on the rows afterwards."""
    rows = (registration, participant, change)
    with connection.cursor() as cursor:
        cursor.execute(_ENTER, [value for row in rows for value in _values(row)])
        registration.pk, change.pk = cursor.fetchone()
    participant.registration = change.registration = registration
    registration_changed.send(sender=RegistrationChange, change_id=change.pk)


def enter_changes(registrations: Sequence[Registration], change: RegistrationChange) -> None:
    """Write a change like this one for each registration, which stands in its new state, and send the ids up."""
    alike = [_value(change, _COLUMNS[RegistrationChange][column]) for column in _ALIKE]
    each = [row.pk for row in registrations], [str(row.state) for row in registrations]
    with connection.cursor() as cursor:
        cursor.execute(_ENTER_CHANGES, [*alike, *each])
        entered = cursor.fetchall()
    for (change_id,) in entered:
        registration_changed.send(sender=RegistrationChange, change_id=change_id)


def _values(row: Registration | Participant | RegistrationChange) -> list[Any]:
    return [_value(row, field) for field in _COLUMNS[type(row)].values()]


def _value(row: Registration | Participant | RegistrationChange, field: Field[Any, Any]) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection=connection)
