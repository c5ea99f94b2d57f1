"""The sheet of an agenda: the points of every date, and the people of the event and of each point."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.actions.agenda import MOST_ROLES
from events.actions.definitions import (
    UNSET,
    AgendaItemDefinition,
    EventDefinition,
    EventEdit,
    RoleDefinition,
    SessionDefinition,
)
from events.actions.wall_clock import as_wall_clock
from events.enums import EventRoleKind
from events.errors import DomainError
from events.forms.manage import is_written
from events.forms.rows import Initial, RowForm, RowFormSet, Rows, VersionForm, kept, raw, row_formset, show_in_rows
from events.forms.texts import TranslatedFormField, written
from events.models import Event, Organization, User, in_language

_DAY: Final = timedelta(days=1)
_MOST_POINTS: Final = 100
_FIELDS: Final = {"starts_at": "starts", "ends_at": "ends"}


@dataclass(frozen=True)
class AgendaDay:
    """A date to which points belong: a session, or one day of a session that lasts for several."""

    key: str
    label: str
    session: int
    starts_at: datetime
    only: date | None = None
    runs_over_midnight: bool = False

    def moment(self, clock: time | None) -> datetime | None:
        """The time of this date, on the wall; after midnight where the session runs over it."""
        if clock is None:
            return None
        moment = datetime.combine(self.only or self.starts_at.date(), clock)
        return moment + _DAY if self.runs_over_midnight and moment < self.starts_at else moment


def days_of(sessions: Sequence[SessionDefinition], zone: ZoneInfo) -> list[AgendaDay]:
    """The dates of an event to which points may belong."""
    return [day for number, session in enumerate(sessions) for day in _days_of_one(number, session, zone)]


def _days_of_one(number: int, session: SessionDefinition, zone: ZoneInfo) -> Iterator[AgendaDay]:
    starts_at, ends_at = (as_wall_clock(moment, zone) for moment in (session.starts_at, session.ends_at))
    title = f" · {in_language(session.title)}" if session.title else ""
    if ends_at - starts_at <= _DAY:
        hours = "" if session.all_day else f", {starts_at:%H:%M}–{ends_at:%H:%M}"
        label = f"{_named(starts_at)}{hours}{title}"
        over = ends_at.date() > starts_at.date()
        yield AgendaDay(str(session.id), label, number, starts_at, runs_over_midnight=over)
        return
    # A session that ends at midnight is over with the day before.
    last = (ends_at - timedelta(microseconds=1)).date()
    for count in range((last - starts_at.date()).days + 1):
        day = starts_at + count * _DAY
        yield AgendaDay(f"{session.id}:{count}", f"{_named(day)}{title}", number, starts_at, day.date())


def _named(day: datetime) -> str:
    return capfirst(date_format(day, "l, j E Y"))


class _ClockField(forms.TimeField):
    """A time of day as the browser's own picker gives it."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PointForm(RowForm):
    """One point of the agenda."""

    chosen_beforehand: ClassVar = frozenset({"day"})

    day = forms.ChoiceField(label=_("Date"))
    starts = _ClockField(label=_("From"), required=False)
    ends = _ClockField(label=_("Until"), required=False)
    title = TranslatedFormField(label=_("What happens"), max_length=300)
    description = TranslatedFormField(label=_("More about it"), rows=3, max_length=5000, required=False)

    def __init__(self, *args: Any, days: Mapping[str, AgendaDay], **kwargs: Any) -> None:
        """`days`: by key, in time order."""
        super().__init__(*args, **kwargs)
        self._days = days
        field = self.fields["day"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, day.label) for key, day in days.items()]
        field.initial = next(iter(days), None)

    @property
    def has_more(self) -> bool:
        """Whether anything is written besides the time and the title."""
        return is_written(self, "description")

    @property
    def agenda_day(self) -> AgendaDay:
        """The date to which the point belongs."""
        return self._days[self.cleaned_data["day"]]

    @property
    def starts_at(self) -> datetime | None:
        """When it begins, on the wall."""
        return self.agenda_day.moment(self.cleaned_data["starts"])

    def definition(self, roles: tuple[RoleDefinition, ...]) -> AgendaItemDefinition:
        """What the person typed."""
        typed = self.cleaned_data
        return AgendaItemDefinition(
            title=typed["title"],
            description=written(typed["description"]),
            starts_at=self.starts_at,
            ends_at=self.agenda_day.moment(typed["ends"]),
            roles=roles,
        )


