"""What organisers say about events, as JSON: read into definitions, and read back in the same shape."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.actions.definitions import (
    UNSET,
    CategoryDefinition,
    EventDefinition,
    EventEdit,
    RegistrationDefinition,
    RegistrationEdit,
    ReminderDefinition,
    SessionDefinition,
    definition_of,
)
from events.api.fields import (
    SMALLINT,
    Body,
    ClockField,
    SlugsField,
    TextsField,
    WallClockField,
    WholeBody,
    count,
    row_id,
    several,
)
from events.api.programme import (
    LONGEST_TITLE,
    MOST_QUESTIONS,
    MOST_ROLES,
    AgendaItemBody,
    QuestionBody,
    RoleBody,
    refuse_strangers,
)
from events.enums import (
    Accessibility,
    AccessibilityFeature,
    AgeRule,
    EventMode,
    EventStatus,
    NoAnswer,
    ReminderAudience,
    ReminderChannel,
    Visibility,
    WaitlistPolicy,
)
from events.models import (
    Audience,
    District,
    Event,
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

MOST_SESSIONS: Final = 200
LONGEST_MINUTES: Final = 366 * 24 * 60


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


class SessionBody(WholeBody):
    """A dated part; `id` names the one that an edit changes."""

    id = row_id()
    starts_at = WallClockField()
    ends_at = WallClockField()
    all_day = serializers.BooleanField(required=False)
    title = TextsField(required=False, allow_null=True, blank=True, longest=LONGEST_TITLE)
    room = serializers.PrimaryKeyRelatedField(
        queryset=Room.objects.all(),
        required=False,
        allow_null=True,
        pk_field=row_id(),
    )
    capacity = count(allow_null=True)
    agenda = several(AgendaItemBody, most=200, required=False)

    def to_representation(self, session: SessionDefinition) -> dict[str, Any]:
        """A session always shows its agenda, be it empty."""
        agenda = () if session.agenda is UNSET else session.agenda
        return super().to_representation(replace(session, agenda=agenda))

    @staticmethod
    def definition(said: dict[str, Any]) -> SessionDefinition:
        """The session as its action wants it; an agenda that is left out stays."""
        if "agenda" in said:
            said = {**said, "agenda": tuple(AgendaItemBody.definition(item) for item in said["agenda"])}
        return SessionDefinition(**said)


class CategoryBody(WholeBody):
    """A category that may register, with the seats it may take at most."""

    category = serializers.SlugRelatedField(slug_field="code", queryset=ParticipantCategory.objects.all())
    capacity = count(allow_null=True)


class RegistrationBody(Body):
    """How people sign up."""

    required = serializers.BooleanField(required=False)  # type: ignore[assignment]  # a declared field
    opens_at = WallClockField(required=False, allow_null=True)
    closes_at = WallClockField(required=False, allow_null=True)
    capacity = count(allow_null=True)
    reserved = count()
    categories = several(CategoryBody, most=50, required=False)
    confirm_email = serializers.BooleanField(required=False)
    hold_minutes = count(min_value=1, max_value=LONGEST_MINUTES)
    waitlist = serializers.BooleanField(required=False)
    waitlist_limit = count(allow_null=True)
    waitlist_policy = serializers.ChoiceField(choices=WaitlistPolicy.choices, required=False)
    offer_hours = count(min_value=1, max_value=24 * 366, allow_null=True)
    group_max = count(min_value=1, max_value=SMALLINT)
    approval = serializers.BooleanField(required=False)
    approval_holds_seat = serializers.BooleanField(required=False)
    assistants_take_seats = serializers.BooleanField(required=False)
    wheelchair_places = count(max_value=SMALLINT, allow_null=True)
    ask_days_before = count(min_value=1, max_value=366, allow_null=True)
    ask_reply_hours = count(min_value=1, max_value=24 * 90)
    ask_no_answer = serializers.ChoiceField(choices=NoAnswer.choices, required=False)


class BeforeBody(Body):
    """How long before: whole days at a time of the wall clock, or minutes."""

    days = count(max_value=366)
    at = ClockField(required=False)
    minutes = count(max_value=LONGEST_MINUTES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two ways."""
        if set(attrs) not in ({"days", "at"}, {"minutes"}):
            raise serializers.ValidationError(_("Give either days and at, or minutes."))
        return attrs


