"""An event's own columns, the lists it stands on, and what it promises to people with special needs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.actions.definitions import UNSET, EventDefinition, EventEdit, Maybe, given
from events.actions.faults import Faults, model_faults, text_faults
from events.actions.history import Difference, plain
from events.enums import Accessibility, AccessibilityFeature, AgeRule, EventChangeKind, EventMode
from events.errors import FieldErrors
from events.models import Event, Venue, merged_accessibility
from events.models.texts import no_text

# Columns of an event that its definition names as they are.
COLUMNS: Final = (
    "kind",
    "title",
    "summary",
    "description",
    "mode",
    "venue",
    "district",
    "join_url",
    "join_opens_minutes",
    "contact_email",
    "contact_phone",
    "accessibility",
    "visibility",
    "process",
    "stage",
    "languages",
    "is_streamed",
    "is_recorded",
    "people_limit",
    "staff_count",
    "age_rule",
    "age_limit",
)
# Links to many rows that a definition names as they are.
LISTS: Final = ("topics", "audiences", "organizations")
_TOLD_APART: Final = frozenset({"mode", "venue", "join_url"})
_MOST_LANGUAGES: Final = 20
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_GUARDIAN_AGES: Final = range(1, 19)
# What nobody has to get over who takes part from where they are.
_OF_THE_PLACE: Final = (
    AccessibilityFeature.STEP_FREE,
    AccessibilityFeature.ACCESSIBLE_TOILET,
    AccessibilityFeature.ACCESSIBLE_PARKING,
)


def set_columns(event: Event, values: Mapping[str, object]) -> None:
    """Set what is given; what does not fit is refused."""
    empty: dict[str, object] = {"mode": "", "summary": no_text(), "description": no_text()}
    old_district = event.venue.district if event.venue else None
    for name, value in values.items():
        setattr(event, name, empty.get(name) if value is None else value)
    event.languages = list(dict.fromkeys(event.languages))
    # A district that nobody named is that of the place, and goes with it.
    if event.district in {None, old_district} and event.venue is not None and not values.get("district"):
        event.district = event.venue.district
    if event.stage is not None and event.process is None:
        event.process = event.stage.process
    # An age that nobody named goes with its rule.
    if event.age_rule != AgeRule.GUARDIAN_STATEMENT and values.get("age_limit") is None:
        event.age_limit = None
    errors = model_faults(event, only=COLUMNS) | text_faults(event, ("title",))
    errors |= _faults_between(event)
    if errors:
        raise FieldErrors(errors)


def _faults_between(event: Event) -> Faults:
    """What fits by itself and not together."""
    errors: Faults = {}
    if event.stage is not None and event.stage.process_id != event.process_id:
        errors["stage"] = [_("This stage belongs to another process.")]
    features = event.accessibility
    if not (
        set(AccessibilityFeature.values).issuperset(features)
        and set(Accessibility.values).issuperset(features.values())
    ):
        errors["accessibility"] = [_("Say yes, no, unknown or on_request, of features that exist.")]
    if len(event.languages) > _MOST_LANGUAGES or not all(_LANGUAGE.fullmatch(code) for code in event.languages):
        errors["languages"] = [_("Name languages by their codes, like pl or uk.")]
    if event.age_rule == AgeRule.GUARDIAN_STATEMENT and event.age_limit not in _GUARDIAN_AGES:
        errors["age_limit"] = [_("Say below which age a guardian's statement is needed, 18 at most.")]
    if event.age_rule != AgeRule.GUARDIAN_STATEMENT and event.age_limit is not None:
        errors["age_limit"] = [_("An age is named only where a guardian's statement is needed.")]
    return errors


def new_columns(definition: EventDefinition) -> dict[str, object]:
    """The columns of an event to be made; what is left out is as usual for its kind."""
    kind = definition.kind
    return {
        **given(definition, COLUMNS),
        "visibility": definition.visibility or kind.default_visibility,
        "accessibility": {**kind.default_accessibility, **definition.accessibility},
        "languages": kind.default_languages if definition.languages is None else definition.languages,
    }


def edit_columns(event: Event, edit: EventEdit) -> Iterator[Difference]:
    """Change the columns that the edit names."""
    before = {name: getattr(event, name) for name in COLUMNS}
    promised = _features(event, Accessibility.YES)
    set_columns(event, given(edit, COLUMNS))
    event.save(update_fields=COLUMNS)
    changed = {name for name in COLUMNS if getattr(event, name) != before[name]}
    if "mode" in changed:
        yield Difference(EventChangeKind.MODE_CHANGED, {"mode": before["mode"]}, {"mode": event.mode})
    if "venue" in changed:
        yield Difference(EventChangeKind.RELOCATED, _venue(before["venue"]), _venue(event.venue))
    if "join_url" in changed:
        # The link is the place of whoever takes part online, but history may be read by more people than the link.
        yield Difference(EventChangeKind.RELOCATED, {}, {"join_url_changed": True})
    lost = sorted(promised & _features(event, Accessibility.NO))
    if lost:
        yield Difference(EventChangeKind.FEATURE_LOST, {"features": lost})
    for name in sorted(changed - _TOLD_APART):
        yield Difference(EventChangeKind.EDITED, {name: plain(before[name])}, {name: plain(getattr(event, name))})


def _features(event: Event, value: Accessibility) -> set[str]:
    """The features that have this value for whoever takes part in the event."""
    if event.mode == EventMode.ONLINE:
        place = {feature.value: Accessibility.YES.value for feature in _OF_THE_PLACE}
    else:
        place = event.venue.accessibility if event.venue else {}
    found = merged_accessibility(place, event.accessibility)
    return {feature for feature in found if found[feature] == value}


def _venue(venue: Venue | None) -> dict[str, object]:
    return {"venue": venue.slug, "name": venue.name, "address": venue.address} if venue else {"venue": None}


def edit_lists(event: Event, edit: EventEdit) -> Iterator[Difference]:
    """Let the event stand on the lists that the edit names."""
    for name in LISTS:
        wanted: Maybe[Sequence[models.Model]] = getattr(edit, name)
        if wanted is UNSET:
            continue
        rows = getattr(event, name)
        before = [row.slug for row in rows.all()]
        rows.set(wanted)
        after = [row.slug for row in rows.all()]
        if before != after:
            yield Difference(EventChangeKind.EDITED, {name: before}, {name: after})
