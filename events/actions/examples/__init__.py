"""Meetings to try the service with: invented, marked as examples everywhere, and dated from today."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from events.actions.attachments import add_attachment
from events.actions.copying import save_as_template
from events.actions.definitions import EventEdit
from events.actions.editing import edit_event
from events.actions.examples.circles import circles, example_bodies
from events.actions.examples.districts import district_meetings
from events.actions.examples.meetings import (
    FULL_EVENT,
    cafe,
    conference,
    councillors_meeting,
    debate,
    full_workshop,
    hearing,
    mobile_point,
    open_meeting,
)
from events.actions.examples.scene import Scene, announce, mark, marked, notice_for, venue_of
from events.actions.examples.topics import business_meetings
from events.actions.publishing import postpone_event
from events.enums import EventMode
from events.models import Event, EventChange, ParticipationProcess, Room, User

__all__ = ["FULL_EVENT", "make_examples"]


@transaction.atomic
def make_examples(process: ParticipationProcess, *, by: User, at: datetime) -> list[Event]:
    """Make the examples that are not there yet and announce them; returns the new ones."""
    notice_for(process, by=by, at=at)
    scene = _scene(process, by=by, at=at)
    wanted = [
        *business_meetings(scene),
        hearing(scene),
        debate(scene),
        mobile_point(scene),
        conference(scene),
        full_workshop(scene),
        councillors_meeting(scene),
        cafe(scene),
        open_meeting(scene),
    ]
    known = set(Event.objects.filter(slug__in=[item.slug for item in wanted]).values_list("slug", flat=True))
    new = [announce(item, scene) for item in wanted if item.slug not in known]
    made = [_LATER[event.slug](event, scene) for event in new if event.slug in _LATER]
    events = [*new, *filter(None, made), *district_meetings(scene)]
    # Nobody is written to: these changes are only there to be read.
    EventChange.objects.filter(event__in=events).update(notify=False, planned_at=at)
    return events


def _scene(process: ParticipationProcess, *, by: User, at: datetime) -> Scene:
    hall = venue_of("sala-przykladowa", "Sala przykładowa", "Example hall", "Зала", latitude="51.246500")
    bodies = example_bodies(by=by, at=at)
    return Scene(
        process=process,
        by=by,
        at=at,
        hall=hall,
        room=Room.objects.get_or_create(venue=hall, name="Sala A", defaults={"capacity": 200, "setup_minutes": 30})[0],
        workshop_room=Room.objects.get_or_create(
            venue=hall, name="Sala B", defaults={"capacity": 20, "setup_minutes": 15}
        )[0],
        bodies=bodies,
        audiences=circles(bodies, by=by, at=at),
    )


# What happens to an example once it has been announced


def _add_programme(event: Event, scene: Scene) -> None:
    add_attachment(
        event,
        title=marked("Program konferencji", "Programme of the conference", "Програма конференції"),
        file_name="program-przyklad.txt",
        data="Program konferencji (przykład)\n9:00 Otwarcie\n10:00 Wykład\n11:00 Rozmowa\n".encode(),
        by=scene.by,
        at=scene.at,
    )


def _keep_as_template(event: Event, scene: Scene) -> Event:
    template = save_as_template(event, by=scene.by, at=scene.at)
    mark(template)
    return template


def _postpone(event: Event, scene: Scene) -> None:
    postpone_event(event, reason="Sala jest w remoncie (przykład).", by=scene.by, at=scene.at)


def _move_online(event: Event, scene: Scene) -> None:
    edit = EventEdit(mode=EventMode.ONLINE, venue=None, join_url="https://meeting.example.org/przyklad-spotkanie")
    edit_event(event, edit, by=scene.by, at=scene.at)


_LATER: Final[Mapping[str, Callable[[Event, Scene], Event | None]]] = {
    "przyklad-konferencja": _add_programme,
    "przyklad-dzien-debat": _keep_as_template,
    "przyklad-kafejka": _postpone,
    "przyklad-spotkanie-otwarte": _move_online,
}
