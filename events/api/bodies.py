"""What organisers say about events and places, as JSON: read into definitions, and read back in the same shape."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.actions.definitions import (
    CategoryDefinition,
    EventDefinition,
    EventEdit,
    RegistrationDefinition,
    RegistrationEdit,
    ReminderDefinition,
    SessionDefinition,
    definition_of,
)
from events.actions.places import RoomDefinition, VenueDefinition
from events.api.fields import LARGEST_ID, LARGEST_INTEGER, Body, TextsField, WallClockField
from events.enums import (
    Accessibility,
    AccessibilityFeature,
    EventMode,
    EventStatus,
    ReminderChannel,
    Visibility,
    WaitlistPolicy,
)
from events.models import (
    District,
    Event,
    EventKind,
    OrganizationalUnit,
    ParticipantCategory,
    ParticipationProcess,
    Room,
    Stage,
    Topic,
    Venue,
)

LONGEST_TITLE: Final = 300
LONGEST_MINUTES: Final = 366 * 24 * 60
SMALLINT: Final = 32_767


def count(**options: Any) -> serializers.IntegerField:
    """A number of seats, minutes or hours that its column can hold."""
    return serializers.IntegerField(**{"min_value": 0, "max_value": LARGEST_INTEGER, "required": False, **options})


def several(body: type[Body], *, most: int, required: bool = True) -> serializers.ListSerializer[Any]:
    """A list of parts, no longer than anybody means."""
    return serializers.ListSerializer(child=body(), max_length=most, required=required)


class AccessibilityField(serializers.DictField):
    """Features with their values; a feature nobody names stays unknown."""

    default_error_messages = {"feature": _("There is no accessibility feature with this name.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.ChoiceField(choices=Accessibility.choices), **options)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Refuse features that do not exist, each at its own name."""
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in AccessibilityFeature.values]
            if unknown:
                raise serializers.ValidationError({name: [self.error_messages["feature"]] for name in unknown})
        values: dict[str, str] = super().to_internal_value(data)
        return values


class SessionBody(Body):
    """A dated part; `id` names the one that an edit changes."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    starts_at = WallClockField()
    ends_at = WallClockField()
    all_day = serializers.BooleanField(required=False)
    title = TextsField(required=False, allow_null=True, blank=True, longest=LONGEST_TITLE)
    room = serializers.PrimaryKeyRelatedField(
        queryset=Room.objects.all(),
        required=False,
        allow_null=True,
        pk_field=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
    )
    capacity = count(allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A session is given whole, also where the event around it is given in part."""
        missing = [name for name in ("starts_at", "ends_at") if name not in attrs]
        if missing:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in missing}
            )
        return attrs