class AfterBody(WholeBody):
    """How many minutes after the end."""

    minutes = count(required=True, max_value=LONGEST_MINUTES)


class ReminderBody(WholeBody):
    """One reminder on one channel, before the start or after the end; `audience` left out: people with a seat."""

    channel = serializers.ChoiceField(choices=ReminderChannel.choices)
    audience = serializers.ChoiceField(choices=ReminderAudience.choices, required=False)
    before = BeforeBody(required=False, allow_null=True)
    after = AfterBody(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two sides; null is as if it were left out."""
        attrs = super().validate(attrs)
        if (attrs.get("before") is None) == (attrs.get("after") is None):
            raise serializers.ValidationError({"before": [_("Give either before or after.")]})
        return attrs

    @staticmethod
    def definition(said: dict[str, Any]) -> ReminderDefinition:
        """The reminder as its action wants it."""
        before, after = said.get("before") or {}, said.get("after") or {}
        return ReminderDefinition(
            channel=ReminderChannel(said["channel"]),
            audience=ReminderAudience(said.get("audience", ReminderAudience.CONFIRMED)),
            minutes_after=after.get("minutes"),
            **before,
        )

    def to_representation(self, reminder: ReminderDefinition) -> dict[str, Any]:
        """One of the ways, as it is sent; that it is for people with a seat goes without saying."""
        said: dict[str, object] = {"channel": reminder.channel}
        if reminder.audience != ReminderAudience.CONFIRMED:
            said["audience"] = reminder.audience
        if reminder.minutes_after is not None:
            said["after"] = {"minutes": reminder.minutes_after}
        elif reminder.minutes is not None:
            said["before"] = {"minutes": reminder.minutes}
        else:
            said["before"] = {"days": reminder.days, "at": reminder.at}
        return {name: value for name, value in super().to_representation(said).items() if value is not None}


# The lists of an event whose items are definitions of their own.
DEFINITIONS: Final[Mapping[str, Callable[[dict[str, Any]], object]]] = {
    "sessions": SessionBody.definition,
    "roles": RoleBody.definition,
    "questions": QuestionBody.definition,
    "reminders": ReminderBody.definition,
    "languages": str,
}


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
    topics = SlugsField(Topic, required=False)
    audiences = SlugsField(Audience, required=False)
    organizations = SlugsField(Organization, required=False)
    languages = serializers.ListField(
        child=serializers.RegexField(r"^[a-z]{2,3}$"),
        required=False,
        max_length=20,
        help_text=_("Languages of the meeting itself, by their ISO 639 codes."),
    )
    streamed = serializers.BooleanField(source="is_streamed", required=False)
    recorded = serializers.BooleanField(source="is_recorded", required=False)
    people_limit = count(
        allow_null=True,
        help_text=_("How many people may be inside at once; null: as many as the smallest of the event's rooms holds."),
    )
    staff_count = count(max_value=SMALLINT, help_text=_("How many people who work there are in the room with them."))
    age_rule = serializers.ChoiceField(choices=AgeRule.choices, required=False)
    age_limit = count(allow_null=True, max_value=SMALLINT)
    join_opens_minutes = count(max_value=SMALLINT)
    roles = several(RoleBody, most=MOST_ROLES, required=False)
    questions = several(QuestionBody, most=MOST_QUESTIONS, required=False)
    sessions = several(SessionBody, most=MOST_SESSIONS)
    room_override_reason = serializers.CharField(
        required=False,
        allow_blank=True,
        write_only=True,
        max_length=2_000,
        help_text=_("Why the event may share a room that is taken, where a role may do that."),
    )
    registration = RegistrationBody(required=False)
    reminders = several(ReminderBody, most=20, required=False)

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
        for name, definition in DEFINITIONS.items():
            if name in said:
                said[name] = tuple(definition(item) for item in said[name])
        if "categories" in said.get("registration", {}):
            said["registration"]["categories"] = tuple(
                CategoryDefinition(**category) for category in said["registration"]["categories"]
            )
        for name, words in (("mode", EventMode), ("visibility", Visibility), ("age_rule", AgeRule)):
            if name in said:
                said[name] = words(said[name])
        if isinstance(self.instance, Event):
            event = self.instance
            refuse_strangers(said.get("roles", ()), said.get("sessions", ()), unit=event.unit, event=event)
        return said


class NewEventBody(EventParts):
    """An event to be made; what is left out is usual for its kind."""

    unit = serializers.SlugField(max_length=80)
    slug = serializers.SlugField(required=False, allow_null=True, max_length=120)

    def definition(self, unit: OrganizationalUnit) -> EventDefinition:
        """The event as its action wants it, in a unit that was asked for at the door."""
        said = self.parts()
        del said["unit"]
        refuse_strangers(said.get("roles", ()), said["sessions"], unit=unit, event=None)
        if "registration" in said:
            said["registration"] = RegistrationDefinition(**said["registration"])
        return EventDefinition(unit=unit, **said)


class RegistrationEditBody(RegistrationBody):
    """Changes to how people sign up."""

    allow_overbooking = serializers.BooleanField(
        required=False,
        write_only=True,
        help_text=_(
            "True: where more seats are taken than there are to be, here or of a session, the rest is kept as overbooked "
            "instead of being refused (409 over_capacity). A word about this edit: it is not stored."
        ),
    )


class EventEditBody(EventParts):
    """Changes to an event; what is left out stays. Lists (`sessions`, `topics`, `reminders` …) are given whole."""

    registration = RegistrationEditBody(required=False)
    notify = serializers.BooleanField(
        required=False,
        allow_null=True,
        help_text=_("Whether people are told; left out: when time, place, way of taking part or status change."),
    )

    def edit(self) -> EventEdit:
        """The changes as their action wants them."""
        said = self.parts()
        said.pop("notify", None)
        registration = said.pop("registration", None)
        if registration is None:
            return EventEdit(**said)
        allow_overbooking = registration.pop("allow_overbooking", False)
        return EventEdit(registration=RegistrationEdit(**registration), allow_overbooking=allow_overbooking, **said)


class ManagedEventShape(EventParts):
    """An event as its organisers said it, with what the system knows besides."""

    unit = serializers.CharField()
    slug = serializers.CharField()
    uid = serializers.UUIDField()
    status = serializers.ChoiceField(choices=EventStatus.choices)
    version = serializers.IntegerField()
    is_example = serializers.BooleanField()
    is_template = serializers.BooleanField()
    planned_only = serializers.BooleanField()
    series = serializers.IntegerField(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField()
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, event: Event) -> dict[str, Any]:
        """The definition read back, so that it can be sent again."""
        definition = definition_of(event)
        facts: dict[str, Any] = {name: getattr(event, name) for name in FACTS} | {"series": event.series_id}
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
                "topics": definition.topics,
                "audiences": definition.audiences,
                "organizations": definition.organizations,
                "languages": definition.languages or (),
                "is_streamed": definition.is_streamed,
                "is_recorded": definition.is_recorded,
                "people_limit": definition.people_limit,
                "staff_count": definition.staff_count,
                "age_rule": definition.age_rule,
                "age_limit": definition.age_limit,
                "join_opens_minutes": definition.join_opens_minutes,
                "roles": definition.roles,
                "questions": definition.questions,
                "sessions": definition.sessions,
                "registration": definition.registration,
                "reminders": definition.reminders or (),
            }
        )


FACTS: Final = (
    "slug",
    "uid",
    "status",
    "version",
    "is_example",
    "is_template",
    "planned_only",
    "starts_at",
    "ends_at",
    "time_zone",
    "created_at",
    "published_at",
)


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