class PersonForm(RowForm):
    """Somebody who speaks, chairs, interprets or helps."""

    chosen_beforehand: ClassVar = frozenset({"kind", "where"})

    name = forms.CharField(label=_("First and last name"), max_length=200)
    kind = forms.ChoiceField(label=_("What they do"), choices=EventRoleKind.choices)
    where = forms.ChoiceField(label=_("At"), required=False)
    is_public = forms.BooleanField(
        label=_("Show the name on the page of the event"),
        required=False,
        help_text=_("Only of people who speak or chair, and only when they agree."),
    )
    organization = forms.ChoiceField(label=_("Organization"), required=False)
    user = forms.ChoiceField(label=_("Account in this service"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False)

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, str]],
        organizations: Mapping[str, Organization],
        users: Mapping[str, User],
        **kwargs: Any,
    ) -> None:
        """`places`: the points by the number of their row; the others by id, read once for all rows."""
        super().__init__(*args, **kwargs)
        self._organizations, self._users = organizations, users
        offers: dict[str, list[tuple[str, str]]] = {
            "where": [("", gettext("the whole event")), *places],
            "organization": [("", "—"), *((key, str(each)) for key, each in organizations.items())],
            "user": [("", "—"), *((key, str(each)) for key, each in users.items())],
        }
        for name, choices in offers.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    @property
    def has_more(self) -> bool:
        """Whether anything is written besides name and task."""
        return is_written(self, "organization", "user", "email", "phone")

    def definition(self) -> RoleDefinition:
        """What the person typed."""
        typed = self.cleaned_data
        return RoleDefinition(
            kind=EventRoleKind(typed["kind"]),
            name=typed["name"],
            organization=self._organizations.get(typed["organization"]),
            user=self._users.get(typed["user"]),
            email=typed["email"],
            phone=typed["phone"],
            is_public=typed["is_public"],
        )


PointFormSet = row_formset(PointForm, most=_MOST_POINTS, can_delete=True)
PersonFormSet = row_formset(PersonForm, most=MOST_ROLES, can_delete=True)


@dataclass
class AgendaSheet:
    """The agenda of an event as one form."""

    head: VersionForm
    points: RowFormSet[PointForm]
    people: RowFormSet[PersonForm]
    sessions: tuple[SessionDefinition, ...]

    def is_valid(self) -> bool:
        """Check every row, so that everything wrong is said at once."""
        results = [form.is_valid() for form in (self.head, self.points, self.people)]
        if not all(results):
            return False
        points = self._points()
        for person in self._people():
            if person.cleaned_data["where"] and self._point_of(person) not in points:
                person.add_error("where", _("This point is taken out. Choose another one."))
                results.append(False)
        return all(results)

    def wrong_forms(self) -> list[forms.Form]:
        """The forms in which something is wrong, from top to bottom."""
        if not self.head.is_bound:
            return []
        return [form for form in (self.head, *self.points.forms, *self.people.forms) if form.errors]

    def show_refusal(self, refusal: DomainError) -> None:
        """Say what the domain refused at the row that it is about."""
        rows: dict[str, forms.Form] = {f"roles.{number}": person for number, person in enumerate(self._people_at(None))}
        for number, points in enumerate(self._agendas()):
            for place, point in enumerate(points):
                here = f"sessions.{number}.agenda.{place}"
                rows[here] = point
                rows |= {f"{here}.roles.{count}": person for count, person in enumerate(self._people_at(point))}
        show_in_rows(self.head, refusal, rows, _FIELDS)

    def edit(self) -> EventEdit:
        """The agendas of all sessions, and the people of the whole event."""
        agendas = [
            tuple(point.definition(_definitions(self._people_at(point))) for point in points)
            for points in self._agendas()
        ]
        sessions = zip(self.sessions, agendas, strict=True)
        return EventEdit(
            sessions=tuple(replace(session, agenda=agenda) for session, agenda in sessions) or UNSET,
            roles=_definitions(self._people_at(None)),
        )

    @property
    def version(self) -> int:
        """The version that the person saw."""
        return self.head.seen_version

    def _points(self) -> list[PointForm]:
        return [form for form in kept(self.points) if form.has_changed()]

    def _people(self) -> list[PersonForm]:
        return [form for form in kept(self.people) if form.has_changed()]

    def _point_of(self, person: PersonForm) -> PointForm | None:
        where = person.cleaned_data["where"]
        return self.points.forms[int(where)] if where else None

    def _people_at(self, point: PointForm | None) -> list[PersonForm]:
        return [person for person in self._people() if self._point_of(person) is point]

    def _agendas(self) -> list[list[PointForm]]:
        """The points of each session in time order; one without a time stays after the one above it."""
        agendas: list[list[tuple[datetime, PointForm]]] = [[] for _session in self.sessions]
        for point in self._points():
            agenda = agendas[point.agenda_day.session]
            above = agenda[-1][0] if agenda else datetime.min  # noqa: DTZ901 - on the wall
            agenda.append((point.starts_at or above, point))
        return [[point for _moment, point in sorted(agenda, key=lambda pair: pair[0])] for agenda in agendas]


