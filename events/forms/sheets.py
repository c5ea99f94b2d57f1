"""An organiser's sheet: all forms of one event together, filled from a definition and read back into one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeVar, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from events.actions.definitions import (
    CategoryDefinition,
    EventDefinition,
    EventEdit,
    RegistrationDefinition,
    RegistrationEdit,
    ReminderDefinition,
    SessionDefinition,
)
from events.enums import AccessibilityFeature, EventMode, Visibility, WaitlistPolicy
from events.errors import DomainError, FieldErrors
from events.forms.manage import FEATURE, CategoryForm, EventForm, ReminderForm, SessionForm, is_written
from events.forms.refusals import show_at, show_refusal
from events.models import OrganizationalUnit, ParticipantCategory, Room

_Initial = dict[str, Any]
_Rows = list[_Initial]
_Row = TypeVar("_Row", bound=forms.Form)


class RowFormSet(forms.BaseFormSet[_Row]):
    """Rows that somebody may leave empty, each beginning with what is given for it."""

    def __init__(self, *args: Any, rows: Sequence[_Initial] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = rows
        self.extra = len(rows)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """What each row begins with."""
        kwargs = super().get_form_kwargs(index)
        if index is not None and index < len(self._rows):
            kwargs["initial"] = self._rows[index]
        return kwargs


def _row_formset(form: type[_Row], *, most: int, can_delete: bool = False) -> type[RowFormSet[_Row]]:
    made = forms.formset_factory(form, formset=RowFormSet, can_delete=can_delete, max_num=most, absolute_max=most)
    return cast("type[RowFormSet[_Row]]", made)


SessionFormSet = _row_formset(SessionForm, most=100, can_delete=True)
CategoryFormSet = _row_formset(CategoryForm, most=100)
ReminderFormSet = _row_formset(ReminderForm, most=20, can_delete=True)


@dataclass
class EventSheet:
    """All forms of one event together."""

    event: EventForm
    sessions: forms.BaseFormSet[SessionForm]
    categories: forms.BaseFormSet[CategoryForm]
    reminders: forms.BaseFormSet[ReminderForm]

    def is_valid(self) -> bool:
        """Check every form, so that everything wrong is said at once."""
        results = [form.is_valid() for form in (self.event, self.sessions, self.categories, self.reminders)]
        if all(results) and not self._sessions():
            self.event.add_error(None, _("Give at least one date."))
            return False
        return all(results)

    def wrong_forms(self) -> list[forms.Form]:
        """The forms in which something is wrong, from top to bottom."""
        if not self.event.is_bound:
            return []
        rows = (*self.sessions.forms, *self.categories.forms, *self.reminders.forms)
        return [form for form in (self.event, *rows) if form.errors]

    @property
    def has_categories(self) -> bool:
        """Whether groups of participants are named."""
        return any(form.errors or form["is_listed"].value() for form in self.categories.forms)

    @property
    def has_window(self) -> bool:
        """Whether registration has times of its own."""
        return is_written(self.event, "opens_at", "closes_at")

    @property
    def has_policy_errors(self) -> bool:
        """Whether something is wrong among the rules that are seldom changed."""
        names = ("hold_minutes", "waitlist_limit", "waitlist_policy", "offer_hours")
        return any(self.event[name].errors for name in names)

    @property
    def has_accessibility(self) -> bool:
        """Whether the event says anything else than its place."""
        return is_written(self.event, *(FEATURE + feature for feature in AccessibilityFeature))

    @property
    def has_topics(self) -> bool:
        """Whether it is about any topic."""
        return is_written(self.event, "topics")

    def show_refusal(self, refusal: DomainError) -> None:
        """Say what the domain refused at the field or the row that it is about."""
        if not isinstance(refusal, FieldErrors):
            show_refusal(self.event, refusal)
            return
        rows: dict[str, list[forms.Form]] = {
            "sessions": [form for form in _kept(self.sessions) if not form.is_empty],
            "reminders": [form for form in _kept(self.reminders) if not form.is_empty],
        }
        for path, sentences in refusal.errors.items():
            part, _dot, rest = path.partition(".")
            number, _dot, name = rest.partition(".")
            words = [str(sentence) for sentence in sentences]
            if part in rows and number.isdecimal() and int(number) < len(rows[part]):
                show_at(rows[part][int(number)], name, words)
            else:
                show_at(self.event, rest if part == "registration" else part, words)

    def definition(self) -> EventDefinition:
        """The event to be made."""
        typed = self.event.cleaned_data
        return EventDefinition(
            unit=typed["unit"],
            slug=typed["slug"] or None,
            visibility=Visibility(typed["visibility"]) if typed["visibility"] else None,
            sessions=self._sessions(),
            registration=RegistrationDefinition(
                required={"yes": True, "no": False}.get(typed["required"]),
                categories=self._categories(),
                **self._policy(),
            ),
            reminders=None if typed["usual_reminders"] else self._reminders(),
            **self._words_and_place(),
        )

    def edit(self) -> EventEdit:
        """The changes to an event: everything the sheet shows."""
        typed = self.event.cleaned_data
        return EventEdit(
            visibility=Visibility(typed["visibility"]),
            sessions=self._sessions(),
            registration=RegistrationEdit(
                required=typed["required"] == "yes", categories=self._categories(), **self._policy()
            ),
            reminders=self._reminders(),
            **self._words_and_place(),
        )

    @property
    def notify(self) -> bool | None:
        """Whether people are told of a change; None: as is usual for what changed."""
        return {"yes": True, "no": False}.get(self.event.cleaned_data["notify"])

    @property
    def version(self) -> int:
        """The version that the person saw; one that was tampered with fits no event."""
        version: int | None = self.event.cleaned_data["version"]
        return version or 0

    def _words_and_place(self) -> dict[str, Any]:
        typed = self.event.cleaned_data
        names = ("kind", "title", "summary", "description", "venue", "district", "join_url", "process", "stage")
        answers = {feature.value: typed[FEATURE + feature] for feature in AccessibilityFeature}
        return {
            **{name: typed[name] for name in names},
            "mode": EventMode(typed["mode"]) if typed["mode"] else None,
            "contact_email": typed["contact_email"],
            "contact_phone": typed["contact_phone"],
            "accessibility": {name: value for name, value in answers.items() if value},
            "topics": tuple(typed["topics"]),
        }

    def _policy(self) -> dict[str, Any]:
        typed = self.event.cleaned_data
        names = ("opens_at", "closes_at", "capacity", "confirm_email", "hold_minutes", "waitlist", "waitlist_limit")
        return {
            **{name: typed[name] for name in (*names, "offer_hours")},
            "waitlist_policy": WaitlistPolicy(typed["waitlist_policy"]),
        }

    def _sessions(self) -> tuple[SessionDefinition, ...]:
        return tuple(form.definition() for form in _kept(self.sessions) if not form.is_empty)

    def _categories(self) -> tuple[CategoryDefinition, ...]:
        return tuple(
            CategoryDefinition(category=form.category, capacity=form.cleaned_data["capacity"])
            for form in self.categories.forms
            if form.category is not None and form.cleaned_data.get("is_listed")
        )

    def _reminders(self) -> tuple[ReminderDefinition, ...]:
        return tuple(form.definition() for form in _kept(self.reminders) if not form.is_empty)


def _kept(rows: forms.BaseFormSet[_Row]) -> list[_Row]:
    return [form for form in rows.forms if form not in rows.deleted_forms]


@dataclass(frozen=True)
class SheetMaker:
    """Makes sheets for one person: `units` are those in which they may make events, None when an event is changed (of `unit`)."""

    units: QuerySet[OrganizationalUnit] | None
    unit: OrganizationalUnit | None = None

    def blank(self) -> EventSheet:
        """A sheet for a new event, with room for one date."""
        categories = [{"code": code} for code in self._categories]
        return self._sheet(event={}, sessions=[{}], categories=categories, reminders=[])

    def filled(self, definition: EventDefinition, *, version: int) -> EventSheet:
        """A sheet that shows an event as it is."""
        policy = definition.registration
        listed = {each.category.code: each.capacity for each in policy.categories}
        return self._sheet(
            event={**_event_initial(definition), **_policy_initial(policy), "version": version},
            sessions=[_session_initial(session) for session in definition.sessions],
            categories=[
                {"code": code, "is_listed": code in listed, "capacity": listed.get(code)} for code in self._categories
            ],
            reminders=[
                {"channel": each.channel.value, "days": each.days, "at": each.at, "minutes": each.minutes}
                for each in definition.reminders or ()
            ],
        )

    def typed(self, data: QueryDict) -> EventSheet:
        """A sheet as somebody sent it, to be checked."""
        return EventSheet(
            event=EventForm(data, units=self.units, unit=self.unit),
            sessions=SessionFormSet(data, prefix="sessions", form_kwargs={"rooms": self._rooms}),
            categories=CategoryFormSet(data, prefix="categories", form_kwargs={"categories": self._categories}),
            reminders=ReminderFormSet(data, prefix="reminders"),
        )

    def with_another(self, data: QueryDict, part: Literal["sessions", "reminders"]) -> EventSheet:
        """The sheet as somebody sent it, unchecked, with one more row: adding a date needs no script."""
        sent = self.typed(data)
        rows = {
            name: [_raw(form) for form in formset.forms]
            for name, formset in (
                ("sessions", sent.sessions),
                ("categories", sent.categories),
                ("reminders", sent.reminders),
            )
        }
        rows[part].append({})
        return self._sheet(event=_raw(sent.event), **rows)

    def _sheet(self, *, event: _Initial, sessions: _Rows, categories: _Rows, reminders: _Rows) -> EventSheet:
        return EventSheet(
            event=EventForm(initial=event, units=self.units, unit=self.unit),
            sessions=SessionFormSet(rows=sessions, prefix="sessions", form_kwargs={"rooms": self._rooms}),
            categories=CategoryFormSet(
                rows=categories, prefix="categories", form_kwargs={"categories": self._categories}
            ),
            reminders=ReminderFormSet(rows=reminders, prefix="reminders"),
        )

    @cached_property
    def _rooms(self) -> Mapping[str, Room]:
        rooms = Room.objects.select_related("venue").order_by("venue__slug", "name")
        return {str(room.pk): room for room in rooms}

    @cached_property
    def _categories(self) -> Mapping[str, ParticipantCategory]:
        return {category.code: category for category in ParticipantCategory.objects.all()}


def _raw(form: forms.Form) -> _Initial:
    return {name: form[name].value() for name in form.fields}


def _event_initial(definition: EventDefinition) -> _Initial:
    names = ("title", "summary", "description", "join_url", "contact_email", "contact_phone")
    objects = ("kind", "venue", "district", "process", "stage")
    chosen = {name: getattr(definition, name) for name in objects}
    return {
        **{name: getattr(definition, name) for name in names},
        **{name: each.pk if each else None for name, each in chosen.items()},
        "mode": definition.mode.value if definition.mode else "",
        "visibility": definition.visibility.value if definition.visibility else "",
        "topics": [topic.pk for topic in definition.topics],
        **{FEATURE + name: value for name, value in definition.accessibility.items()},
    }


def _policy_initial(policy: RegistrationDefinition) -> _Initial:
    names = ("opens_at", "closes_at", "capacity", "confirm_email", "hold_minutes", "waitlist", "waitlist_limit")
    return {
        **{name: getattr(policy, name) for name in (*names, "offer_hours")},
        "waitlist_policy": policy.waitlist_policy.value,
        "required": "yes" if policy.required else "no",
    }


def _session_initial(session: SessionDefinition) -> _Initial:
    return {
        "id": session.id,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "all_day": session.all_day,
        "title": session.title,
        "room": str(session.room.pk) if session.room else "",
        "capacity": session.capacity,
    }
