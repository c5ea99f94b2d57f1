"""What the public API says about events and what they are made of: codes as in bodies, texts in all their languages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.api.fields import TextsField
from events.enums import (
    SUPPLIERS,
    Accessibility,
    AccessibilityFeature,
    AgeRule,
    EventMode,
    EventRoleKind,
    EventStatus,
    Language,
    QuestionKind,
    Visibility,
)
from events.models import Attachment, Event, OrganizationalUnit, SeatPool, Session, Venue, merged_accessibility
from events.queries.notices import current_notice
from events.queries.programmes import Programme
from events.queries.registration_windows import WindowState, registration_window

ACCESSIBILITY_SCHEMA: Final = {
    "type": "object",
    "description": "Feature → value; what nobody has said is unknown.",
    "properties": {
        feature: {"type": "string", "enum": Accessibility.values} for feature in AccessibilityFeature.values
    },
    "additionalProperties": False,
}
Shape = serializers.Serializer[Any]


class VenueShape(Shape):
    """A place and what it offers so that everybody can take part."""

    slug = serializers.CharField()
    name = TextsField()
    address = serializers.CharField()
    district = serializers.CharField(source="district.slug", allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    accessibility = serializers.SerializerMethodField()
    directions = serializers.SerializerMethodField()

    @extend_schema_field(ACCESSIBILITY_SCHEMA)
    def get_accessibility(self, venue: Venue) -> dict[str, str]:
        """Every feature, so that what is not known says so."""
        return merged_accessibility(venue.accessibility)

    @extend_schema_field(TextsField(allow_null=True))
    def get_directions(self, venue: Venue) -> dict[str, str] | None:
        """How to get there; null while nobody has written it."""
        return venue.directions or None


class SessionShape(Shape):
    """A dated part of an event; `all_day`: only the days are known, and the times are the midnights around them."""

    id = serializers.IntegerField()
    uid = serializers.UUIDField()
    title = serializers.SerializerMethodField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    all_day = serializers.BooleanField()
    room = serializers.CharField(source="room.name", allow_null=True)
    is_cancelled = serializers.BooleanField()

    @extend_schema_field(TextsField(allow_null=True))
    def get_title(self, session: Session) -> dict[str, str] | None:
        """Its own title, where it has one."""
        return session.title or None


class SeatsShape(Shape):
    """Seats of a whole: null capacity means no limit, and then nothing is "free"."""

    capacity = serializers.IntegerField(allow_null=True)
    taken = serializers.IntegerField()
    free = serializers.IntegerField(allow_null=True)


class CategorySeatsShape(SeatsShape):
    """Seats that one category may take, inside the seats of the event."""

    category = serializers.CharField()
    name = TextsField()


class SessionSeatsShape(SeatsShape):
    """Seats of one session, inside the seats of the event."""

    session = serializers.IntegerField()


class ChoiceShape(Shape):
    """One of the answers that people choose from."""

    value = serializers.CharField()
    label = TextsField()  # type: ignore[assignment]  # a declared field


class QuestionShape(Shape):
    """A question of the registration form, why it is asked, and for how many days after the event answers are kept."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in QuestionKind])
    text = TextsField()
    help = TextsField(source="help_text")
    choices = ChoiceShape(many=True)
    required = serializers.BooleanField(source="is_required")  # type: ignore[assignment]  # a declared field
    purpose = TextsField()
    retention_days = serializers.IntegerField()


class SpeakerShape(Shape):
    """Somebody who may be named, and for whom they speak; never how to reach them."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in EventRoleKind if kind not in SUPPLIERS])
    name = serializers.CharField()
    organization = serializers.CharField(source="organization.name", default=None, allow_null=True)


class AgendaPointShape(Shape):
    """A point of the agenda; without times only the order is known."""

    title = TextsField(source="item.title")
    description = TextsField(source="item.description")
    starts_at = serializers.DateTimeField(source="item.starts_at", allow_null=True)
    ends_at = serializers.DateTimeField(source="item.ends_at", allow_null=True)
    speakers = SpeakerShape(source="people", many=True)


class AttachmentShape(Shape):
    """A file of an event; `size` in bytes."""

    id = serializers.UUIDField()
    title = TextsField()
    file_name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField())
    def get_url(self, attachment: Attachment) -> str:
        """Where its bytes are."""
        return absolute("attachment", attachment_id=str(attachment.pk), file_name=attachment.file_name)


class SessionWithAgendaShape(SessionShape):
    """The same with its agenda."""

    agenda = serializers.SerializerMethodField()

    @extend_schema_field(AgendaPointShape(many=True))
    def get_agenda(self, session: Session) -> list[dict[str, Any]]:
        """In the organiser's order, with the people who may be named."""
        programme: Programme = self.context["programme"]
        points = next((agenda.points for agenda in programme.agendas if agenda.session == session), [])
        return [dict(AgendaPointShape(point).data) for point in points]


