"""Registrations, the people behind them, and everything that happened to them."""

from typing import ClassVar

from django.db import models
from phonenumber_field.modelfields import PhoneNumberField

from events.enums import Language, SeatSource
from events.models import Event, InformationNotice, ParticipantCategory, SeatPool, Session, User
from registrations.enums import (
    ACTIVE_STATES,
    REASONS_FOR_PERSON,
    Attendance,
    AttendanceIntent,
    CalendarAlarm,
    ChangeCause,
    MemberState,
    RegistrationSource,
    RegistrationState,
)
from registrations.tokens import make_token


class Registration(models.Model):
    """One party's claim to seats at an event, from signing up to the end.

    `holds_seat` says whether its seats are counted in the pools' `taken`; `waiting_pool` is the pool whose queue it
    stands in. `queued_at` orders the queue, and the one of those who wait last behind it, and never changes. `email_key`
    is the keyed hash of the address (null after erasure or when there is none). `seats` counts the person who registered
    unless `contact_comes` is false, the members of the party who come, and an assistant where assistants take seats.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="registrations")
    state = models.CharField(max_length=30, choices=RegistrationState.choices)
    seats = models.PositiveSmallIntegerField(default=1)
    holds_seat = models.BooleanField(default=False)
    seat_source = models.CharField(max_length=10, choices=SeatSource.choices, default=SeatSource.OWN)
    # False: who registered only looks after the others, having given up the own place.
    contact_comes = models.BooleanField(default=True)
    waiting_pool = models.ForeignKey(SeatPool, on_delete=models.PROTECT, null=True, blank=True, related_name="queue")
    category = models.ForeignKey(
        ParticipantCategory, on_delete=models.PROTECT, null=True, blank=True, related_name="registrations"
    )
    # Empty: the person takes part in every session of the event.
    sessions = models.ManyToManyField(Session, blank=True, related_name="registrations")
    source = models.CharField(max_length=20, choices=RegistrationSource.choices)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.PL)
    email_key = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001 - null stands for "erased or none" in a unique constraint
    reference = models.CharField(max_length=12, unique=True)
    ticket_code = models.CharField(max_length=12, unique=True)
    link_generation = models.PositiveIntegerField(default=1)
    notice = models.ForeignKey(
        InformationNotice, on_delete=models.PROTECT, null=True, blank=True, related_name="registrations"
    )
    invitation = models.ForeignKey(
        "registrations.Invitation", on_delete=models.PROTECT, null=True, blank=True, related_name="registrations"
    )
    sms_reminders = models.BooleanField(default=False)
    # Whoever takes photographs at the meeting is to leave this party out.
    no_photo = models.BooleanField(default=False, db_default=False)
    # Has missed meetings without a word, where the unit has a rule for that: queues behind everybody else.
    waits_last = models.BooleanField(default=False, db_default=False)
    # Null: the event asked nothing. True: what its age rule asks for was stated; nothing else about age is kept.
    age_statement = models.BooleanField(null=True, blank=True)
    attendance_intent = models.CharField(
        max_length=20, choices=AttendanceIntent.choices, default=AttendanceIntent.NOT_ASKED
    )
    # Until when the question whether they still come is to be answered; null: it has no end.
    intent_due_at = models.DateTimeField(null=True, blank=True)
    # Of the person who registered; members of the party have their own.
    attendance = models.CharField(max_length=20, choices=Attendance.choices, default=Attendance.NOT_RECORDED)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField()
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # When somebody opened the mailbox's link while the application was still to be decided.
    address_confirmed_at = models.DateTimeField(null=True, blank=True)
    # Names, addresses, answers are gone; the figures stay.
    erased_at = models.DateTimeField(null=True, blank=True)
    is_example = models.BooleanField(default=False)

    class Meta:
        """One active registration per person and event; what waits or runs out is found by index."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "email_key"],
                condition=models.Q(state__in=ACTIVE_STATES),
                name="registration_one_per_email",
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=models.Q(state__in=ACTIVE_STATES),
                name="registration_one_per_invitation",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=RegistrationState.CONFIRMED) | models.Q(holds_seat=True),
                name="registration_confirmed_has_seat",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=RegistrationState.WAITLISTED)
                | models.Q(waiting_pool__isnull=False, holds_seat=False),
                name="registration_waitlisted_stands_in_a_queue",
            ),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="registration_has_seats"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["event", "state", "id"], name="registration_of_event"),
            models.Index(
                fields=["waiting_pool", "waits_last", "queued_at", "id"],
                condition=models.Q(waiting_pool__isnull=False),
                name="registration_queue",
            ),
            models.Index(
                fields=["hold_expires_at"],
                condition=models.Q(state=RegistrationState.HELD),
                name="registration_holds_due",
            ),
            models.Index(
                fields=["offer_expires_at"],
                condition=models.Q(state=RegistrationState.OFFERED),
                name="registration_offers_due",
            ),
            models.Index(
                fields=["intent_due_at"],
                condition=models.Q(attendance_intent=AttendanceIntent.ASKED, intent_due_at__isnull=False),
                name="registration_answers_due",
            ),
            models.Index(fields=["email_key"], name="registration_by_person"),
        ]

    def __str__(self) -> str:
        """The reference and where it stands; no name."""
        return f"{self.reference} ({self.state})"

    @property
    def is_active(self) -> bool:
        """Whether it still counts as this person's one registration."""
        return self.state in ACTIVE_STATES

    @property
    def manage_token(self) -> str:
        """The key of the person's own page `/r/{token}/`; never logged, never shown to staff."""
        return make_token("manage", row_id=self.pk, generation=self.link_generation)


