"""What all examples share: the place, the organiser, the moment, and how an example is marked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from events.actions.definitions import (
    UNSET,
    AgendaItemDefinition,
    CategoryDefinition,
    EventDefinition,
    Maybe,
    SessionDefinition,
)
from events.actions.editing import create_event
from events.actions.notices import write_notice
from events.actions.publishing import publish_event
from events.models import (
    Audience,
    District,
    Event,
    EventKind,
    InformationNotice,
    Organization,
    ParticipantCategory,
    ParticipationProcess,
    Room,
    Stage,
    Translated,
    User,
    Venue,
)
from events.queries.notices import current_notice

CONTACT: Final = "kontakt@example.org"
TUESDAY, THURSDAY, SATURDAY = 1, 3, 5


@dataclass(frozen=True)
class Scene:
    """What all examples share."""

    process: ParticipationProcess
    by: User
    at: datetime
    hall: Venue
    room: Room
    workshop_room: Room
    bodies: tuple[Organization, ...]
    audiences: Mapping[str, Audience]

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @property
    def stage(self) -> Stage | None:
        return self.process.stages.order_by("-number").first()

    def next_weekday(self, weekday: int, *, weeks: int) -> date:
        """The weekday of the week after so many weeks; never less than two days ahead."""
        first = self.today + timedelta(days=2)
        return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=weeks)


def mark(event: Event) -> None:
    """Say that the event is an example, wherever it is shown."""
    Event.objects.filter(pk=event.pk).update(is_example=True)


def announce(definition: EventDefinition, scene: Scene) -> Event:
    """Make the event of an example and show it to the public."""
    event = create_event(replace(definition, contact_email=CONTACT), by=scene.by, at=scene.at)
    mark(event)
    publish_event(event, by=scene.by, at=scene.at)
    return event


def marked(polish: str, english: str, ukrainian: str) -> Translated:
    """A name that says itself that it is an example."""
    return {"pl": f"{polish} (przykład)", "en": f"{english} (example)", "uk": f"{ukrainian} (приклад)"}


def notice_for(process: ParticipationProcess, *, by: User, at: datetime) -> InformationNotice:
    """The notice of the unit; an example where there is none yet."""
    present = current_notice(process.unit, at=at)
    return present or write_notice(
        process.unit,
        text={
            "pl": (
                "Przykładowa klauzula informacyjna (przykład). W prawdziwym serwisie stoi tu informacja z art. 13 RODO:"
                " kto jest administratorem danych, po co i jak długo je przetwarza, jakie masz prawa."
            ),
            "en": (
                "An example of an information notice (example). In a real service this is the information of"
                " article 13 GDPR: who controls the data, what for and how long, and what your rights are."
            ),
            "uk": (
                "Зразок інформаційного повідомлення (приклад). У справжньому сервісі тут стоїть інформація за ст. 13"
                " GDPR: хто є адміністратором даних, навіщо і як довго їх обробляє, які ви маєте права."
            ),
        },
        by=by,
        at=at,
        is_example=True,
    )


def venue_of(
    slug: str, polish: str, english: str, ukrainian: str, *, latitude: str, district: District | None = None
) -> Venue:
    """A place in Lublin that does not exist."""
    venue, _created = Venue.objects.get_or_create(
        slug=slug,
        defaults={
            "name": marked(polish, english, ukrainian),
            "address": "ul. Przykładowa 1, 20-000 Lublin",
            "district": district,
            "latitude": Decimal(latitude),
            "longitude": Decimal("22.568400"),
            "accessibility": {
                "step_free": "yes",
                "accessible_toilet": "yes",
                "accessible_parking": "no",
                "induction_loop": "on_request",
                "pjm": "on_request",
                "captions": "unknown",
                "assistance_dog": "yes",
            },
            "is_example": True,
        },
    )
    return venue


def kind_of(code: str) -> EventKind:
    """The kind that programs call so."""
    return EventKind.objects.get(code=code)


def categories(**capacities: int | None) -> tuple[CategoryDefinition, ...]:
    """Who may register, and how many of them."""
    rows = ParticipantCategory.objects.in_bulk(list(capacities), field_name="code")
    return tuple(CategoryDefinition(rows[code], capacity) for code, capacity in capacities.items())


def session(
    day: date,
    start: int,
    end: int,
    *,
    title: Translated | None = None,
    room: Room | None = None,
    capacity: int | None = None,
    agenda: Maybe[tuple[AgendaItemDefinition, ...]] = UNSET,
) -> SessionDefinition:
    """A session at whole hours of the wall clock."""
    return SessionDefinition(
        # The event's zone is added where the session is saved.
        starts_at=datetime.combine(day, time(start)),
        ends_at=datetime.combine(day, time(end)),
        title=title,
        room=room,
        capacity=capacity,
        agenda=agenda,
    )
