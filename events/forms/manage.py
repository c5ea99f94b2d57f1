"""The forms of an organiser's sheet: the event, its dates, categories and reminders."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from events.actions.definitions import (
    ReminderDefinition,
    SessionDefinition,
)
from events.actions.rules import AFTER_MINUTES
from events.enums import (
    Accessibility,
    AccessibilityFeature,
    AgeRule,
    EventMode,
    Language,
    ReminderAudience,
    ReminderChannel,
    Visibility,
)
from events.forms.policies import PolicyForm
from events.forms.texts import TranslatedFormField, written
from events.models import (
    Audience,
    District,
    EventKind,
    Organization,
    OrganizationalUnit,
    ParticipantCategory,
    ParticipationProcess,
    Room,
    Stage,
    Topic,
    Venue,
)

FEATURE: Final = "access_"
_MOST_PEOPLE: Final = 1_000_000
_MOST_MINUTES: Final = 60 * 24 * 60
_COMING_OF_AGE: Final = 18
_USUAL_LINK_MINUTES: Final = 30
_ONE_DAY: Final = 24 * 60
_MOST_STAFF: Final = 1000
_AS_USUAL: Final = ("", _("As is usual for this kind"))
_WHETHER_REQUIRED: Final = (("yes", _("People have to register")), ("no", _("Everybody may come without registering")))
_ON_THE_WALL: Final = "%Y-%m-%dT%H:%M"


class _WallClockInput(forms.DateTimeInput):
    """Date and time as the browser's own picker gives them."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=_ON_THE_WALL)


class WallClockField(forms.DateTimeField):
    """A time on the wall of the event's zone: without offset, so that the action says which hours exist."""

    widget = _WallClockInput

    def to_python(self, value: Any) -> datetime | None:
        """Read what the browser's picker or a careful typist wrote."""
        if value in self.empty_values:
            return None
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise forms.ValidationError(_("Write date and time like 2027-01-31 17:00."), code="invalid") from error
        if moment.tzinfo is not None:
            raise forms.ValidationError(_("Write date and time like 2027-01-31 17:00."), code="invalid")
        return moment