def _definitions(people: Sequence[PersonForm]) -> tuple[RoleDefinition, ...]:
    return tuple(person.definition() for person in people)


@dataclass(frozen=True)
class AgendaMaker:
    """Makes the sheet of an event's agenda from what the event says now."""

    event: Event
    definition: EventDefinition

    def filled(self) -> AgendaSheet:
        """The sheet as the event is, with an empty row where there is nothing yet."""
        points: Rows = []
        people = [_person_initial(role, "") for role in self.definition.roles]
        for number, session in enumerate(self.definition.sessions):
            for item in () if session.agenda is UNSET else session.agenda:
                people += [_person_initial(role, str(len(points))) for role in item.roles]
                points.append(self._point_initial(item, number))
        # Without a date there is nothing to which a point could belong.
        first: Rows = [{}] if self._days else []
        return self._sheet({"version": self.event.version}, points or first, people)

    def typed(self, data: QueryDict) -> AgendaSheet:
        """The sheet as somebody sent it, to be checked."""
        points = PointFormSet(data, prefix="points", form_kwargs={"days": self._days})
        return AgendaSheet(
            head=VersionForm(data),
            points=points,
            people=PersonFormSet(data, prefix="people", form_kwargs=self._offers([raw(form) for form in points])),
            sessions=self.definition.sessions,
        )

    def with_another(self, data: QueryDict, part: str) -> AgendaSheet:
        """The sheet as somebody sent it, unchecked, with one more point or person."""
        sent = self.typed(data)
        rows = {"points": [raw(form) for form in sent.points], "people": [raw(form) for form in sent.people]}
        rows[part].append({"day": rows["points"][-1]["day"]} if part == "points" and rows["points"] else {})
        return self._sheet(raw(sent.head), **rows)

    def _sheet(self, head: Initial, points: Rows, people: Rows) -> AgendaSheet:
        return AgendaSheet(
            head=VersionForm(initial=head),
            points=PointFormSet(rows=points, prefix="points", form_kwargs={"days": self._days}),
            people=PersonFormSet(rows=people, prefix="people", form_kwargs=self._offers(points)),
            sessions=self.definition.sessions,
        )

    def _offers(self, points: Rows) -> dict[str, object]:
        places = [(str(number), _place(number, point)) for number, point in enumerate(points)]
        return {"places": places, "organizations": self._organizations, "users": self._users}

    def _point_initial(self, item: AgendaItemDefinition, session: int) -> Initial:
        days = [day for day in self._days.values() if day.session == session]
        starts, ends = (moment and as_wall_clock(moment, self._zone) for moment in (item.starts_at, item.ends_at))
        day = next((day for day in days if starts and day.only == starts.date()), days[0])
        return {
            "day": day.key,
            "starts": starts and starts.time(),
            "ends": ends and ends.time(),
            "title": item.title,
            "description": item.description,
        }

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.event.time_zone)

    @cached_property
    def _days(self) -> Mapping[str, AgendaDay]:
        return {day.key: day for day in days_of(self.definition.sessions, self._zone)}

    @cached_property
    def _organizations(self) -> Mapping[str, Organization]:
        return {str(each.pk): each for each in Organization.objects.order_by("name", "slug")}

    @cached_property
    def _users(self) -> Mapping[str, User]:
        """The colleagues of the unit, and whoever is named already."""
        colleagues = Q(memberships__unit=self.event.unit_id, is_active=True)
        people = User.objects.filter(colleagues | Q(event_roles__event=self.event)).distinct()
        return {str(each.pk): each for each in people.order_by("full_name", "email")}


def _place(number: int, point: Initial) -> str:
    title = point.get("title") or {}
    words = in_language(title) if isinstance(title, dict) else next((each for each in title if each), "")
    name = gettext("point %(number)s") % {"number": number + 1}
    return f"{name}: {words}" if words else name


def _person_initial(role: RoleDefinition, where: str) -> Initial:
    return {
        "name": role.name,
        "kind": role.kind.value,
        "where": where,
        "is_public": role.is_public,
        "organization": str(role.organization.pk) if role.organization else "",
        "user": str(role.user.pk) if role.user else "",
        "email": role.email,
        "phone": role.phone,
    }
