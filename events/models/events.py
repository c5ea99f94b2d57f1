"""Events, their sessions, seats and rules: everything an organiser defines."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models

from events.enums import (
    PUBLIC_STATUSES,
    AgeRule,
    EventChangeKind,
    EventMode,
    EventStatus,
    NoAnswer,
    ReminderAudience,
    ReminderChannel,
    Visibility,
    WaitlistPolicy,
)
from events.models.audiences import Audience, Organization
from events.models.people import OrganizationalUnit, User
from events.models.places import District, Room, Venue
from events.models.processes import ParticipationProcess, Stage
from events.models.series import EventSeries
from events.models.texts import TranslatedField, has_polish, in_language, no_text


class EventKind(models.Model):
    """A kind of meeting with what is usual for it; a row, so that a city may add its own."""

    code = models.SlugField(max_length=60, unique=True)
    name = TranslatedField()
    position = models.PositiveSmallIntegerField(default=0)
    registration_required = models.BooleanField(default=True)
    # As in the body of CONTRACT: [{"channel": "email", "before": {"days": 1, "at": "17:00"}}, …]
    default_reminders = models.JSONField(default=list, blank=True)
    default_visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.PUBLIC)
    # As `registration` in the body of CONTRACT, only what is usual: {"confirm_email": false, …}
    default_registration = models.JSONField(default=dict, blank=True)
    # {AccessibilityFeature: Accessibility} that a new event of this kind begins with.
    default_accessibility = models.JSONField(default=dict, blank=True)
    # Languages of the meeting itself; none named: Polish.
    default_languages = models.JSONField(default=list, blank=True)
    notice_days = models.PositiveSmallIntegerField(default=0)
    contact_retention_days = models.PositiveSmallIntegerField(default=180)
    needs_retention_days = models.PositiveSmallIntegerField(default=30)

    class Meta:
        """In the order a city wants to see them."""

        ordering: ClassVar = ["position", "code"]
        constraints: ClassVar = [has_polish("kind", "name")]

    def __str__(self) -> str:
        """The name in the active language."""
        return in_language(self.name)


class Topic(models.Model):
    """A subject that events are about and that people filter by."""

    slug = models.SlugField(max_length=120, unique=True)
    name = TranslatedField()
    process = models.ForeignKey(
        ParticipationProcess, on_delete=models.CASCADE, null=True, blank=True, related_name="topics"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """In the order of their process."""

        ordering: ClassVar = ["process", "position", "slug"]
        constraints: ClassVar = [has_polish("topic", "name")]

    def __str__(self) -> str:
        """The name in the active language."""
        return in_language(self.name)


class Event(models.Model):
    """A meeting that stands in the calendar: one page, one registration, one or more sessions."""

    slug = models.SlugField(max_length=120, unique=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(OrganizationalUnit, on_delete=models.PROTECT, related_name="events")
    kind = models.ForeignKey(EventKind, on_delete=models.PROTECT, related_name="events")
    process = models.ForeignKey(
        ParticipationProcess, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    topics = models.ManyToManyField(Topic, blank=True, related_name="events")
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    series = models.ForeignKey(EventSeries, on_delete=models.SET_NULL, null=True, blank=True, related_name="events")
    # For whom it is meant; of a restricted event: who is invited.
    audiences = models.ManyToManyField(Audience, blank=True, related_name="events")
    organizations = models.ManyToManyField(Organization, blank=True, related_name="events")

    title = TranslatedField()
    summary = TranslatedField(default=no_text)
    description = TranslatedField(default=no_text)
    status = models.CharField(max_length=20, choices=EventStatus.choices, default=EventStatus.DRAFT)
    # Empty: the mode is not stated (history), which is not the same as in person.
    mode = models.CharField(max_length=20, choices=EventMode.choices, blank=True)
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.PUBLIC)
    # Announced in a source and never counted as held.
    planned_only = models.BooleanField(default=False)
    is_example = models.BooleanField(default=False)
    # A pattern that new events are copied from; it stays a draft.
    is_template = models.BooleanField(default=False)
    join_url = models.URLField(max_length=500, blank=True)
    # So long before a session begins, the link for taking part opens on the pages of confirmed people.
    join_opens_minutes = models.PositiveSmallIntegerField(default=30)
    # Languages of the meeting itself; none named: Polish.
    languages = models.JSONField(default=list, blank=True)
    is_streamed = models.BooleanField(default=False)
    is_recorded = models.BooleanField(default=False)
    # How many people may be inside at once by law or by the house's rules, and how many of them work there; null: not stated.
    people_limit = models.PositiveIntegerField(null=True, blank=True)
    staff_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    # When it was written down who had not come; null: attendance is still open.
    attendance_closed_at = models.DateTimeField(null=True, blank=True)
    age_rule = models.CharField(max_length=20, choices=AgeRule.choices, default=AgeRule.NONE)
    # Years; below it a guardian's statement is asked for. Null unless the rule is that one.
    age_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=32, blank=True)
    # {AccessibilityFeature: Accessibility}: what the event says over its venue.
    accessibility = models.JSONField(default=dict, blank=True)
    cancellation_reason = TranslatedField(default=dict, blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/Warsaw")
    # First start and last end of its sessions, kept by `actions.sessions` so that lists need no join.
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    # What search finds it by: words in lower case without diacritics, and their stems; kept by the action that saves them.
    search_words = SearchVectorField(null=True, editable=False)
    # Set: why nothing personal about it may be deleted, whatever its retention says.
    legal_hold = models.TextField(blank=True)
    # Rises with every save, so that two people who edit at once notice each other (If-Match).
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Indexes of the public list and of a unit's own list."""

        constraints: ClassVar = [
            has_polish("event", "title"),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True, ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="event_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(is_template=False) | models.Q(status=EventStatus.DRAFT),
                name="event_template_stays_a_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(age_rule=AgeRule.GUARDIAN_STATEMENT, age_limit__range=(1, 18))
                | (~models.Q(age_rule=AgeRule.GUARDIAN_STATEMENT) & models.Q(age_limit__isnull=True)),
                name="event_age_limit_goes_with_its_rule",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["starts_at", "id"],
                condition=models.Q(visibility=Visibility.PUBLIC, status__in=PUBLIC_STATUSES),
                name="event_public_by_start",
            ),
            models.Index(fields=["unit", "-starts_at", "id"], name="event_of_unit_by_start"),
            GinIndex(fields=["search_words"], name="event_search_words"),
        ]

    def __str__(self) -> str:
        """The title in the active language."""
        return in_language(self.title)

    @property
    def is_public(self) -> bool:
        """Whether a stranger may see it."""
        return self.status in PUBLIC_STATUSES and self.visibility != Visibility.RESTRICTED


