"""The parts of an event one by one: dates, agenda, questions, reminders, seats; every change is an edit of the event."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.editing import edit_event
from events.api.bodies import MOST_SESSIONS, EventEditBody, ManagedEventShape, ReminderBody, SessionBody
from events.api.fields import Body, row_id, several
from events.api.manage import IF_MATCH, kept_by_the_asker, signed_in, version_in
from events.api.programme import MOST_QUESTIONS, AgendaItemBody, QuestionBody
from events.errors import FieldErrors
from events.models import Event
from events.permissions import May, get_managed_event, may_do

# An event or a part of one as JSON, as it is read and sent.
Said = dict[str, Any]
NUMBER: Final = "Its place in the list, from 1; it changes when something before it goes, so send If-Match."


@dataclass(frozen=True)
class Edited:
    """What an edit says, and the way to each item of the part in it (`sessions.0`)."""

    edit: Said
    ways: Sequence[str]


class Part(ABC):
    """A list of an event whose items are read and changed one by one."""

    def __init__(self, item: type[Body], *, most: int) -> None:
        self.item = item
        self.most = most

    @abstractmethod
    def items(self, said: Said) -> list[Said]:
        """The items of an event, each with its id."""

    @abstractmethod
    def edited(self, said: Said, items: Sequence[Said]) -> Edited:
        """The edit that makes these the items of the event."""


class ListPart(Part):
    """A list that the event's body names; its items have ids of their own, or are numbered."""

    def __init__(self, name: str, item: type[Body], *, most: int, is_numbered: bool = False) -> None:
        super().__init__(item, most=most)
        self.name = name
        self.is_numbered = is_numbered

    def items(self, said: Said) -> list[Said]:
        """As they stand in the body."""
        return _numbered(said[self.name]) if self.is_numbered else [dict(item) for item in said[self.name]]

    def edited(self, said: Said, items: Sequence[Said]) -> Edited:  # noqa: ARG002 - other parts need the event
        """The whole list; a number is no part of what it numbers."""
        written = [_without(item, "id") for item in items] if self.is_numbered else list(items)
        return Edited({self.name: written}, [f"{self.name}.{number}" for number in range(len(items))])


class AgendaPart(Part):
    """The points of all sessions in one list; each names its session."""

    def items(self, said: Said) -> list[Said]:
        """Session by session, in the order of the agenda."""
        return _numbered(
            [{"session": session["id"], **item} for session in said["sessions"] for item in session["agenda"]]
        )

    def edited(self, said: Said, items: Sequence[Said]) -> Edited:
        """All sessions with their agendas anew; a session that is not the event's is refused."""
        places = {session["id"]: place for place, session in enumerate(said["sessions"])}
        agendas: defaultdict[int, list[Said]] = defaultdict(list)
        ways = []
        for item in items:
            place = places.get(item["session"])
            if place is None:
                raise Http404
            ways.append(f"sessions.{place}.agenda.{len(agendas[place])}")
            agendas[place].append(_without(item, "id", "session"))
        sessions = [{**session, "agenda": agendas[place]} for place, session in enumerate(said["sessions"])]
        return Edited({"sessions": sessions}, ways)


def _numbered(items: Sequence[Mapping[str, Any]]) -> list[Said]:
    return [{"id": number, **item} for number, item in enumerate(items, 1)]


def _without(item: Said, *names: str) -> Said:
    return {name: value for name, value in item.items() if name not in names}


class NumberedReminderBody(ReminderBody):
    """One reminder on one channel."""

    id = row_id(help_text=NUMBER)


class SessionAgendaItemBody(AgendaItemBody):
    """A point of the agenda of one of the sessions."""

    id = row_id(help_text=NUMBER)
    session = row_id(required=True)


class PartView(APIView):
    """Reading and changing one part of an event; a subclass names the part."""

    part: ClassVar[Part]

    def opened(self, request: Request, slug: str, may: May) -> tuple[Event, Said]:
        """The event for somebody who may do this, and what it says."""
        user = signed_in(request)
        event = get_managed_event(user, slug, may)
        contacts = may_do(user, event, May.SEE_PEOPLE)
        return event, dict(ManagedEventShape(event, context={"contacts": contacts}).data)

    def saved(
        self, request: Request, event: Event, said: Said, items: Sequence[Said], *, own: int | None
    ) -> tuple[Event, list[Said]]:
        """The event after the edit, and its items; `own` is the place of the item that the asker sent alone."""
        edited = self.part.edited(said, items)
        try:
            event = save(request, event, edited.edit)
        except FieldErrors as refusal:
            raise FieldErrors(_named_from(refusal.errors, edited.ways, own)) from refusal
        return event, self.part.items(ManagedEventShape(event, context={"contacts": True}).data)


def save(request: Request, event: Event, edit: Said) -> Event:
    """Make the edit; whoever changes the event between reading and writing is noticed, also without `If-Match`."""
    body = EventEditBody(event, data=edit, partial=True)
    body.is_valid(raise_exception=True)
    version = version_in(request)
    return edit_event(
        event,
        body.edit(),
        expected_version=event.version if version is None else version,
        by=signed_in(request),
        at=timezone.now(),
    )