class CategoryBody(Body):
    """A category that may register, with the seats it may take at most."""

    category = serializers.SlugRelatedField(slug_field="code", queryset=ParticipantCategory.objects.all())
    capacity = count(allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A category without its name is none, also where the event is given in part."""
        if "category" not in attrs:
            raise serializers.ValidationError({"category": [self.fields["category"].error_messages["required"]]})
        return attrs


class RegistrationBody(Body):
    """How people sign up."""

    required = serializers.BooleanField(required=False)  # type: ignore[assignment]  # a declared field
    opens_at = WallClockField(required=False, allow_null=True)
    closes_at = WallClockField(required=False, allow_null=True)
    capacity = count(allow_null=True)
    categories = several(CategoryBody, most=50, required=False)
    confirm_email = serializers.BooleanField(required=False)
    hold_minutes = count(min_value=1, max_value=LONGEST_MINUTES)
    waitlist = serializers.BooleanField(required=False)
    waitlist_limit = count(allow_null=True)
    waitlist_policy = serializers.ChoiceField(choices=WaitlistPolicy.choices, required=False)
    offer_hours = count(min_value=1, max_value=24 * 366, allow_null=True)
    group_max = count(min_value=1, max_value=SMALLINT)
    approval = serializers.BooleanField(required=False)


class BeforeBody(Body):
    """How long before: whole days at a time of the wall clock, or minutes."""

    days = count(max_value=366)
    at = serializers.TimeField(required=False, format="%H:%M")
    minutes = count(max_value=LONGEST_MINUTES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two ways."""
        if set(attrs) not in ({"days", "at"}, {"minutes"}):
            raise serializers.ValidationError(_("Give either days and at, or minutes."))
        return attrs


class ReminderBody(Body):
    """One reminder on one channel."""

    channel = serializers.ChoiceField(choices=ReminderChannel.choices)
    before = BeforeBody()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A reminder is given whole, also where the event around it is given in part."""
        missing = [name for name in ("channel", "before") if name not in attrs]
        if missing:
            raise serializers.ValidationError(
                {name: [self.fields[name].error_messages["required"]] for name in missing}
            )
        return attrs


class EventParts(Body):
    """What can be said when an event is made and changed later."""

    kind = serializers.SlugRelatedField(slug_field="code", queryset=EventKind.objects.all())
    title = TextsField(longest=LONGEST_TITLE)
    summary = TextsField(required=False, blank=True)
    description = TextsField(required=False, blank=True)
    mode = serializers.ChoiceField(choices=EventMode.choices, required=False)
    venue = serializers.SlugRelatedField(
        slug_field="slug", queryset=Venue.objects.all(), required=False, allow_null=True
    )
    district = serializers.SlugRelatedField(
        slug_field="slug", queryset=District.objects.all(), required=False, allow_null=True
    )
    join_url = serializers.URLField(required=False, allow_null=True, allow_blank=True, max_length=500)
    contact_email = serializers.EmailField(required=False, allow_null=True, allow_blank=True)
    contact_phone = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=32)
    accessibility = AccessibilityField(required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    process = serializers.SlugRelatedField(
        slug_field="slug", queryset=ParticipationProcess.objects.all(), required=False, allow_null=True
    )
    stage = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=SMALLINT,
        help_text=_("The stage's number in the process."),
    )
    topics = serializers.ListField(child=serializers.SlugField(max_length=120), required=False, max_length=50)
    sessions = several(SessionBody, most=200)
    registration = RegistrationBody(required=False)
    reminders = several(ReminderBody, most=20, required=False)

    def validate_topics(self, slugs: list[str]) -> tuple[Topic, ...]:
        """Every topic exists."""
        found = {topic.slug: topic for topic in Topic.objects.filter(slug__in=slugs)}
        unknown = [slug for slug in slugs if slug not in found]
        if unknown:
            raise serializers.ValidationError(_("There is no topic %(topics)s.") % {"topics": ", ".join(unknown)})
        return tuple(found[slug] for slug in dict.fromkeys(slugs))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A stage is one of the process that is given, or of the one that the event has already."""
        event = self.instance if isinstance(self.instance, Event) else None
        process = attrs.get("process", event.process if event else None)
        number = attrs.get("stage")
        if number is not None:
            stage = Stage.objects.filter(process=process, number=number).first()
            if stage is None:
                raise serializers.ValidationError({"stage": [_("The process has no stage with this number.")]})
            attrs["stage"] = stage
        elif "process" in attrs and "stage" not in attrs and event is not None and event.process != process:
            attrs["stage"] = None
        return attrs

    def parts(self) -> dict[str, Any]:
        """What was said, as definitions want it."""
        said = dict(self.validated_data)
        for name in ("join_url", "contact_email", "contact_phone"):
            if name in said:
                said[name] = said[name] or ""
        if "sessions" in said:
            said["sessions"] = tuple(SessionDefinition(**session) for session in said["sessions"])
        if "reminders" in said:
            said["reminders"] = tuple(
                ReminderDefinition(channel=ReminderChannel(reminder["channel"]), **reminder["before"])
                for reminder in said["reminders"]
            )
        if "categories" in said.get("registration", {}):
            said["registration"]["categories"] = tuple(
                CategoryDefinition(**category) for category in said["registration"]["categories"]
            )
        for name, words in (("mode", EventMode), ("visibility", Visibility)):
            if name in said:
                said[name] = words(said[name])
        return said


class NewEventBody(EventParts):
    """An event to be made; what is left out is usual for its kind."""

    unit = serializers.SlugField(max_length=80)
    slug = serializers.SlugField(required=False, allow_null=True, max_length=120)

    def definition(self, unit: OrganizationalUnit) -> EventDefinition:
        """The event as its action wants it, in a unit that was asked for at the door."""
        said = self.parts()
        del said["unit"]
        if "registration" in said:
            said["registration"] = RegistrationDefinition(**said["registration"])
        return EventDefinition(unit=unit, **said)


class EventEditBody(EventParts):
    """Changes to an event; what is left out stays. `sessions`, `topics` and `reminders` are given whole."""

    notify = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text=_("Whether people are told; left out: when time, place, way of taking part or status change."),
    )

    def edit(self) -> EventEdit:
        """The changes as their action wants them."""
        said = self.parts()
        said.pop("notify", None)
        if "registration" in said:
            said["registration"] = RegistrationEdit(**said["registration"])
        return EventEdit(**said)