class Session(models.Model):
    """The dated, bookable part of an event; what a calendar shows as one entry.

    `all_day`: only the dates are known; `starts_at` is then local midnight of the first day and `ends_at` local midnight
    after the last one. `sequence` and `last_modified` are the numbers of RFC 5545 that feeds and mailed invitations share.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sessions")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    title = TranslatedField(default=dict, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    last_modified = models.DateTimeField()
    is_cancelled = models.BooleanField(default=False)

    class Meta:
        """In time order; an end is after its start."""

        ordering: ClassVar = ["starts_at", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="session_ends_after_it_starts"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["starts_at", "event"], name="session_by_start")]

    def __str__(self) -> str:
        """The event and the start."""
        return f"{self.event_id} · {self.starts_at:%Y-%m-%d %H:%M}Z"


class CalendarEntry(models.Model):
    """A session's VEVENT as feeds hand it out, one per language, written when the session or a text of it changes.

    `content` is the folded VEVENT with CRLF line ends (octets as text); `content_hash` the SHA-256 of the same content without
    its stamps, so that a save which changes nothing a client sees keeps LAST-MODIFIED.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="calendar_entries")
    language = models.CharField(max_length=2)
    content = models.TextField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        """One entry per session and language."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "language"], name="calendar_entry_once"),
        ]
        verbose_name_plural = "calendar entries"

    def __str__(self) -> str:
        """Which session in which language."""
        return f"{self.session_id} · {self.language}"


class CalendarVersion(models.Model):
    """One row that counts changes of public calendar content; a feed's 304 reads only this."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        """There is one row."""

        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="calendar_version_is_one_row")]

    def __str__(self) -> str:
        """The number."""
        return str(self.version)


