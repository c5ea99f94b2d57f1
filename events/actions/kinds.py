"""Kinds of meetings with what is usual for them, and topics: what touches every unit, only administrators change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events.actions.calendar import refresh_for
from events.actions.definitions import UNSET, RegistrationDefinition, ReminderDefinition, given
from events.actions.faults import Faults, model_faults, text_faults
from events.actions.history import plain
from events.actions.rules import new_rules, reminder_as_json, reminder_rows
from events.actions.search_texts import keep_search_words_of
from events.enums import Accessibility, AccessibilityFeature, Visibility
from events.errors import AdministratorsOnly, FieldErrors
from events.models import Event, EventKind, ParticipationProcess, Topic, Translated, User
from events.permissions import May, allowed_anywhere

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
# Dates are never usual, and whether people register at all is a column of its own.
_NEVER_USUAL: Final = frozenset({"required", "opens_at", "closes_at"})


@dataclass(frozen=True, kw_only=True)
class KindDefinition:
    """A kind of meeting as somebody typed it; what is left out of `registration` is as everywhere."""

    code: str
    name: Translated
    position: int = 0
    registration_required: bool = True
    visibility: Visibility = Visibility.PUBLIC
    registration: RegistrationDefinition = field(default_factory=RegistrationDefinition)
    reminders: tuple[ReminderDefinition, ...] = ()
    accessibility: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    notice_days: int = 0
    contact_retention_days: int = 180
    needs_retention_days: int = 30


@dataclass(frozen=True, kw_only=True)
class TopicDefinition:
    """A topic as somebody typed it."""

    slug: str
    name: Translated
    process: ParticipationProcess | None = None
    position: int = 0


@transaction.atomic
def create_kind(definition: KindDefinition, *, by: User, at: datetime) -> EventKind:  # noqa: ARG001 - every action says when
    """Make a kind of meeting."""
    _require_administrator(by)
    kind = EventKind(code=definition.code)
    _set_columns(kind, definition, is_taken=EventKind.objects.filter(code=definition.code).exists())
    kind.save(force_insert=True)
    return kind


@transaction.atomic
def edit_kind(kind: EventKind, definition: KindDefinition, *, by: User, at: datetime) -> EventKind:
    """Change a kind: events to come begin with the new defaults, those that are there keep theirs.

    Its code stays, because programs call it so; calendars show its new name at once.
    """
    _require_administrator(by)
    changed = EventKind.objects.select_for_update().get(pk=kind.pk)
    is_renamed = changed.name != definition.name
    _set_columns(changed, definition)
    changed.save()
    if is_renamed:
        refresh_for(kind_ids=[kind.pk], at=at)
    return changed


@transaction.atomic
def create_topic(definition: TopicDefinition, *, by: User, at: datetime) -> Topic:  # noqa: ARG001 - every action says when
    """Make a topic that events can be filtered by."""
    _require_administrator(by)
    topic = Topic(slug=definition.slug, process=definition.process)
    _set_words(topic, definition, is_taken=Topic.objects.filter(slug=definition.slug).exists())
    topic.save(force_insert=True)
    return topic


@transaction.atomic
def edit_topic(topic: Topic, definition: TopicDefinition, *, by: User, at: datetime) -> Topic:
    """Change a topic; search and calendars say so at once, and its short name stays."""
    _require_administrator(by)
    changed = Topic.objects.select_for_update().get(pk=topic.pk)
    is_renamed = changed.name != definition.name
    changed.process = definition.process
    _set_words(changed, definition)
    changed.save()
    if is_renamed:
        keep_search_words_of(Event.objects.filter(topics=topic).values_list("pk", flat=True))
        refresh_for(topic_ids=[topic.pk], at=at)
    return changed


def _require_administrator(by: User) -> None:
    if May.ADMINISTER not in allowed_anywhere(by):
        raise AdministratorsOnly


def _set_words(topic: Topic, definition: TopicDefinition, *, is_taken: bool = False) -> None:
    topic.name, topic.position = definition.name, definition.position
    errors = model_faults(topic, only=("slug", "position")) | text_faults(topic, ("name",))
    if is_taken:
        errors["slug"] = [_("Another topic has this short name already.")]
    if errors:
        raise FieldErrors(errors)


def _set_columns(kind: EventKind, definition: KindDefinition, *, is_taken: bool = False) -> None:
    kind.name, kind.position = definition.name, definition.position
    kind.registration_required = definition.registration_required
    kind.default_visibility = definition.visibility
    kind.notice_days = definition.notice_days
    kind.contact_retention_days = definition.contact_retention_days
    kind.needs_retention_days = definition.needs_retention_days
    kind.default_reminders = [reminder_as_json(rule) for rule in definition.reminders]
    kind.default_registration = _usual(definition.registration)
    kind.default_accessibility = dict(definition.accessibility)
    kind.default_languages = list(dict.fromkeys(definition.languages))
    errors = _faults(kind, is_taken=is_taken) | _faults_of_usual(kind, definition)
    if errors:
        raise FieldErrors(errors)


def _usual(registration: RegistrationDefinition) -> dict[str, object]:
    """As `registration` in the body of the contract, only what is said."""
    names = [column.name for column in fields(registration) if column.name not in {*_NEVER_USUAL, "categories"}]
    usual = {name: plain(value) for name, value in given(registration, names).items()}
    if registration.categories is not UNSET:
        usual["categories"] = [
            {"category": item.category.code, "capacity": item.capacity} for item in registration.categories
        ]
    return usual


def _faults(kind: EventKind, *, is_taken: bool) -> Faults:
    numbers = ("code", "position", "notice_days", "contact_retention_days", "needs_retention_days")
    errors = model_faults(kind, only=(*numbers, "default_visibility")) | text_faults(kind, ("name",))
    if is_taken:
        errors["code"] = [_("Another kind of meeting has this short name already.")]
    features, values = set(kind.default_accessibility), set(kind.default_accessibility.values())
    if features - set(AccessibilityFeature.values) or values - set(Accessibility.values):
        errors["accessibility"] = [_("Say yes, no, unknown or on_request, of features that exist.")]
    if not all(_LANGUAGE.fullmatch(code) for code in kind.default_languages):
        errors["languages"] = [_("Name languages by their codes, like pl or uk.")]
    return errors


def _faults_of_usual(kind: EventKind, definition: KindDefinition) -> Faults:
    """What an event could not begin with must not be usual: it is tried on one that is never saved."""
    errors: Faults = {}
    event = Event(kind=kind, time_zone=settings.TIME_ZONE)
    trials = (
        lambda: new_rules(event, definition.registration, categories={}),
        lambda: reminder_rows(event, definition.reminders, starts=[]),
    )
    for trial in trials:
        try:
            trial()
        except FieldErrors as refusal:
            errors |= refusal.errors
    return errors