class NoticeShape(Shape):
    """The information notice (GDPR art. 13) that has to be shown before people submit data."""

    version = serializers.IntegerField()
    text = TextsField()


class WindowShape(Shape):
    """Whether one can register now, and how many seats there are."""

    state = serializers.ChoiceField(choices=[state.value for state in WindowState])
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    capacity = serializers.IntegerField(allow_null=True)
    seats_free = serializers.IntegerField(allow_null=True)
    waitlist_length = serializers.IntegerField()


class NoShowRuleShape(Shape):
    """Whoever misses `limit` meetings of the unit within `months` queues last for `pause_months`."""

    limit = serializers.IntegerField()
    months = serializers.IntegerField()
    pause_months = serializers.IntegerField()


class RegistrationShape(WindowShape):
    """The same with categories, sessions and what the form has to show."""

    categories = CategorySeatsShape(many=True)
    sessions = SessionSeatsShape(many=True)
    questions = QuestionShape(many=True)
    notice = NoticeShape(allow_null=True)
    no_show_rule = NoShowRuleShape(allow_null=True)


class LinksShape(Shape):
    """Where the same event is found in other ways."""

    self = serializers.URLField()
    page = serializers.URLField()
    register = serializers.URLField()
    registrations = serializers.URLField()
    calendar = serializers.URLField()


class EventSummaryShape(serializers.Serializer[Event]):
    """An event as it stands in lists."""

    slug = serializers.CharField()
    uid = serializers.UUIDField()
    kind = serializers.CharField(source="kind.code")
    title = TextsField()
    summary = TextsField()
    status = serializers.ChoiceField(choices=[status.value for status in EventStatus])
    mode = serializers.SerializerMethodField()
    planned_only = serializers.BooleanField()
    is_example = serializers.BooleanField()
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    time_zone = serializers.CharField()
    sessions = SessionShape(many=True)
    venue = VenueShape(allow_null=True)
    district = serializers.SerializerMethodField()
    accessibility = serializers.SerializerMethodField()
    unit = serializers.CharField(source="unit.slug")
    process = serializers.CharField(source="process.slug", allow_null=True)
    stage = serializers.IntegerField(source="stage.number", allow_null=True)
    topics = serializers.SerializerMethodField()
    registration = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=[mode.value for mode in EventMode], allow_null=True))
    def get_mode(self, event: Event) -> str | None:
        """How people take part; null where a source does not say."""
        return event.mode or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_district(self, event: Event) -> str | None:
        """The event's own district, else its venue's."""
        district = event.district or (event.venue.district if event.venue else None)
        return district.slug if district else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_topics(self, event: Event) -> list[str]:
        """By their slugs."""
        return [topic.slug for topic in event.topics.all()]

    @extend_schema_field(ACCESSIBILITY_SCHEMA)
    def get_accessibility(self, event: Event) -> dict[str, str]:
        """The event's word over its venue's."""
        return merged_accessibility(event.venue.accessibility if event.venue else {}, event.accessibility)

    @extend_schema_field(WindowShape)
    def get_registration(self, event: Event) -> Mapping[str, Any]:
        """Whether one can register at the moment of the answer."""
        return window_facts(event, at=self.context["at"])

    @extend_schema_field(LinksShape)
    def get_links(self, event: Event) -> dict[str, str]:
        """Addresses of the API, the page in the asker's language, and the calendar."""
        names = {
            "self": "api-event",
            "page": "event-page",
            "register": "event-register",
            "registrations": "api-event-registrations",
            "calendar": "feed-event",
        }
        return {word: absolute(name, slug=event.slug) for word, name in names.items()}