class RegistrationPolicy(models.Model):
    """How people sign up for an event; seats are rows of `SeatPool`."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="policy")
    required = models.BooleanField(default=True)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    confirm_email = models.BooleanField(default=True)
    hold_minutes = models.PositiveIntegerField(default=60, validators=[MinValueValidator(1)])
    waitlist = models.BooleanField(default=True)
    waitlist_limit = models.PositiveIntegerField(null=True, blank=True)
    waitlist_policy = models.CharField(max_length=20, choices=WaitlistPolicy.choices, default=WaitlistPolicy.STRICT)
    # Null: a freed seat confirms the next in the queue directly.
    offer_hours = models.PositiveIntegerField(null=True, blank=True, default=24)
    # People whom one person may register at once, themselves included.
    group_max = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    approval = models.BooleanField(default=False)
    # Whether an application takes its seat, or its place in the queue, before somebody has decided about it.
    approval_holds_seat = models.BooleanField(default=False)
    # Whether an assistant takes one of the seats; else they come in beside them.
    assistants_take_seats = models.BooleanField(default=False)
    # So many wheelchairs have a place without anything to be arranged; one more alerts the coordinator. Null: no limit.
    wheelchair_places = models.PositiveSmallIntegerField(null=True, blank=True, default=2)
    # So many days before the start people are asked whether they still come; null: they are not.
    ask_days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    ask_reply_hours = models.PositiveSmallIntegerField(default=48, validators=[MinValueValidator(1)])
    ask_no_answer = models.CharField(max_length=10, choices=NoAnswer.choices, default=NoAnswer.KEEP)

    class Meta:
        """A window has an order."""

        verbose_name_plural = "registration policies"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="registration_closes_after_it_opens",
            ),
            models.CheckConstraint(condition=models.Q(hold_minutes__gte=1), name="registration_hold_is_positive"),
            models.CheckConstraint(condition=models.Q(group_max__gte=1), name="registration_group_is_positive"),
            models.CheckConstraint(condition=models.Q(ask_reply_hours__gte=1), name="registration_reply_takes_time"),
        ]

    def __str__(self) -> str:
        """Whose policy it is."""
        return f"policy of {self.event_id}"


class ParticipantCategory(models.Model):
    """A group of participants that seats may be kept for."""

    code = models.SlugField(max_length=40, unique=True)
    name = TranslatedField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """In the order a city wants to see them."""

        ordering: ClassVar = ["position", "code"]
        verbose_name_plural = "participant categories"
        constraints: ClassVar = [has_polish("category", "name")]

    def __str__(self) -> str:
        """The name in the active language."""
        return in_language(self.name)


class SeatPool(models.Model):
    """A count of seats: of the event, of a category, of a session, or of a category in a session.

    A registration passes every pool that applies to it, or none. `capacity` null: no limit. All other numbers change
    only in `events.actions.seats`, by conditional UPDATE.

    Only the event's own pool has `reserved` seats, which are kept for invited people, and `released` seats, which
    categories have given up to everybody; `…_taken` of them are used.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="pools")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="pools")
    category = models.ForeignKey(
        ParticipantCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="pools"
    )
    capacity = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    overbooked = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)
    reserved_taken = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)
    released_taken = models.PositiveIntegerField(default=0)

    class Meta:
        """Never over capacity, and one pool per place."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(reserved_taken__lte=models.F("reserved")), name="seat_pool_reserved_are_enough"
            ),
            models.CheckConstraint(
                condition=models.Q(released_taken__lte=models.F("released")), name="seat_pool_released_are_enough"
            ),
            models.UniqueConstraint(
                fields=["event", "session", "category"], nulls_distinct=False, name="seat_pool_once"
            ),
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True)
                | models.Q(taken__lte=models.F("capacity") + models.F("overbooked")),
                name="event_not_overbooked",
            ),
        ]

    def __str__(self) -> str:
        """What is counted and how full it is."""
        return f"pool of {self.event_id}: {self.taken}/{self.capacity}"

    @property
    def free(self) -> int | None:
        """Seats left for everybody, never below 0; null where there is no limit. Reserved ones are not among them."""
        return None if self.capacity is None else max(self.capacity - self.taken - self.reserved_left, 0)

    @property
    def reserved_left(self) -> int:
        """Seats that are still kept for invited people."""
        return self.reserved - self.reserved_taken

    @property
    def released_left(self) -> int:
        """Seats of other groups that anybody may still take."""
        return self.released - self.released_taken


class ReminderRule(models.Model):
    """When and whom a meeting is called to mind.

    Days before at a wall-clock time, minutes before the start, or minutes after the end.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reminders")
    channel = models.CharField(max_length=10, choices=ReminderChannel.choices)
    audience = models.CharField(
        max_length=12, choices=ReminderAudience.choices, default=ReminderAudience.CONFIRMED, db_default="confirmed"
    )
    days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    at_time = models.TimeField(null=True, blank=True)
    minutes_before = models.PositiveIntegerField(null=True, blank=True)
    minutes_after = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        """One of the three ways, and no rule twice."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    days_before__isnull=False,
                    at_time__isnull=False,
                    minutes_before__isnull=True,
                    minutes_after__isnull=True,
                )
                | models.Q(
                    days_before__isnull=True,
                    at_time__isnull=True,
                    minutes_before__isnull=False,
                    minutes_after__isnull=True,
                )
                | models.Q(
                    days_before__isnull=True,
                    at_time__isnull=True,
                    minutes_before__isnull=True,
                    minutes_after__isnull=False,
                ),
                name="reminder_is_days_or_minutes",
            ),
            models.UniqueConstraint(
                fields=["event", "channel", "audience", "days_before", "at_time", "minutes_before", "minutes_after"],
                nulls_distinct=False,
                name="reminder_rule_once",
            ),
        ]

    def __str__(self) -> str:
        """Channel and distance."""
        if self.minutes_after is not None:
            distance = f"{self.minutes_after} min after"
        elif self.minutes_before is not None:
            distance = f"{self.minutes_before} min"
        else:
            distance = f"{self.days_before} d {self.at_time}"
        return f"{self.channel} {distance}"


class EventChange(models.Model):
    """What happened to an event: its history, and the intent from which messages are planned.

    `planned_at` null and `notify` true: the tick still has to tell people.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="changes")
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, blank=True, related_name="changes")
    kind = models.CharField(max_length=30, choices=EventChangeKind.choices)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="event_changes")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    notify = models.BooleanField(default=False)
    planned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order things happened; unplanned intents are found at once."""

        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], condition=models.Q(planned_at__isnull=True, notify=True), name="event_change_unplanned"
            ),
        ]

    def __str__(self) -> str:
        """What and when."""
        return f"{self.event_id} {self.kind} {self.at:%Y-%m-%d %H:%M}Z"


def unit_contact(event: Event) -> str:
    """Where people may ask: the event's own address, else its unit's, else the sender of the service."""
    return event.contact_email or event.unit.contact_email or settings.DEFAULT_FROM_EMAIL