class ManagedEventShape(EventParts):
    """An event as its organisers said it, with what the system knows besides."""

    unit = serializers.CharField()
    slug = serializers.CharField()
    uid = serializers.UUIDField()
    status = serializers.ChoiceField(choices=EventStatus.choices)
    version = serializers.IntegerField()
    is_example = serializers.BooleanField()
    planned_only = serializers.BooleanField()
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField()
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, event: Event) -> dict[str, Any]:
        """The definition read back, so that it can be sent again."""
        definition = definition_of(event)
        facts: dict[str, Any] = {name: getattr(event, name) for name in FACTS}
        return super().to_representation(
            {
                **facts,
                "unit": event.unit.slug,
                "kind": definition.kind,
                "title": definition.title,
                "summary": definition.summary,
                "description": definition.description,
                "mode": event.mode or None,
                "venue": definition.venue,
                "district": definition.district,
                "join_url": definition.join_url or None,
                "contact_email": definition.contact_email or None,
                "contact_phone": definition.contact_phone or None,
                "accessibility": definition.accessibility,
                "visibility": definition.visibility,
                "process": definition.process,
                "stage": definition.stage.number if definition.stage else None,
                "topics": [topic.slug for topic in definition.topics],
                "sessions": definition.sessions,
                "registration": definition.registration,
                "reminders": [
                    {"channel": reminder.channel, "before": _before(reminder)}
                    for reminder in definition.reminders or ()
                ],
            }
        )


FACTS: Final = (
    "slug",
    "uid",
    "status",
    "version",
    "is_example",
    "planned_only",
    "starts_at",
    "ends_at",
    "time_zone",
    "created_at",
    "published_at",
)


def _before(reminder: ReminderDefinition) -> dict[str, Any]:
    if reminder.minutes is not None:
        return {"minutes": reminder.minutes}
    return {"days": reminder.days, "at": reminder.at}


class ManagedEventSummaryShape(serializers.Serializer[Event]):
    """An event in its organisers' list."""

    slug = serializers.CharField()
    unit = serializers.CharField(source="unit.slug")
    kind = serializers.CharField(source="kind.code")
    title = TextsField()
    status = serializers.ChoiceField(choices=EventStatus.choices)
    visibility = serializers.ChoiceField(choices=Visibility.choices)
    mode = serializers.SerializerMethodField()
    venue = serializers.CharField(source="venue.slug", allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    @extend_schema_field(serializers.ChoiceField(choices=EventMode.choices, allow_null=True))
    def get_mode(self, event: Event) -> str | None:
        """Null where a source does not say."""
        return event.mode or None


class RoomBody(Body):
    """A room; its legal number of people limits every event in it."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    name = serializers.CharField(max_length=120)
    capacity = count(allow_null=True)


class VenueBody(Body):
    """A place; both coordinates or none."""

    slug = serializers.SlugField(max_length=80)
    name = TextsField(longest=200)
    address = serializers.CharField(max_length=250)
    district = serializers.SlugRelatedField(
        slug_field="slug", queryset=District.objects.all(), required=False, allow_null=True
    )
    latitude = serializers.DecimalField(8, 6, required=False, allow_null=True, coerce_to_string=False)
    longitude = serializers.DecimalField(9, 6, required=False, allow_null=True, coerce_to_string=False)
    accessibility = AccessibilityField(required=False)
    directions = TextsField(required=False, blank=True)
    rooms = several(RoomBody, most=200, required=False)

    def definition(self, venue: Venue | None = None) -> VenueDefinition:
        """The place as its action wants it; what is left out stays as it was."""
        said = dict(self.validated_data)
        said["rooms"] = tuple(RoomDefinition(**room) for room in said.get("rooms", ()))
        if venue is not None:
            names = ("slug", "name", "address", "district", "latitude", "longitude", "accessibility", "directions")
            said = {**{name: getattr(venue, name) for name in names}, **said}
        return VenueDefinition(**said)


class CancelBody(Body):
    """Why the event does not take place, and whether people are told."""

    reason = serializers.CharField(max_length=2_000)
    notify = serializers.BooleanField(default=True)


class PublishBody(Body):
    """Why what is missing may be passed over, where a role may do that."""

    override_reason = serializers.CharField(required=False, allow_blank=True, max_length=2_000)