class EventShape(EventSummaryShape):
    """An event with everything a stranger may know about it."""

    description = TextsField()
    sessions = SessionWithAgendaShape(many=True)
    speakers = serializers.SerializerMethodField()
    attachments = serializers.SerializerMethodField()
    languages = serializers.SerializerMethodField()
    streamed = serializers.BooleanField(source="is_streamed")
    recorded = serializers.BooleanField(source="is_recorded")
    age_rule = serializers.ChoiceField(choices=[rule.value for rule in AgeRule])
    age_limit = serializers.IntegerField(allow_null=True)
    visibility = serializers.ChoiceField(choices=[visibility.value for visibility in Visibility])
    cancellation_reason = serializers.SerializerMethodField()

    @extend_schema_field(SpeakerShape(many=True))
    def get_speakers(self, event: Event) -> list[dict[str, Any]]:  # noqa: ARG002 - the programme is the event's
        """Who speaks at or chairs the whole event."""
        programme: Programme = self.context["programme"]
        return [dict(SpeakerShape(person).data) for person in programme.people]

    @extend_schema_field(AttachmentShape(many=True))
    def get_attachments(self, event: Event) -> list[dict[str, Any]]:  # noqa: ARG002 - the programme is the event's
        """Its files, to be fetched one by one."""
        programme: Programme = self.context["programme"]
        return [dict(AttachmentShape(attachment).data) for attachment in programme.attachments]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_languages(self, event: Event) -> list[str]:
        """Languages of the meeting itself; none named: Polish."""
        return event.languages or [Language.PL.value]

    @extend_schema_field(TextsField(allow_null=True))
    def get_cancellation_reason(self, event: Event) -> dict[str, str] | None:
        """Why it does not take place."""
        return event.cancellation_reason or None

    @extend_schema_field(RegistrationShape)
    def get_registration(self, event: Event) -> Mapping[str, Any]:
        """The window with every seat figure, and the notice in force."""
        at = self.context["at"]
        notice = current_notice(event.unit, kind=event.kind, at=at)
        return {
            **window_facts(event, at=at),
            "categories": [
                {"category": pool.category.code, "name": pool.category.name, **seats(pool)}
                for pool in event.pools.all()
                if pool.category is not None and pool.session_id is None
            ],
            "sessions": [
                {"session": pool.session_id, **seats(pool)}
                for pool in event.pools.all()
                if pool.session_id is not None and pool.category_id is None
            ],
            "questions": QuestionShape(self.context["questions"], many=True).data,
            "notice": NoticeShape(notice).data if notice else None,
            "no_show_rule": _no_show_rule(event.unit),
        }


def _no_show_rule(unit: OrganizationalUnit) -> dict[str, int] | None:
    if unit.no_show_limit is None:
        return None
    return {"limit": unit.no_show_limit, "months": unit.no_show_months, "pause_months": unit.no_show_pause_months}


# One for all: making a serializer costs more than using it, and a list has many events.
_WINDOW: Final = WindowShape()


def window_facts(event: Event, *, at: datetime) -> dict[str, Any]:
    """The registration window as `WindowShape` describes it."""
    window = registration_window(event, at=at)
    facts = {
        "state": window.state.value,
        "opens_at": window.opens_at,
        "closes_at": window.closes_at,
        "capacity": window.pool.capacity if window.pool else None,
        "seats_free": window.pool.free if window.pool else None,
        "waitlist_length": sum(pool.waiting for pool in event.pools.all()),
    }
    return _WINDOW.to_representation(facts)


def seats(pool: SeatPool) -> dict[str, int | None]:
    """The figure of a pool, free never below 0."""
    return {"capacity": pool.capacity, "taken": pool.taken, "free": pool.free}


def absolute(name: str, **parts: str) -> str:
    """An address that works from anywhere."""
    return settings.BASE_URL + reverse(name, kwargs=parts)


class KindShape(Shape):
    """A kind of meeting with what is usual for it."""

    code = serializers.CharField()
    name = TextsField()
    registration_required = serializers.BooleanField()
    default_visibility = serializers.ChoiceField(choices=[visibility.value for visibility in Visibility])
    notice_days = serializers.IntegerField()


class TopicShape(Shape):
    """A subject that events are about."""

    slug = serializers.CharField()
    name = TextsField()
    process = serializers.CharField(source="process.slug", allow_null=True)


class CategoryShape(Shape):
    """A group of participants that seats may be kept for."""

    code = serializers.CharField()
    name = TextsField()


class DistrictShape(Shape):
    """A district of the city."""

    slug = serializers.CharField()
    name = serializers.CharField()


class UnitShape(Shape):
    """A unit of the city that organises events."""

    slug = serializers.CharField()
    name = TextsField()
    parent_name = serializers.CharField()
    definition = serializers.CharField()
    cooperation_model = serializers.CharField()
    tasks = serializers.ListField(child=serializers.JSONField())
    stakeholder_groups = serializers.ListField(child=serializers.JSONField())
    activity_types = serializers.ListField(child=serializers.JSONField())
    contact_email = serializers.CharField()
    contact_phone = serializers.CharField()
