"""Builders of definitions: what an organiser says about an event, every part of it with a default."""
# ruff: noqa: DTZ001 - organisers speak of the clock on the wall

from datetime import datetime, timedelta
from typing import Any

from events.actions.definitions import (
    AgendaItemDefinition,
    EventDefinition,
    QuestionDefinition,
    RoleDefinition,
    SessionDefinition,
)
from events.enums import EventRoleKind, QuestionKind
from events.models import EventKind
from tests.make.events import make_unit


def a_session(day: int = 26, *, hour: int = 17, **given: Any) -> SessionDefinition:
    """Two hours on a day of January 2027."""
    start = datetime(2027, 1, day, hour, 0)
    return SessionDefinition(**{"starts_at": start, "ends_at": start + timedelta(hours=2), **given})


def a_definition(**given: Any) -> EventDefinition:
    """An open meeting in a district with one session; everything else is as usual."""
    usual: dict[str, Any] = {
        "unit": make_unit(),
        "kind": EventKind.objects.get(code="open_district_meeting"),
        "title": {"pl": "Otwarte spotkanie", "en": "Open meeting"},
        "sessions": (a_session(),),
    }
    return EventDefinition(**{**usual, **given})


def a_role(name: str = "Osoba przykładowa", **given: Any) -> RoleDefinition:
    """A speaker who may be named."""
    return RoleDefinition(**{"kind": EventRoleKind.SPEAKER, "name": name, "is_public": True, **given})


def an_item(title: str = "Otwarcie", **given: Any) -> AgendaItemDefinition:
    """A point without times."""
    return AgendaItemDefinition(**{"title": {"pl": title}, **given})


def a_question(text: str = "Skąd wiesz o spotkaniu?", **given: Any) -> QuestionDefinition:
    """A question answered in words."""
    usual: dict[str, Any] = {"kind": QuestionKind.TEXT, "text": {"pl": text}, "purpose": {"pl": "Do planowania"}}
    return QuestionDefinition(**{**usual, **given})