def _offer(field: forms.Field, choices: Iterable[tuple[str, StrOrPromise]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def _seats(label: StrOrPromise, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=_MOST_PEOPLE, required=False, **options)


def _moment(label: StrOrPromise, **options: Any) -> WallClockField:
    return WallClockField(label=label, required=False, **options)


def language_name(code: str) -> str:
    """A language by its name where it has one in the language of the page."""
    try:
        return capfirst(str(get_language_info(code)["name_translated"]))
    except KeyError:
        return code


def is_written(form: forms.Form, *names: str) -> bool:
    """Whether any of the fields shows something, or something is wrong in it: a reason to unfold it."""
    return any(form[name].errors or _says_something(form[name].value()) for name in names)


def _says_something(value: object) -> bool:
    match value:
        case dict():
            return any(value.values())
        case list() | tuple():
            return any(value)
        case _:
            return value not in {None, ""}


def room_reason() -> forms.CharField:
    """Why a meeting may be in a room that is taken; shown once that has turned out."""
    return forms.CharField(
        label=_("Why two meetings may share the room"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Choose another room or time, or say here why both may be in it. It is kept in the history of both."
        ),
    )


class EventForm(PolicyForm):
    """Everything about an event that stands once; `notify` and `version` belong to changing one."""

    unit = forms.ModelChoiceField(OrganizationalUnit.objects.none(), label=_("Organised by"))
    kind = forms.ModelChoiceField(EventKind.objects.all(), label=_("Kind of meeting"), empty_label=_("Choose one"))
    title = TranslatedFormField(label=_("Title"), max_length=300)
    summary = TranslatedFormField(
        label=_("Summary"), rows=2, max_length=500, required=False, help_text=_("One or two sentences for lists.")
    )
    description = TranslatedFormField(
        label=_("Description"),
        rows=6,
        max_length=20_000,
        required=False,
        help_text=_("What it is about, for whom, what happens with the results. Markdown works."),
    )
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=(_AS_USUAL, *Visibility.choices), required=False)
    audiences = forms.ModelMultipleChoiceField(
        Audience.objects.all(),
        label=_("For whom it is meant"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody else may come all the same, unless the event is restricted."),
    )
    organizations = forms.ModelMultipleChoiceField(
        Organization.objects.all(),
        label=_("Invited organizations"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only of use where the event is restricted: it is shown to nobody but those who are invited."),
    )
    age_rule = forms.ChoiceField(label=_("Age"), choices=AgeRule.choices, initial=AgeRule.NONE, required=False)
    age_limit = forms.IntegerField(
        label=_("A guardian's statement below the age of"),
        min_value=1,
        max_value=_COMING_OF_AGE,
        required=False,
        help_text=_("Years. People only say whether the rule is met; nobody asks for a date of birth."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages of the meeting itself"),
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none ticked it is as usual for the kind, or in Polish."),
    )
    is_streamed = forms.BooleanField(label=_("It can be watched online while it takes place"), required=False)
    is_recorded = forms.BooleanField(label=_("It is recorded"), required=False)
    slug = forms.SlugField(
        label=_("Short name in the address of the page"),
        max_length=120,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is made from the title."),
    )

    mode = forms.ChoiceField(
        label=_("How people take part"),
        choices=(*EventMode.choices, ("", _("Not stated"))),
        initial=EventMode.IN_PERSON,
        required=False,
    )
    venue = forms.ModelChoiceField(Venue.objects.order_by("slug"), label=_("Place"), required=False)
    district = forms.ModelChoiceField(District.objects.all(), label=_("District"), required=False)
    join_url = forms.URLField(
        label=_("Link for taking part online"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Only people with a confirmed registration get it."),
    )
    join_opens_minutes = forms.IntegerField(
        label=_("Minutes before the start from which the link is shown"),
        min_value=0,
        max_value=_ONE_DAY,
        initial=_USUAL_LINK_MINUTES,
    )
    people_limit = _seats(
        _("People who may be inside at once"),
        help_text=_(
            "By law or by the house's rules, staff included. Left empty, what the smallest of the rooms holds."
        ),
    )
    staff_count = forms.IntegerField(
        label=_("Of these, people who work there"), min_value=0, max_value=_MOST_STAFF, initial=0, required=False
    )
    room_override_reason = room_reason()

    process = forms.ModelChoiceField(ParticipationProcess.objects.order_by("slug"), label=_("Process"), required=False)
    stage = forms.ModelChoiceField(Stage.objects.select_related("process"), label=_("Stage"), required=False)
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )

    contact_email = forms.EmailField(label=_("E-mail for questions"), required=False)
    contact_phone = forms.CharField(label=_("Phone for questions"), max_length=32, required=False)

    required = forms.ChoiceField(
        label=_("Registration"),
        choices=(_AS_USUAL, *_WHETHER_REQUIRED),
        required=False,
    )
    capacity = _seats(_("Number of seats"), help_text=_("Left empty, the number of seats is not limited."))
    allow_overbooking = forms.BooleanField(label=_("Accept it as overbooked"), required=False)
    reserved = _seats(
        _("Of these, seats kept for invited people"),
        help_text=_("Whoever is invited by name with such a seat gets one of them, also when all others are taken."),
    )
    opens_at = _moment(_("Registration opens"), help_text=_("Left empty, it is open from publication on."))
    closes_at = _moment(_("Registration closes"), help_text=_("Left empty, it is open until the last date starts."))
    usual_reminders = forms.BooleanField(
        label=_("Remind people as is usual for this kind of meeting"), required=False, initial=True
    )

    notify = forms.ChoiceField(
        label=_("Telling people about this change"),
        choices=(
            ("", _("Tell them if time, place or way of taking part changes")),
            ("yes", _("Tell them in any case")),
            ("no", _("Tell nobody")),
        ),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        units: QuerySet[OrganizationalUnit] | None,
        unit: OrganizationalUnit | None = None,
        **kwargs: Any,
    ) -> None:
        """`units`: those in which this person may make events; None when an event is changed, which is of `unit`."""
        super().__init__(*args, **kwargs)
        self._say_whose_contact_is_shown([unit] if unit else list(units or ()))
        _offer(self.fields["languages"], self._languages())
        for feature in AccessibilityFeature:
            self.fields[FEATURE + feature] = forms.ChoiceField(
                label=feature.label, choices=(("", _("as the place says")), *Accessibility.choices), required=False
            )
        if units is not None:
            unit_field = self.fields["unit"]
            assert isinstance(unit_field, forms.ModelChoiceField)
            unit_field.queryset = units.order_by("slug")
            unit_field.initial = units.first()
            unused: tuple[str, ...] = ("notify", "version")
        else:
            # An event stays with its unit and keeps its address: links to it are out in the world.
            unused = ("unit", "slug", "usual_policy", "usual_reminders")
            _offer(self.fields["visibility"], Visibility.choices)
            _offer(self.fields["required"], _WHETHER_REQUIRED)
        for name in unused:
            del self.fields[name]

    def _languages(self) -> list[tuple[str, StrOrPromise]]:
        """Those of this service, and whatever the event is in besides."""
        also = [code for code in self["languages"].value() or () if code not in Language.values]
        return [*Language.choices, *((code, language_name(code)) for code in also)]

    def _say_whose_contact_is_shown(self, units: list[OrganizationalUnit]) -> None:
        without = [each for each in units if not each.contact_email]
        # Of several units nobody knows yet which one it will be.
        self.unit_without_contact = without[0] if without and len(units) == 1 else None
        if self.unit_without_contact is not None:
            hint = _("Left empty, the address of the unit is shown, but the unit has none yet.")
        elif without:
            hint = _("Left empty, the address of the unit is shown, where it has one.")
        else:
            hint = _("Left empty, the address of the unit is shown.")
        self.fields["contact_email"].help_text = hint

    def clean_age_rule(self) -> str:
        """Nothing chosen is no rule."""
        return str(self.cleaned_data["age_rule"] or AgeRule.NONE)

    def clean(self) -> dict[str, Any]:
        """Check what stands in two fields."""
        typed = super().clean() or self.cleaned_data
        stage, process = typed.get("stage"), typed.get("process")
        if stage is not None and process is not None and stage.process_id != process.pk:
            self.add_error("stage", _("This stage belongs to another process."))
        opens_at, closes_at = typed.get("opens_at"), typed.get("closes_at")
        if opens_at is not None and closes_at is not None and closes_at <= opens_at:
            self.add_error("closes_at", _("Registration has to close after it opens."))
        return typed

    def accessibility_fields(self) -> list[forms.BoundField]:
        """The questions about accessibility, to be shown together."""
        return [self[FEATURE + feature] for feature in AccessibilityFeature]


class SessionForm(forms.Form):
    """One date of an event; a row in which nothing is written is no date."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    starts_at = WallClockField(label=_("Start"), error_messages={"required": _("Give the date and the time.")})
    ends_at = WallClockField(label=_("End"), error_messages={"required": _("Give the date and the time.")})
    all_day = forms.BooleanField(label=_("Only the days are known, not the times"), required=False)
    title = TranslatedFormField(
        label=_("Title of this date"),
        max_length=300,
        required=False,
        help_text=_("Only where an event has several parts."),
    )
    room = forms.ChoiceField(label=_("Room"), required=False)
    capacity = _seats(_("Number of seats on this date"), help_text=_("Left empty, the event's own number counts."))

    def __init__(self, *args: Any, rooms: Mapping[str, Room], **kwargs: Any) -> None:
        """`rooms`: by id, read once for all rows."""
        super().__init__(*args, **kwargs)
        self._rooms = rooms
        field = self.fields["room"]
        assert isinstance(field, forms.ChoiceField)
        # With the place, because rooms are called "Sala 1" everywhere.
        field.choices = [("", "—"), *((key, f"{room.venue} · {room.name}") for key, room in rooms.items())]

    @property
    def has_more(self) -> bool:
        """Whether anything is written besides the times."""
        return is_written(self, "room", "capacity", "title")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in it."""
        return not getattr(self, "cleaned_data", {}).get("starts_at")

    def clean(self) -> dict[str, Any]:
        """Ask for an end after the start."""
        typed = super().clean() or self.cleaned_data
        starts_at, ends_at = typed.get("starts_at"), typed.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at and not (typed["all_day"] and ends_at == starts_at):
            self.add_error("ends_at", _("The end has to be after the start."))
        return typed

    def definition(self) -> SessionDefinition:
        """What the person typed."""
        typed = self.cleaned_data
        return SessionDefinition(
            id=typed["id"],
            starts_at=typed["starts_at"],
            ends_at=typed["ends_at"],
            all_day=typed["all_day"],
            title=written(typed["title"]),
            room=self._rooms.get(typed["room"]),
            capacity=typed["capacity"],
        )


class CategoryForm(forms.Form):
    """Whether a category of participants is named, and its own number of seats."""

    code = forms.SlugField(widget=forms.HiddenInput)
    is_listed = forms.BooleanField(required=False)
    capacity = _seats(_("Seats at most"))

    def __init__(self, *args: Any, categories: Mapping[str, ParticipantCategory], **kwargs: Any) -> None:
        """`categories`: by code, read once for all rows."""
        super().__init__(*args, **kwargs)
        self.category = categories.get(str(self["code"].value() or ""))
        self.fields["is_listed"].label = str(self.category or "")

    def clean_code(self) -> str:
        """Refuse a category that does not exist."""
        if self.category is None:
            raise forms.ValidationError(_("There is no such category."))
        return self.category.code


class ReminderForm(forms.Form):
    """One reminder: days before at a time of day, minutes before, or minutes after the end; an empty row is none."""

    channel = forms.ChoiceField(label=_("By"), choices=ReminderChannel.choices, required=False)
    audience = forms.ChoiceField(
        label=pgettext_lazy("reminded", "To"), choices=ReminderAudience.choices, required=False
    )
    days = forms.IntegerField(label=_("Days before"), min_value=0, max_value=365, required=False)
    at = forms.TimeField(label=_("at"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label=_("or minutes before"), min_value=1, max_value=_MOST_MINUTES, required=False)
    minutes_after = forms.IntegerField(
        label=_("or minutes after the end"), min_value=0, max_value=AFTER_MINUTES, required=False
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in it."""
        typed = getattr(self, "cleaned_data", {})
        return all(typed.get(name) is None for name in ("days", "at", "minutes", "minutes_after"))

    def clean(self) -> dict[str, Any]:
        """Ask for one way of counting."""
        typed = super().clean() or self.cleaned_data
        if self.is_empty or self.errors:
            return typed
        by_day = typed["days"] is not None or typed["at"] is not None
        if by_day and typed["minutes"] is not None:
            self.add_error("minutes", _("Give days and a time of day, or minutes, not both."))
        elif typed["minutes_after"] is not None and (by_day or typed["minutes"] is not None):
            self.add_error("minutes_after", _("Say when before the start, or when after the end, not both."))
        elif by_day and (typed["days"] is None or typed["at"] is None):
            self.add_error("days", _("Give the number of days and the time of day."))
        return typed

    def definition(self) -> ReminderDefinition:
        """What the person typed."""
        typed = self.cleaned_data
        return ReminderDefinition(
            channel=ReminderChannel(typed["channel"] or ReminderChannel.EMAIL),
            audience=ReminderAudience(typed["audience"] or ReminderAudience.CONFIRMED),
            days=typed["days"],
            at=typed["at"],
            minutes=typed["minutes"],
            minutes_after=typed["minutes_after"],
        )


def reminder_initial(reminder: ReminderDefinition) -> dict[str, Any]:
    """A reminder as its row shows it."""
    return {**asdict(reminder), "channel": reminder.channel.value, "audience": reminder.audience.value}