def _named_from(errors: Mapping[str, list[Any]], ways: Sequence[str], own: int | None) -> dict[str, list[Any]]:
    """The refusals named from where the asker stands: `ends_at` of one item, `3.ends_at` of a list."""
    named = {}
    for name, sentences in errors.items():
        short = name
        for number, way in enumerate(ways):
            if f"{name}.".startswith(f"{way}."):
                rest = name[len(way) + 1 :]
                short = rest if number == own else ".".join(filter(None, (str(number), rest)))
        named[short] = sentences
    return named


def _object_in(request: Request) -> Said:
    if not isinstance(request.data, Mapping):
        raise ParseError(_("Send an object with the fields that change."))
    return dict(request.data)


def _place_of(item_id: int, items: Sequence[Said]) -> int:
    place = next((place for place, item in enumerate(items) if item["id"] == item_id), None)
    if place is None:
        raise Http404
    return place


def _new(items: Sequence[Said], before: Sequence[Said]) -> Said | None:
    """The item that was not there before, whatever its number is."""
    known = [_without(item, "id") for item in before]
    for item in items:
        bare = _without(item, "id")
        if bare not in known:
            return item
        known.remove(bare)
    return None


class PartList(PartView):
    """All items of a part."""

    def get(self, request: Request, slug: str) -> Response:
        """In their order."""
        event, said = self.opened(request, slug, May.SEE)
        return Response(self.part.items(said), headers=kept_by_the_asker(event))

    def post(self, request: Request, slug: str) -> Response:
        """Add one more."""
        event, said = self.opened(request, slug, May.EDIT)
        self.part.item(data=request.data).is_valid(raise_exception=True)
        before = self.part.items(said)
        event, after = self.saved(request, event, said, [*before, dict(request.data)], own=len(before))
        return Response(_new(after, before), status=201, headers=kept_by_the_asker(event))

    def put(self, request: Request, slug: str) -> Response:
        """Give the whole list: what has its id is changed, what has none is new, what is missing goes."""
        event, said = self.opened(request, slug, May.EDIT)
        several(self.part.item, most=self.part.most, data=request.data).is_valid(raise_exception=True)
        sent = cast("list[Said]", request.data)
        event, after = self.saved(request, event, said, sent, own=None)
        return Response(after, headers=kept_by_the_asker(event))


class PartItem(PartView):
    """One item of a part."""

    def patch(self, request: Request, slug: str, item: int) -> Response:
        """Change what is named and leave the rest."""
        event, said = self.opened(request, slug, May.EDIT)
        before = self.part.items(said)
        place = _place_of(item, before)
        changed = {**before[place], **_object_in(request), "id": item}
        self.part.item(data=changed).is_valid(raise_exception=True)
        event, after = self.saved(request, event, said, [*before[:place], changed, *before[place + 1 :]], own=place)
        return Response(_new(after, before) or before[place], headers=kept_by_the_asker(event))

    def delete(self, request: Request, slug: str, item: int) -> Response:
        """Take it out."""
        event, said = self.opened(request, slug, May.EDIT)
        before = self.part.items(said)
        place = _place_of(item, before)
        event, _rest = self.saved(request, event, said, [*before[:place], *before[place + 1 :]], own=None)
        return Response(status=204, headers=kept_by_the_asker(event))


def list_of(part: Part) -> Callable[[type[PartList]], type[PartList]]:
    """Make a view that of all items of a part, and say so in the schema."""

    def described(view: type[PartList]) -> type[PartList]:
        view.part = part
        several_items = part.item(many=True)
        return extend_schema_view(
            get=extend_schema(responses=several_items),
            post=extend_schema(request=part.item, responses={201: part.item}, parameters=[IF_MATCH]),
            put=extend_schema(request=several_items, responses=several_items, parameters=[IF_MATCH]),
        )(view)

    return described


def item_of(part: Part) -> Callable[[type[PartItem]], type[PartItem]]:
    """Make a view that of one item of a part, and say so in the schema."""

    def described(view: type[PartItem]) -> type[PartItem]:
        view.part = part
        return extend_schema_view(
            patch=extend_schema(request=part.item, responses=part.item, parameters=[IF_MATCH]),
            delete=extend_schema(responses={204: None}, parameters=[IF_MATCH]),
        )(view)

    return described


SESSIONS: Final = ListPart("sessions", SessionBody, most=MOST_SESSIONS)
QUESTIONS: Final = ListPart("questions", QuestionBody, most=MOST_QUESTIONS)
REMINDERS: Final = ListPart("reminders", NumberedReminderBody, most=20, is_numbered=True)
AGENDA: Final = AgendaPart(SessionAgendaItemBody, most=1_000)


@list_of(SESSIONS)
class EventSessions(PartList):
    """The dates of an event."""


@item_of(SESSIONS)
class EventSession(PartItem):
    """One date of an event."""


@list_of(QUESTIONS)
class EventQuestions(PartList):
    """What people are asked when they register."""


@item_of(QUESTIONS)
class EventQuestion(PartItem):
    """One question."""


@list_of(REMINDERS)
class EventReminders(PartList):
    """When people are reminded."""


@item_of(REMINDERS)
class EventReminder(PartItem):
    """One reminder."""


@list_of(AGENDA)
class EventAgenda(PartList):
    """The agenda of all sessions."""


@item_of(AGENDA)
class EventAgendaItem(PartItem):
    """One point of the agenda."""
