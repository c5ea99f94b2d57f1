"""An organiser's sheet: all forms of one event together, filled from a definition and read back into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.actions.definitions import (
    UNSET,
    CategoryDefinition,
    EventDefinition,
    EventEdit,
    RegistrationDefinition,
    RegistrationEdit,
    ReminderDefinition,
    SessionDefinition,
)
from events.enums import AccessibilityFeature, AgeRule, EventMode, NoAnswer, Visibility, WaitlistPolicy
from events.errors import DomainError, FieldErrors, OverCapacity, RoomTaken
from events.forms.manage import (
    FEATURE,
    CategoryForm,
    EventForm,
    ReminderForm,
    SessionForm,
    is_written,
    reminder_initial,
)
from events.forms.policies import ASKING, GROUPS, POLICY, QUEUE
from events.forms.refusals import show_at, show_refusal
from events.forms.rows import Initial, Rows, kept, raw, row_formset
from events.models import OrganizationalUnit, ParticipantCategory, Room

SessionFormSet = row_formset(SessionForm, most=100, can_delete=True)
CategoryFormSet = row_formset(CategoryForm, most=100)
ReminderFormSet = row_formset(ReminderForm, most=20, can_delete=True)


@dataclass
class EventSheet:
    """All forms of one event together."""

    event: EventForm
    sessions: forms.BaseFormSet[SessionForm]
    categories: forms.BaseFormSet[CategoryForm]
    reminders: forms.BaseFormSet[ReminderForm]
    # The units in which this person may let two meetings share a room; and the event's own, None while it may be chosen.
    sharing: QuerySet[OrganizationalUnit] | None
    unit: OrganizationalUnit | None

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
        return any(self.event[name].errors for name in QUEUE)

    @property
    def has_groups(self) -> bool:
        """Whether groups may register, or somebody decides about each."""
        is_more = str(self.event["group_max"].value() or "") not in {"", "1"}
        return is_more or any(self.event[name].errors for name in GROUPS) or bool(self.event["approval"].value())

    @property
    def has_question(self) -> bool:
        """Whether people are asked if they still come."""
        return is_written(self.event, "ask_days_before") or any(self.event[name].errors for name in ASKING)

    @property
    def has_circle(self) -> bool:
        """Whether it is meant for anybody in particular."""
        has_rule = self.event["age_rule"].value() not in {None, "", AgeRule.NONE.value}
        return has_rule or is_written(self.event, "audiences", "organizations", "age_limit")

    @property
    def has_languages(self) -> bool:
        """Whether the meeting has languages of its own, or is shown to others."""
        return is_written(self.event, "languages") or any(
            self.event[name].value() for name in ("is_streamed", "is_recorded")
        )

    @property
    def has_room_rules(self) -> bool:
        """Whether it is said how many people may be inside, or how many of them work there."""
        return is_written(self.event, "people_limit") or str(self.event["staff_count"].value() or "0") != "0"

    @property
    def has_link_time(self) -> bool:
        """Whether the link opens at another time than usual."""
        field = self.event["join_opens_minutes"]
        return bool(field.errors) or str(field.value() or "") not in {"", str(field.field.initial)}

    @property
    def asks_why_room_is_shared(self) -> bool:
        """Whether a room turned out to be taken, and this person may let two meetings share it."""
        return is_written(self.event, "room_override_reason")

    @property
    def asks_about_overbooking(self) -> bool:
        """Whether it turned out that more seats are taken than there are to be."""
        return bool(self.event["allow_overbooking"].errors) or self.accepts_overbooking

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
        if isinstance(refusal, OverCapacity) and "capacity" in refusal.details:
            show_at(self.event, "allow_overbooking", [_overbooked_by(refusal)])
            return
        if isinstance(refusal, RoomTaken) and self._may_share_rooms():
            show_at(self.event, "room_override_reason", [refusal.message])
            return
        if not isinstance(refusal, FieldErrors):
            show_refusal(self.event, refusal)
            return
        rows: dict[str, list[forms.Form]] = {
            "sessions": [form for form in kept(self.sessions) if not form.is_empty],
            "reminders": [form for form in kept(self.reminders) if not form.is_empty],
        }
        for path, sentences in refusal.errors.items():
            part, _dot, rest = path.partition(".")
            number, _dot, name = rest.partition(".")
            words = [str(sentence) for sentence in sentences]
            if part in rows and number.isdecimal() and int(number) < len(rows[part]):
                show_at(rows[part][int(number)], name, words)
            else:
                show_at(self.event, rest if part == "registration" else part, words)

    def _may_share_rooms(self) -> bool:
        unit = self.unit or self.event.cleaned_data["unit"]
        return self.sharing is not None and self.sharing.filter(pk=unit.pk).exists()

    def definition(self) -> EventDefinition:
        """The event to be made."""
        typed = self.event.cleaned_data
        is_usual = typed["usual_policy"] and not set(POLICY).intersection(self.event.changed_data)
        return EventDefinition(
            unit=typed["unit"],
            slug=typed["slug"] or None,
            visibility=Visibility(typed["visibility"]) if typed["visibility"] else None,
            sessions=self._sessions(),
            registration=RegistrationDefinition(
                required={"yes": True, "no": False}.get(typed["required"]),
                categories=self._categories(),
                **self._window(),
                **({} if is_usual else self._policy()),
            ),
            reminders=None if typed["usual_reminders"] else self._reminders(),
            languages=tuple(typed["languages"]) or None,
            **self._words_and_place(),
        )

    def edit(self) -> EventEdit:
        """The changes to an event: everything the sheet shows."""
        typed = self.event.cleaned_data
        return EventEdit(
            visibility=Visibility(typed["visibility"]),
            sessions=self._sessions(),
            registration=RegistrationEdit(
                required=typed["required"] == "yes",
                categories=self._categories(),
                **self._window(),
                **self._policy(),
            ),
            reminders=self._reminders(),
            languages=tuple(typed["languages"]),
            allow_overbooking=self.accepts_overbooking,
            **self._words_and_place(),
        )

    @property
    def accepts_overbooking(self) -> bool:
        """Whether somebody has chosen that seats which are taken beyond the new number count as overbooked."""
        return bool(self.event["allow_overbooking"].value())

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
            **{name: tuple(typed[name]) for name in ("topics", "audiences", "organizations")},
            "is_streamed": typed["is_streamed"],
            "is_recorded": typed["is_recorded"],
            "people_limit": typed["people_limit"],
            "staff_count": typed["staff_count"] or 0,
            "age_rule": AgeRule(typed["age_rule"]),
            # An age that was written before another rule was chosen means nothing.
            "age_limit": typed["age_limit"] if typed["age_rule"] == AgeRule.GUARDIAN_STATEMENT else None,
            "join_opens_minutes": typed["join_opens_minutes"],
            "room_override_reason": typed["room_override_reason"],
        }

    def _window(self) -> dict[str, Any]:
        typed = self.event.cleaned_data
        window = {name: typed[name] for name in ("opens_at", "closes_at", "capacity")}
        return {**window, "reserved": typed["reserved"] or 0}

    def _policy(self) -> dict[str, Any]:
        typed = self.event.cleaned_data
        return {
            **{name: typed[name] for name in POLICY},
            "waitlist_policy": WaitlistPolicy(typed["waitlist_policy"]),
            "ask_no_answer": NoAnswer(typed["ask_no_answer"]),
        }

    def _sessions(self) -> tuple[SessionDefinition, ...]:
        return tuple(form.definition() for form in kept(self.sessions) if not form.is_empty)

    def _categories(self) -> tuple[CategoryDefinition, ...]:
        return tuple(
            CategoryDefinition(category=form.category, capacity=form.cleaned_data["capacity"])
            for form in self.categories.forms
            if form.category is not None and form.cleaned_data.get("is_listed")
        )

    def _reminders(self) -> tuple[ReminderDefinition, ...]:
        return tuple(form.definition() for form in kept(self.reminders) if not form.is_empty)


@dataclass(frozen=True)
class SheetMaker:
    """Makes sheets for one person.

    `units` are those in which they may make events, None when an event is changed (of `unit`); `sharing` those in which
    they may let two meetings share a room.
    """

    units: QuerySet[OrganizationalUnit] | None
    unit: OrganizationalUnit | None = None
    sharing: QuerySet[OrganizationalUnit] | None = None

    def blank(self) -> EventSheet:
        """A sheet for a new event, with room for one date."""
        categories = [{"code": code} for code in self._categories]
        return self._sheet(event={}, sessions=[{}], categories=categories, reminders=[])

    def filled(self, definition: EventDefinition, *, version: int) -> EventSheet:
        """A sheet that shows an event as it is."""
        policy = definition.registration
        categories = () if policy.categories is UNSET else policy.categories
        listed = {each.category.code: each.capacity for each in categories}
        return self._sheet(
            event={**_event_initial(definition), **_policy_initial(policy), "version": version},
            sessions=[_session_initial(session) for session in definition.sessions],
            categories=[
                {"code": code, "is_listed": code in listed, "capacity": listed.get(code)} for code in self._categories
            ],
            reminders=[reminder_initial(each) for each in definition.reminders or ()],
        )

    def typed(self, data: QueryDict) -> EventSheet:
        """A sheet as somebody sent it, to be checked."""
        return EventSheet(
            event=EventForm(data, units=self.units, unit=self.unit),
            sessions=SessionFormSet(data, prefix="sessions", form_kwargs={"rooms": self._rooms}),
            categories=CategoryFormSet(data, prefix="categories", form_kwargs={"categories": self._categories}),
            reminders=ReminderFormSet(data, prefix="reminders"),
            sharing=self.sharing,
            unit=self.unit,
        )

    def with_another(self, data: QueryDict, part: Literal["sessions", "reminders"]) -> EventSheet:
        """The sheet as somebody sent it, unchecked, with one more row: adding a date needs no script."""
        sent = self.typed(data)
        rows = {
            name: [raw(form) for form in formset.forms]
            for name, formset in (
                ("sessions", sent.sessions),
                ("categories", sent.categories),
                ("reminders", sent.reminders),
            )
        }
        rows[part].append({})
        return self._sheet(event=raw(sent.event), **rows)

    def _sheet(self, *, event: Initial, sessions: Rows, categories: Rows, reminders: Rows) -> EventSheet:
        return EventSheet(
            event=EventForm(initial=event, units=self.units, unit=self.unit),
            sessions=SessionFormSet(rows=sessions, prefix="sessions", form_kwargs={"rooms": self._rooms}),
            categories=CategoryFormSet(
                rows=categories, prefix="categories", form_kwargs={"categories": self._categories}
            ),
            reminders=ReminderFormSet(rows=reminders, prefix="reminders"),
            sharing=self.sharing,
            unit=self.unit,
        )

    @cached_property
    def _rooms(self) -> Mapping[str, Room]:
        rooms = Room.objects.select_related("venue").order_by("venue__slug", "name")
        return {str(room.pk): room for room in rooms}

    @cached_property
    def _categories(self) -> Mapping[str, ParticipantCategory]:
        return {category.code: category for category in ParticipantCategory.objects.all()}


def _overbooked_by(refusal: OverCapacity) -> str:
    taken, capacity = cast("int", refusal.details["taken"]), cast("int", refusal.details["capacity"])
    sentence = ngettext(
        "%(taken)s seats are taken. Tick here to accept it as overbooked by %(count)s: nobody loses the seat, and none is "
        "given away before fewer than %(capacity)s are taken.",
        "%(taken)s seats are taken. Tick here to accept it as overbooked by %(count)s: nobody loses the seat, and none is "
        "given away before fewer than %(capacity)s are taken.",
        taken - capacity,
    )
    numbers = {"taken": taken, "capacity": capacity, "count": taken - capacity}
    return f"{refusal.message} {sentence % numbers}"


def _event_initial(definition: EventDefinition) -> Initial:
    names = ("title", "summary", "description", "join_url", "join_opens_minutes", "contact_email", "contact_phone")
    facts = ("is_streamed", "is_recorded", "people_limit", "staff_count", "age_limit")
    objects = ("kind", "venue", "district", "process", "stage")
    chosen = {name: getattr(definition, name) for name in objects}
    return {
        **{name: getattr(definition, name) for name in (*names, *facts)},
        **{name: each.pk if each else None for name, each in chosen.items()},
        "mode": definition.mode.value if definition.mode else "",
        "visibility": definition.visibility.value if definition.visibility else "",
        **{name: [each.pk for each in getattr(definition, name)] for name in ("topics", "audiences", "organizations")},
        "languages": list(definition.languages or ()),
        "age_rule": definition.age_rule.value,
        **{FEATURE + name: value for name, value in definition.accessibility.items()},
    }


def _policy_initial(policy: RegistrationDefinition) -> Initial:
    return {
        **{name: getattr(policy, name) for name in ("opens_at", "closes_at", "capacity", "reserved", *POLICY)},
        "required": "yes" if policy.required else "no",
    }


def _session_initial(session: SessionDefinition) -> Initial:
    return {
        "id": session.id,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "all_day": session.all_day,
        "title": session.title,
        "room": str(session.room.pk) if session.room else "",
        "capacity": session.capacity,
    }
