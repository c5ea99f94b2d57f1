"""What the database itself refuses: every constraint of ours has a statement that it alone stands against.

Dropping one makes two tests fail: the one of its row, and the one that compares the rows with the database.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final

import psycopg
import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction

from events.enums import EventRoleKind, Language, ReminderChannel
from events.models import (
    AccessLog,
    AgendaItem,
    ApiToken,
    Audience,
    CalendarEntry,
    CalendarVersion,
    District,
    DoorPass,
    Event,
    EventRole,
    Milestone,
    Organization,
    ParticipantCategory,
    RecordedActivity,
    RecordedFigure,
    ReminderRule,
    RoomBooking,
    SeatRule,
    Session,
    Stage,
)
from notifications.models import (
    Announcement,
    ChannelState,
    IncomingSms,
    Message,
    ProviderReport,
    ReminderRun,
    Suppression,
    TemplateOverride,
)
from registrations.models import (
    AccommodationRequest,
    Answer,
    CalendarFeed,
    CheckIn,
    Consent,
    ConsentText,
    HeadcountEntry,
    IdempotentAnswer,
    Invitation,
    NoShowPause,
    PartyMember,
    RateWindow,
)
from tests.make import (
    make_attachment,
    make_event,
    make_notice,
    make_process,
    make_question,
    make_registration,
    make_session,
    make_topic,
    make_user,
    make_venue,
)
from tests.make.events import NOW

pytestmark = pytest.mark.django_db

OURS: Final = "^(events|registrations|notifications)_"
NEW_ID: Final = 900_001
NEW_UUID: Final = "00000000-0000-4000-8000-000000000001"
OTHER_SESSION: Final = 900_002


@dataclass(frozen=True)
class Row:
    """A constraint and what it refuses; `beside` would refuse it as well and is out of the way meanwhile."""

    name: str
    table: str
    statement: str
    beside: Sequence[str] = ()

    def __str__(self) -> str:
        return self.name


def check(name: str, table: str, values: str, *beside: str) -> Row:
    """A row of the table cannot be given these values."""
    where = f"ctid = (SELECT ctid FROM {table} ORDER BY 1 LIMIT 1)"
    return Row(name, table, f"UPDATE {table} SET {values} WHERE {where}", beside)


def once(name: str, table: str, *beside: str, **changes: object) -> Row:
    """The same row cannot stand there twice; `changes` is what may not be the same for other reasons."""
    copy = f"(jsonb_populate_record(first, '{json.dumps(changes)}')).*"
    which = f"first.ctid = (SELECT ctid FROM {table} ORDER BY 1 LIMIT 1)"
    statement = f"INSERT INTO {table} SELECT {copy} FROM {table} first WHERE {which}"
    return Row(name, table, statement, beside)


def not_negative(table: str, *columns: str) -> Iterator[Row]:
    """Columns that hold a number of something."""
    for column in columns:
        yield check(f"{table}_{column}_check", table, f'"{column}" = -1')


def in_polish(name: str, table: str, column: str) -> Row:
    """A text always has Polish."""
    return check(name, table, f"""{column} = '{{"en": "A", "pl": ""}}'""")


TABLE: Final = [
    # Texts
    in_polish("agenda_item_title_in_polish", "events_agendaitem", "title"),
    in_polish("attachment_title_in_polish", "events_attachment", "title"),
    in_polish("audience_name_in_polish", "events_audience", "name"),
    in_polish("category_name_in_polish", "events_participantcategory", "name"),
    in_polish("announcement_body_in_polish", "notifications_announcement", "body"),
    in_polish("announcement_subject_in_polish", "notifications_announcement", "subject"),
    in_polish("event_title_in_polish", "events_event", "title"),
    in_polish("consent_text_text_in_polish", "registrations_consenttext", "text"),
    in_polish("kind_name_in_polish", "events_eventkind", "name"),
    in_polish("notice_text_in_polish", "events_informationnotice", "text"),
    in_polish("process_title_in_polish", "events_participationprocess", "title"),
    in_polish("question_purpose_in_polish", "events_question", "purpose"),
    in_polish("question_text_in_polish", "events_question", "text"),
    in_polish("stage_title_in_polish", "events_stage", "title"),
    in_polish("topic_name_in_polish", "events_topic", "name"),
    in_polish("unit_name_in_polish", "events_organizationalunit", "name"),
    in_polish("venue_name_in_polish", "events_venue", "name"),
    # Numbers
    # Nothing in this table can be changed, so the row is written anew.
    once("events_accesslog_people_check", "events_accesslog", id=NEW_ID, people=-1),
    *not_negative("events_agendaitem", "position"),
    *not_negative("events_attachment", "position"),
    *not_negative("events_audience", "position"),
    *not_negative("events_calendarversion", "version"),
    *not_negative("events_doorpass", "generation"),
    *not_negative("events_event", "join_opens_minutes", "people_limit", "staff_count", "version"),
    *not_negative("events_eventkind", "contact_retention_days", "needs_retention_days", "notice_days", "position"),
    *not_negative("events_eventrole", "position"),
    *not_negative("events_informationnotice", "version"),
    *not_negative("events_milestone", "position"),
    *not_negative("events_organizationalunit", "no_show_limit", "no_show_months", "no_show_pause_months"),
    *not_negative("events_participantcategory", "position"),
    *not_negative("events_question", "position"),
    *not_negative("events_recordedactivity", "position"),
    *not_negative("events_recordedfigure", "value"),
    *not_negative("events_registrationpolicy", "ask_days_before", "offer_hours", "waitlist_limit", "wheelchair_places"),
    *not_negative("events_reminderrule", "minutes_before"),
    check(
        "events_reminderrule_minutes_after_check",
        "events_reminderrule",
        "minutes_after = -1, minutes_before = NULL",
    ),
    *not_negative("events_room", "capacity", "setup_minutes"),
    *not_negative("events_seatpool", "taken", "waiting"),
    *not_negative("events_seatrule", "position", "seats"),
    *not_negative("events_session", "position", "sequence"),
    *not_negative("events_stage", "end_year", "number", "start_year"),
    *not_negative("events_topic", "position"),
    *not_negative("notifications_announcement", "messages_planned"),
    *not_negative("notifications_channelstate", "failures", "pause_seconds"),
    *not_negative("notifications_message", "claims", "segments"),
    *not_negative("notifications_reminderrun", "messages"),
    *not_negative("registrations_calendarfeed", "generation", "alarm_minutes"),
    *not_negative("registrations_consent", "generation"),
    *not_negative("registrations_consenttext", "version"),
    *not_negative("registrations_invitation", "generation"),
    *not_negative("registrations_ratewindow", "attempts"),
    *not_negative("registrations_registration", "link_generation"),
    # Numbers that another constraint holds more tightly
    check("events_attachment_size_check", "events_attachment", "size = -1", "attachment_is_not_empty"),
    check("events_calendarversion_id_check", "events_calendarversion", "id = -1", "calendar_version_is_one_row"),
    check("events_event_age_limit_check", "events_event", "age_limit = -1", "event_age_limit_goes_with_its_rule"),
    check(
        "events_question_retention_days_check",
        "events_question",
        "retention_days = -1",
        "question_answers_are_kept_a_while",
    ),
    check(
        "events_registrationpolicy_group_max_check",
        "events_registrationpolicy",
        "group_max = -1",
        "registration_group_is_positive",
    ),
    check(
        "events_registrationpolicy_hold_minutes_check",
        "events_registrationpolicy",
        "hold_minutes = -1",
        "registration_hold_is_positive",
    ),
    check(
        "events_reminderrule_days_before_check",
        "events_reminderrule",
        "days_before = -1, at_time = '10:00', minutes_before = NULL",
    ),
    check("events_seatpool_capacity_check", "events_seatpool", "capacity = -1, overbooked = 5"),
    check("events_seatpool_overbooked_check", "events_seatpool", "capacity = NULL, overbooked = -1"),
    check(
        "events_seatpool_released_check",
        "events_seatpool",
        "released = -1, released_taken = 0",
        "seat_pool_released_are_enough",
    ),
    check("events_seatpool_released_taken_check", "events_seatpool", "released_taken = -1"),
    check(
        "events_seatpool_reserved_check",
        "events_seatpool",
        "reserved = -1, reserved_taken = 0",
        "seat_pool_reserved_are_enough",
    ),
    check("events_seatpool_reserved_taken_check", "events_seatpool", "reserved_taken = -1"),
    check(
        "events_registrationpolicy_ask_reply_hours_check",
        "events_registrationpolicy",
        "ask_reply_hours = -1",
        "registration_reply_takes_time",
    ),
    check("registrations_invitation_seats_check", "registrations_invitation", "seats = -1", "invitation_has_seats"),
    check("events_stage_end_quarter_check", "events_stage", "end_quarter = -1", "stage_quarters_are_quarters"),
    check("events_stage_start_quarter_check", "events_stage", "start_quarter = -1", "stage_quarters_are_quarters"),
    check(
        "registrations_registration_seats_check", "registrations_registration", "seats = -1", "registration_has_seats"
    ),
    # Rules
    check("agenda_item_ends_after_it_starts", "events_agendaitem", "ends_at = now()"),
    check("attachment_is_not_empty", "events_attachment", "size = 0"),
    check("booking_ends_after_it_begins", "events_roombooking", "begins_at = ends_at"),
    check("calendar_version_is_one_row", "events_calendarversion", "id = 2"),
    check("door_pass_ends_after_it_begins", "events_doorpass", "valid_until = valid_from"),
    check("no_show_pause_ends_after_it_begins", "registrations_noshowpause", "ends_at = begins_at"),
    check("event_age_limit_goes_with_its_rule", "events_event", "age_limit = 16"),
    check("event_ends_after_it_starts", "events_event", "ends_at = starts_at"),
    check("event_not_overbooked", "events_seatpool", "taken = capacity + 1"),
    check("event_template_stays_a_draft", "events_event", "is_template = true"),
    check("figure_value_is_qualified", "events_recordedfigure", "value = 1, qualifier = ''"),
    check("headcount_counts_something", "registrations_headcountentry", "delta = 0"),
    check("invitation_has_seats", "registrations_invitation", "seats = 0"),
    check(
        "need_not_possible_has_reason_and_alternative", "registrations_accommodationrequest", "state = 'not_possible'"
    ),
    check("party_member_ends_with_a_time", "registrations_partymember", "ended_at = now()"),
    check("question_answers_are_kept_a_while", "events_question", "retention_days = 0"),
    check("registration_closes_after_it_opens", "events_registrationpolicy", "opens_at = now(), closes_at = now()"),
    check("registration_confirmed_has_seat", "registrations_registration", "holds_seat = false"),
    check("registration_group_is_positive", "events_registrationpolicy", "group_max = 0"),
    check("registration_has_seats", "registrations_registration", "seats = 0"),
    check("registration_hold_is_positive", "events_registrationpolicy", "hold_minutes = 0"),
    check(
        "registration_waitlisted_stands_in_a_queue",
        "registrations_registration",
        "state = 'waitlisted', holds_seat = false, waiting_pool_id = NULL",
    ),
    check("registration_reply_takes_time", "events_registrationpolicy", "ask_reply_hours = 0"),
    check("reminder_is_days_or_minutes", "events_reminderrule", "minutes_before = NULL"),
    check("seat_pool_released_are_enough", "events_seatpool", "released_taken = 1"),
    check("seat_pool_reserved_are_enough", "events_seatpool", "reserved_taken = 1"),
    check("session_ends_after_it_starts", "events_session", "ends_at = starts_at"),
    check("stage_quarters_are_quarters", "events_stage", "start_quarter = 5"),
    check("venue_coordinates_on_the_globe", "events_venue", "latitude = 91, longitude = 0"),
    # One at a time
    once("room_booked_once", "events_roombooking", session_id=OTHER_SESSION),
    # Once
    once("activity_code_once", "events_recordedactivity", id=NEW_ID),
    once("answer_once", "registrations_answer", id=NEW_ID),
    once("attachment_once", "events_attachment", id=NEW_UUID),
    once("calendar_entry_once", "events_calendarentry", id=NEW_ID),
    once("consent_once_at_a_time", "registrations_consent", id=NEW_ID),
    once("consent_text_version_once", "registrations_consenttext", id=NEW_ID),
    once("event_role_once", "events_eventrole", id=NEW_ID),
    once("figure_once", "events_recordedfigure", id=NEW_ID),
    once("idempotent_answer_once", "registrations_idempotentanswer", id=NEW_ID),
    once("invitation_once_per_email", "registrations_invitation", id=NEW_ID),
    once("membership_once", "events_unitmembership", id=NEW_ID),
    once("milestone_position_once", "events_milestone", id=NEW_ID),
    once("need_once", "registrations_accommodationrequest", id=NEW_ID),
    once("no_show_pause_once", "registrations_noshowpause", id=NEW_ID),
    once("notice_version_once", "events_informationnotice", id=NEW_ID),
    once("provider_report_once", "notifications_providerreport", id=NEW_ID),
    once("rate_window_once", "registrations_ratewindow", id=NEW_ID),
    once(
        "registration_one_per_email",
        "registrations_registration",
        id=NEW_ID,
        reference="NEW",
        ticket_code="NEW",
        invitation_id=None,
    ),
    once("reminder_rule_once", "events_reminderrule", id=NEW_ID),
    once("reminder_run_once", "notifications_reminderrun", id=NEW_ID),
    once("suppression_once_at_a_time", "notifications_suppression", id=NEW_ID),
    once("template_override_once", "notifications_templateoverride", id=NEW_ID),
    once("room_name_once", "events_room", id=NEW_ID),
    once("seat_pool_once", "events_seatpool", id=NEW_ID),
    once("seat_rule_role_once", "events_seatrule", id=NEW_ID),
    once("stage_number_once", "events_stage", id=NEW_ID),
    once("user_one_per_email", "events_user", id=NEW_ID, email="Ann@example.org"),
    once("events_apitoken_token_hash_key", "events_apitoken", id=NEW_ID),
    once("events_audience_slug_key", "events_audience", id=NEW_ID),
    once("events_district_slug_key", "events_district", id=NEW_ID),
    once("events_event_slug_key", "events_event", id=NEW_ID, uid=NEW_UUID),
    once("events_event_uid_key", "events_event", id=NEW_ID, slug="new"),
    once("events_eventkind_code_key", "events_eventkind", id=NEW_ID),
    once("events_organization_slug_key", "events_organization", id=NEW_ID),
    once("events_organizationalunit_slug_key", "events_organizationalunit", id=NEW_ID),
    once("events_participantcategory_code_key", "events_participantcategory", id=NEW_ID),
    once("events_participationprocess_slug_key", "events_participationprocess", id=NEW_ID),
    once("events_session_uid_key", "events_session", id=NEW_ID),
    once("events_topic_slug_key", "events_topic", id=NEW_ID),
    once("events_user_email_key", "events_user", "user_one_per_email", id=NEW_ID),
    once("events_venue_slug_key", "events_venue", id=NEW_ID),
    once("notifications_message_dedupe_key_key", "notifications_message", id=NEW_UUID),
    once("notifications_announcement_nonce_key", "notifications_announcement", id=NEW_ID),
    once("notifications_incomingsms_provider_id_key", "notifications_incomingsms", id=NEW_ID),
    once("registrations_calendarfeed_email_key_key", "registrations_calendarfeed", id=NEW_ID),
    once("registrations_checkin_nonce_key", "registrations_checkin", id=NEW_ID),
    once("registrations_headcountentry_nonce_key", "registrations_headcountentry", id=NEW_ID),
    once("registrations_partymember_ticket_code_key", "registrations_partymember", id=NEW_ID),
    once(
        "registration_one_per_invitation",
        "registrations_registration",
        id=NEW_ID,
        reference="NEW",
        ticket_code="NEW",
        email_key="NEW",
    ),
    once(
        "registrations_registration_reference_key",
        "registrations_registration",
        id=NEW_ID,
        ticket_code="NEW",
        email_key="NEW",
        invitation_id=None,
    ),
    once(
        "registrations_registration_ticket_code_key",
        "registrations_registration",
        id=NEW_ID,
        reference="NEW",
        email_key="NEW",
        invitation_id=None,
    ),
    # Links between two tables, with names that Django makes
    once("events_audience_organiza_audience_id_organization_b7f64724_uniq", "events_audience_organizations", id=NEW_ID),
    once("events_event_audiences_event_id_audience_id_95ac94f3_uniq", "events_event_audiences", id=NEW_ID),
    once("events_event_organizatio_event_id_organization_id_729f18a6_uniq", "events_event_organizations", id=NEW_ID),
    once("events_event_topics_event_id_topic_id_53dad128_uniq", "events_event_topics", id=NEW_ID),
    once(
        "notifications_announceme_announcement_id_particip_6747aa7f_uniq",
        "notifications_announcement_categories",
        id=NEW_ID,
    ),
    once(
        "notifications_announceme_announcement_id_session__b5d22b38_uniq",
        "notifications_announcement_sessions",
        id=NEW_ID,
    ),
    once("events_user_groups_user_id_group_id_70b788ed_uniq", "events_user_groups", id=NEW_ID),
    once("events_user_user_permiss_user_id_permission_id_6a937150_uniq", "events_user_user_permissions", id=NEW_ID),
    once(
        "registrations_registrati_registration_id_session__b1791e84_uniq",
        "registrations_registration_sessions",
        id=NEW_ID,
    ),
]


def _a_process() -> None:
    process = make_process()
    Stage.objects.create(
        process=process, number=1, roman="I", title={"pl": "Etap"}, period_text="2027",
        start_year=2027, start_quarter=1, end_year=2027, end_quarter=2,
    )  # fmt: skip
    Milestone.objects.create(process=process, position=1, date=NOW.date(), text="Uchwała")
    RecordedActivity.objects.create(process=process, code="x", position=1, form="workshop", form_text="warsztat")
    RecordedFigure.objects.create(process=process, name="participants", value=3, qualifier="exact")
    SeatRule.objects.create(process=process, position=1, role="chair", label="Przewodnicząca", seats=1)


def _of_channels(event: Event, session: Session) -> None:
    announcement = Announcement.objects.create(
        event=event, at=NOW, subject={"pl": "X"}, body={"pl": "X"}, nonce=NEW_UUID
    )
    announcement.sessions.add(session)
    announcement.categories.add(ParticipantCategory.objects.order_by("id")[0])
    ChannelState.objects.create(channel="sms", refilled_at=NOW)
    IncomingSms.objects.create(provider_id="x", address_key="x", word="stop", at=NOW)
    Suppression.objects.create(channel="sms", address_key="x", reason="opted_out", at=NOW)
    Message.objects.create(
        dedupe_key="x", kind="x", channel="email", priority=1, language="pl",
        created_at=NOW, due_at=NOW, useful_until=NOW + timedelta(days=1), next_attempt_at=NOW,
    )  # fmt: skip
    ProviderReport.objects.create(provider_id="x", status="sent", at=NOW)
    TemplateOverride.objects.create(kind="x", language="pl", part="subject", text="x", at=NOW)


@pytest.fixture
def _a_row_of_everything() -> None:
    """One row in every table that has a constraint."""
    user = make_user("ann@example.org")
    user.groups.add(Group.objects.create(name="x"))
    user.user_permissions.add(Permission.objects.order_by("id")[0])
    ApiToken.objects.create(user=user, token_hash="x", created_at=NOW)
    make_notice()

    _a_process()
    District.objects.create(slug="x", name="X")
    venue = make_venue()
    room = venue.rooms.create(name="Aula")
    event = make_event(venue=venue)
    session = event.sessions.get()
    other = make_session(event, starts_at=NOW)
    other.delete()
    other.pk = OTHER_SESSION
    other.save(force_insert=True)
    RoomBooking.objects.create(session=session, room=room, begins_at=session.starts_at, ends_at=session.ends_at)
    CalendarEntry.objects.create(session=session, language=Language.PL)
    CalendarVersion.objects.create(changed_at=NOW)
    item = AgendaItem.objects.create(session=session, title={"pl": "Otwarcie"})
    EventRole.objects.create(event=event, agenda_item=item, kind=EventRoleKind.CHAIR, name="X", identity="x")
    organization = Organization.objects.create(slug="x", name="X")
    audience = Audience.objects.create(slug="x", name={"pl": "X"})
    audience.organizations.add(organization)
    event.audiences.add(audience)
    event.organizations.add(organization)
    event.topics.add(make_topic())
    make_attachment(event)
    question = make_question(event)
    rule = ReminderRule.objects.create(event=event, channel=ReminderChannel.SMS, minutes_before=60)

    registration = make_registration(event, sessions=[session])
    AccommodationRequest.objects.create(registration=registration, kind="pjm", created_at=NOW)
    Answer.objects.create(registration=registration, question=question, value="x")
    CalendarFeed.objects.create(email_key="x", created_at=NOW)
    CheckIn.objects.create(registration=registration, source="scan", nonce=NEW_UUID, at=NOW)
    HeadcountEntry.objects.create(event=event, delta=1, nonce=NEW_UUID, at=NOW)
    DoorPass.objects.create(
        event=event, label="X", valid_from=NOW, valid_until=NOW + timedelta(hours=1), created_at=NOW
    )
    NoShowPause.objects.create(
        unit=event.unit, email_key="x", registration=registration, begins_at=NOW, ends_at=NOW + timedelta(days=1)
    )
    AccessLog.objects.create(user=user, event=event, kind="needs", at=NOW)
    text, _made = ConsentText.objects.get_or_create(
        purpose="news", version=1, defaults={"text": {"pl": "X"}, "in_force_from": NOW}
    )
    Consent.objects.create(registration=registration, purpose="news", text=text, source="web", given_at=NOW)
    registration.invitation = Invitation.objects.create(event=event, email="ann@example.org", created_at=NOW)
    registration.save()
    PartyMember.objects.create(
        registration=registration, first_name="Ann", last_name="X", ticket_code="X", created_at=NOW
    )
    IdempotentAnswer.objects.create(event=event, key_hash="x", body_hash="x", expires_at=NOW)
    RateWindow.objects.create(key="x", starts_at=NOW)

    _of_channels(event, session)
    ReminderRun.objects.create(rule=rule, session=session, starts_at=NOW.astimezone(UTC), due_at=NOW, planned_at=NOW)
    with connection.cursor() as cursor:
        # What waits for the end of the transaction would stand in the way of taking constraints out.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def constraints() -> dict[str, str]:
    """Every check, uniqueness and exclusion of our tables, and how it is taken out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conname, format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname)
              FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
             WHERE contype IN ('c', 'u', 'x') AND relname ~ %(ours)s
            UNION ALL
            SELECT index.relname, format('DROP INDEX %%I', index.relname)
              FROM pg_index
              JOIN pg_class index ON index.oid = indexrelid
              JOIN pg_class owner ON owner.oid = indrelid
             WHERE indisunique AND owner.relname ~ %(ours)s
               AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'x', 'p'))
            """,
            {"ours": OURS},
        )
        return dict(cursor.fetchall())


def test_every_constraint_has_a_row_and_every_row_its_constraint():
    rows = [row.name for row in TABLE]

    assert sorted(rows) == sorted(constraints())


@pytest.mark.usefixtures("_a_row_of_everything")
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_the_database_refuses_what_must_never_be_true(row):
    known = constraints()
    with connection.cursor() as cursor:
        for name in row.beside:
            cursor.execute(known[name])

        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            cursor.execute(row.statement)
        cause = refusal.value.__cause__
        assert isinstance(cause, psycopg.Error)
        assert cause.diag.constraint_name == row.name

        # Nothing else would have refused it.
        cursor.execute(known[row.name])
        cursor.execute(row.statement)
        assert cursor.rowcount == 1
