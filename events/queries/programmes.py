"""What happens at an event and who speaks there, as everybody may know it."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from events.enums import SUPPLIERS
from events.models import AgendaItem, Attachment, Event, EventRole, Session
from events.queries.attachments import attachments_of


@dataclass(frozen=True)
class AgendaPoint:
    """A point of the agenda with the people who may be named."""

    item: AgendaItem
    people: list[EventRole]


@dataclass(frozen=True)
class SessionAgenda:
    """The agenda of one session; never empty."""

    session: Session
    points: list[AgendaPoint]


@dataclass(frozen=True)
class Programme:
    """The agenda by session, the people of the whole event, and its files."""

    agendas: list[SessionAgenda]
    people: list[EventRole]
    attachments: list[Attachment]

    @property
    def everybody(self) -> list[EventRole]:
        """All people who are named, each in their first role."""
        of_points = [person for agenda in self.agendas for point in agenda.points for person in point.people]
        first: dict[str, EventRole] = {}
        for person in (*self.people, *of_points):
            first.setdefault(person.identity, person)
        return list(first.values())


def event_programme(event: Event) -> Programme:
    """The programme in the organiser's order; whoever was ordered for the event is never in it."""
    prefetch_related_objects([event], "sessions__agenda")
    people: defaultdict[int | None, list[EventRole]] = defaultdict(list)
    named = event.roles.filter(is_public=True).exclude(kind__in=SUPPLIERS).select_related("organization")
    for role in named.order_by("position", "id"):
        people[role.agenda_item_id].append(role)
    points = {
        session: [AgendaPoint(item, people[item.pk]) for item in session.agenda.all()]
        for session in event.sessions.all()
        if not session.is_cancelled
    }
    return Programme(
        agendas=[SessionAgenda(session, listed) for session, listed in points.items() if listed],
        people=people[None],
        attachments=list(attachments_of(event)),
    )