class Participant(models.Model):
    """The personal data of a registration, apart from it so that it can be erased and the figures stay."""

    registration = models.OneToOneField(
        Registration, on_delete=models.CASCADE, primary_key=True, related_name="participant"
    )
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    phone = PhoneNumberField(blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    # Names, organisation and reference in lower case without diacritics, for the door's and the organiser's search.
    search_text = models.TextField(blank=True)

    def __str__(self) -> str:
        """No name here: this text may end in a log."""
        return f"participant of registration {self.registration_id}"

    @property
    def full_name(self) -> str:
        """First and last name as people say them."""
        return f"{self.first_name} {self.last_name}".strip()


class PartyMember(models.Model):
    """Somebody who comes along with the person who registered, with a ticket code of their own.

    Who is replaced keeps the row and the old code, which then admits nobody; the new person gets another row. `email`
    empty: everything for them goes to the person who registered.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="members")
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    ticket_code = models.CharField(max_length=12, unique=True)
    state = models.CharField(max_length=10, choices=MemberState.choices, default=MemberState.COMING)
    attendance = models.CharField(max_length=20, choices=Attendance.choices, default=Attendance.NOT_RECORDED)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order in which they were named."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state=MemberState.COMING, ended_at__isnull=True)
                | (~models.Q(state=MemberState.COMING) & models.Q(ended_at__isnull=False)),
                name="party_member_ends_with_a_time",
            ),
        ]

    def __str__(self) -> str:
        """No name here: this text may end in a log."""
        return f"member {self.pk} of registration {self.registration_id}"

    @property
    def full_name(self) -> str:
        """First and last name as people say them."""
        return f"{self.first_name} {self.last_name}".strip()


class RegistrationChange(models.Model):
    """One move of a registration, or one thing asked of it: history for people, intent for messages.

    `member`: whom of the party it is about. `planned_at` null: the tick has not looked yet whether somebody is to be told.
    """

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="changes")
    member = models.ForeignKey(PartyMember, on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    cause = models.CharField(max_length=30, choices=ChangeCause.choices)
    from_state = models.CharField(max_length=30, choices=RegistrationState.choices, blank=True)
    to_state = models.CharField(max_length=30, choices=RegistrationState.choices)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="registration_changes")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    notify = models.BooleanField(default=True)
    planned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order things happened; unplanned intents are found at once."""

        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=models.Q(planned_at__isnull=True, notify=True),
                name="registration_change_unplanned",
            ),
        ]

    def __str__(self) -> str:
        """What and when."""
        return f"{self.registration_id} {self.cause} → {self.to_state}"

    @property
    def reason_for_person(self) -> str:
        """The reason, where it was written for the person to read; else nothing."""
        return self.reason if self.cause in REASONS_FOR_PERSON else ""

    @property
    def mine_token(self) -> str:
        """The key of `/my/{token}/` for whoever asked for all their links; opens for some hours, and for that cause only."""
        return make_token("mine", row_id=self.pk, generation=self.registration.link_generation)


class CalendarFeed(models.Model):
    """A person's own calendar address; the person is known by the keyed hash of the address only."""

    email_key = models.CharField(max_length=64, unique=True)
    generation = models.PositiveIntegerField(default=1)
    # Fixed, because an address speaks one language: a program that holds entries would not notice another.
    language = models.CharField(
        max_length=2, choices=Language.choices, default=Language.PL, db_default=Language.PL.value
    )
    # When the person is reminded by their own calendar; null: not at all.
    alarm_minutes = models.PositiveSmallIntegerField(choices=CalendarAlarm.choices, null=True, blank=True)
    # When the person last chose; entries have to be newer than that.
    chosen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """The row; no key."""
        return f"calendar feed {self.pk}"

    @property
    def token(self) -> str:
        """The key of `/calendar/my/{token}.ics` in the present generation."""
        return make_token("calendar", row_id=self.pk, generation=self.generation)
