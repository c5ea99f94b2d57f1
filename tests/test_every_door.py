"""Who may open what: every address with every role. An address without a row fails, and so does a row without its address."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.urls import urlpatterns
from events.enums import EventStatus, Role, Visibility
from events.models import Audience, Event, EventSeries, Organization, User
from notifications.enums import Channel, MessageState, Priority
from notifications.models import Message
from notifications.tokens import unsubscribe_token
from registrations.actions.addresses import my_registrations_link
from registrations.actions.attendance import check_in
from registrations.actions.calendars import personal_feed
from registrations.actions.consents import give_consents
from registrations.enums import CheckInSource, ConsentPurpose
from registrations.models import NoShowPause
from registrations.tokens import email_key, make_token
from tests.make import (
    make_attachment,
    make_door_pass,
    make_event,
    make_invitation,
    make_member,
    make_notice,
    make_process,
    make_registration,
    make_topic,
    make_unit,
    make_user,
    make_venue,
)
from tests.make.events import NOW

ANONYMOUS: Final = "anonymous"
STRANGER: Final = "stranger"  # owner in another unit
MEMBERS: Final = tuple(role.value for role in Role)
ROLES: Final = (ANONYMOUS, STRANGER, *MEMBERS)

# Who passes a door of a unit; written out here, so that a slip in `events.permissions` shows.
EVERYBODY: Final = frozenset(ROLES)
SIGNED_IN: Final = EVERYBODY - {ANONYMOUS}
SEE: Final = frozenset({"owner", "editor", "accessibility", "head", "auditor", "admin"})
EDIT: Final = frozenset({"owner", "editor", "admin"})
PUBLISH: Final = frozenset({"owner", "editor", "head", "admin"})
OVERRIDE: Final = frozenset({"owner", "head", "admin"})
SEE_PEOPLE: Final = frozenset({"owner", "editor", "head", "auditor", "admin"})
EXPORT_PEOPLE: Final = frozenset({"owner", "editor", "auditor", "admin"})
MANAGE_PEOPLE: Final = frozenset({"owner", "editor", "admin"})
CHECK_IN: Final = frozenset({"owner", "editor", "door", "admin"})
# What people need may tell of their health: not for those who only want to know who comes.
SEE_NEEDS: Final = frozenset({"owner", "accessibility", "admin"})
SEE_MESSAGES: Final = frozenset({"owner", "editor", "head", "auditor", "admin"})
SEE_STAFF: Final = frozenset({"owner", "admin"})
# Who looked at personal data: for those who answer for it, and who check.
SEE_ACCESS_LOG: Final = frozenset({"owner", "head", "auditor", "admin"})
# Owners of any unit: places are shared.
EDIT_ANYWHERE: Final = EDIT | {STRANGER}
ADMINISTER: Final = frozenset({"admin"})


@dataclass(frozen=True)
class Row:
    """One address asked in one way: who passes, what they get, what the others get."""

    name: str
    method: str = "get"
    passes: frozenset[str] = EVERYBODY
    got: int = 200
    refused: int = 404
    anonymous: int = 302  # to the page for signing in
    body: Mapping[str, Any] | Sequence[Mapping[str, Any]] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    query: str = ""

    def expected(self) -> dict[str, int]:
        """The status for every role."""
        refusal = {role: self.anonymous if role == ANONYMOUS else self.refused for role in ROLES}
        return {role: self.got if role in self.passes else refusal[role] for role in ROLES}


def api(name: str, method: str = "get", passes: frozenset[str] = EVERYBODY, got: int = 200, **more: Any) -> Row:
    """A row of the API, where nobody is sent to a page."""
    return Row(f"api-{name}", method, passes, got, anonymous=401, **more)


NO_SHOW_RULE: Final = {"limit": "3", "months": "12", "pause_months": "3"}
PERSON: Final = {"first_name": "Ewa", "last_name": "Lis", "email": "ewa@example.org"}

CALLER: Final = {"first_name": "Ewa", "last_name": "Lis", "source": "phone"}
REASON: Final = {"reason": "Prelegentka"}
FORCE: Final = {**REASON, "force": True}
RELEASED: Final = {"category": "business", "seats": 1, "reason": "Nikt nie przyszedł"}
WALK_IN: Final = {"first_name": "Ola", "seats": 1, "language": "pl", "nonce": "walk-in"}
INVITEE: Final = {"email": "ewa@example.org", "last_name": "Lis"}

NEW_DATE: Final = {"starts_at": "2027-02-07T17:00", "ends_at": "2027-02-07T19:00"}
NEW_EVENT: Final = {"unit": "strategia", "kind": "workshop", "title": {"pl": "Warsztat"}, "sessions": [NEW_DATE]}
NEW_POINT: Final = {"session": 999, "title": {"pl": "Otwarcie"}}
NEW_QUESTION: Final = {"kind": "text", "text": {"pl": "Skąd?"}, "purpose": {"pl": "Dojazd"}}
NEW_REMINDER: Final = {"channel": "sms", "before": {"minutes": 60}}
NEW_SERIES: Final = {**NEW_EVENT, "name": "Warsztaty", "rule": {"frequency": "weekly", "count": 2}}
NEWS: Final = {"subject": {"pl": "Wejście"}, "body": {"pl": "Wejście od podwórza."}}
TRIAL: Final = {"kind": "confirmed", "channel": "email"}
TEXT: Final = {"kind": "confirmed", "language": "pl"}
TABLE_OF_ONE: Final = {"table": "Klub"}
NEW_VENUE: Final = {"slug": "nowe", "name": {"pl": "Nowe miejsce"}, "address": "Rynek 3"}

TABLE: Final = [
    # Machines and monitors
    Row("alive"),
    Row("ready", got=503),  # No tick has run yet in a test.
    Row("robots"),
    Row("sitemap"),
    Row("twilio-status", "post", got=403),  # Only with the provider's signature.
    Row("twilio-incoming", "post", got=403),
    # A trial's inbox: not there in production.
    Row("dev-inbox", got=404),
    Row("dev-inbox-html", got=404),
    Row("dev-inbox-calendar", got=404),
    # Citizens
    Row("home"),
    Row("calendar-help"),
    Row("privacy"),
    Row("accessibility"),
    Row("event-list"),
    Row("event-rss"),
    Row("event-page"),
    Row("event-page", parts={"slug": "szkic"}, got=404),
    Row("event-page", parts={"slug": "zamkniete"}, got=404),
    Row("process-list"),
    Row("process-page", parts={"slug": "lublin"}),
    Row("feed-public"),
    Row("feed-event"),
    Row("feed-event", parts={"slug": "zamkniete"}, got=404),
    Row("attachment"),
    Row("attachment", parts={"attachment_id": "file_of_draft"}, passes=SEE, anonymous=404),
    Row("attachment", parts={"attachment_id": "file_of_restricted"}, passes=SEE, anonymous=404),
    Row("attachment", parts={"file_name": "inny.txt"}, got=404),
    Row("event-register"),
    Row("event-register", "post", got=400),
    Row("register-sent", got=302),
    Row("register-correct", "post", got=302),
    Row("register-send-again", "post", got=302),
    Row("my-registrations"),
    Row("my-registrations", "post", got=400),
    # A person's own door: whoever has the key
    Row("registration-manage"),
    Row("registration-manage", parts={"token": "unknown"}, got=404),
    Row("registration-confirm", "post", got=302),
    Row("registration-accept", "post", got=302),
    Row("registration-decline", "post", got=409),
    Row("registration-cancel"),
    Row("registration-cancel", "post", got=302),
    Row("registration-coming", "post", got=409),  # Nobody has asked.
    Row("registration-object", "post", got=400),
    Row("registration-object", "post", body={"words": "Byłam."}, got=409),  # It queues like every other.
    Row("registration-object", "post", parts={"token": "unknown"}, got=404),
    Row("registration-details"),
    Row("registration-details", "post", got=302),
    Row("registration-details", parts={"token": "unknown"}, got=404),
    Row("registration-leave"),
    Row("registration-leave", "post", got=302),
    Row("registration-substitute"),
    Row("registration-substitute", "post", got=400),
    Row("registration-substitute", "post", body=PERSON),  # The door is closed: there is nothing to go back to.
    Row("registration-member-cancel"),
    Row("registration-member-cancel", "post", got=302),
    Row("registration-member-cancel", parts={"member_id": "nobody"}, got=404),
    Row("registration-member-substitute"),
    Row("registration-member-substitute", "post", got=400),
    Row("registration-member-substitute", "post", body=PERSON, got=302),
    Row("registration-calendar", "post", got=302),
    Row("registration-calendar-revoke", "post", got=302),
    Row("registration-person"),
    Row("registration-person", "post", got=400),
    Row("registration-person", parts={"token": "unknown"}, got=404),
    Row("registration-consents"),
    Row("registration-consents", "post", got=302),
    Row("registration-consents", parts={"token": "unknown"}, got=404),
    Row("registration-close-links", "post"),
    Row("registration-close-links", "post", parts={"token": "unknown"}, got=404),
    Row("registration-erase"),
    Row("registration-erase", "post"),
    Row("registration-erase", parts={"token": "unknown"}, got=404),
    Row("registration-export"),
    Row("registration-export", parts={"token": "unknown"}, got=404),
    Row("registration-export-file"),
    Row("registration-export-file", parts={"token": "unknown"}, got=404),
    # Whoever has the key that went to the mailbox lately; the key of one registration is none
    Row("mine", parts={"token": "mine"}),
    Row("mine", got=404),
    Row("mine-erase", parts={"token": "mine"}),
    Row("mine-erase", "post", parts={"token": "mine"}),
    Row("mine-erase", got=404),
    Row("mine-export", parts={"token": "mine"}),
    Row("mine-export", got=404),
    Row("mine-export-file", parts={"token": "mine"}),
    Row("mine-export-file", got=404),
    Row("consent", parts={"token": "consent"}),
    Row("consent", "post", parts={"token": "consent"}, got=302),
    Row("consent", got=404),
    Row("registration-calendar-alarm", "post", got=302),
    Row("registration-ics"),
    Row("registration-ics", parts={"token": "unknown"}, got=404),
    Row("feed-personal", parts={"token": "feed"}),
    Row("feed-personal", parts={"token": "unknown"}, got=404),
    Row("ticket-code"),
    Row("ticket-code", parts={"code": "unknown"}),
    # An invited person's own door: whoever has the key, also to a restricted meeting
    Row("invitation", parts={"token": "invited"}),
    Row("invitation", "post", parts={"token": "invited"}, got=400),
    Row("invitation", parts={"token": "unknown"}, got=404),
    Row("invitation-send", "post", parts={"token": "invited"}, got=302),
    # A mailbox's own door: whoever has the key of one of its mails
    Row("unsubscribe", parts={"token": "mailbox"}),
    Row("unsubscribe", "post", parts={"token": "mailbox"}),
    Row("unsubscribe", got=404),
    Row("unsubscribe", "post", got=404),
    # Signing in
    Row("account_login", passes=frozenset({ANONYMOUS}), refused=302),
    Row("account_logout", passes=SIGNED_IN),
    Row("account_inactive"),
    Row("account_signup", passes=frozenset({ANONYMOUS}), refused=302),
    Row("account_change_password", passes=SIGNED_IN),
    Row("account_reset_password"),
    Row("account_reset_password_done"),
    Row("account_reset_password_from_key", parts={"uidb36": "1", "key": "key"}),
    Row("account_reset_password_from_key_done"),
    # Organisers; a form that was sent empty comes back with its faults
    Row("manage-home", passes=SIGNED_IN),
    Row("manage-events", passes=SEE | {STRANGER}),
    Row("manage-event-new", passes=EDIT_ANYWHERE),
    Row("manage-event-new", "post", passes=EDIT_ANYWHERE),
    Row("manage-event", passes=SEE),
    Row("manage-event-edit", passes=EDIT),
    Row("manage-event-edit", "post", passes=EDIT),
    Row("manage-event-submit", passes=EDIT),
    Row("manage-event-submit", "post", passes=EDIT),  # It is published already.
    Row("manage-event-send-back", passes=PUBLISH),
    Row("manage-event-send-back", "post", passes=PUBLISH),
    Row("manage-event-postpone", passes=PUBLISH),
    Row("manage-event-postpone", "post", passes=PUBLISH, got=302),
    Row("manage-event-new-date", passes=PUBLISH),
    Row("manage-event-new-date", "post", passes=PUBLISH),
    Row("manage-event-hold", passes=PUBLISH),
    Row("manage-event-hold", "post", passes=PUBLISH),  # It has not begun.
    Row("manage-event-close", passes=PUBLISH),
    Row("manage-event-close", "post", passes=PUBLISH),
    Row("manage-event-publish", passes=PUBLISH),
    Row("manage-event-publish", "post", passes=PUBLISH, got=302),
    Row("manage-event-cancel", passes=PUBLISH),
    Row("manage-event-cancel", "post", passes=PUBLISH),
    Row("manage-event-legal-hold", passes=OVERRIDE),
    Row("manage-event-legal-hold", "post", passes=OVERRIDE, got=302),
    Row("manage-event-release", passes=EDIT),
    Row("manage-event-release", "post", passes=EDIT),
    Row("manage-event-copy", "post", passes=EDIT, got=302),
    Row("manage-event-template", "post", passes=EDIT, got=302),
    Row("manage-event-delete", passes=EDIT),
    Row("manage-event-delete", "post", passes=EDIT, got=302),  # It is published: a sentence says so.
    Row("manage-event-repeat", passes=EDIT),
    Row("manage-event-repeat", "post", passes=EDIT),
    Row("manage-event-table", passes=EDIT),
    Row("manage-event-table", "post", passes=EDIT),
    Row("manage-templates", passes=EDIT_ANYWHERE),
    Row("manage-series-list", passes=SEE | {STRANGER}),
    Row("manage-series", passes=SEE),
    Row("manage-event-agenda", passes=EDIT),
    Row("manage-event-agenda", "post", passes=EDIT),
    Row("manage-event-questions", passes=EDIT),
    Row("manage-event-questions", "post", passes=EDIT),
    Row("manage-event-files", passes=EDIT),
    Row("manage-event-files", "post", passes=EDIT),
    Row("manage-event-files-change", "post", passes=EDIT, got=302),
    Row("manage-lists", passes=EDIT_ANYWHERE),
    Row("manage-topics", passes=ADMINISTER),
    Row("manage-topic-new", passes=ADMINISTER),
    Row("manage-topic-new", "post", passes=ADMINISTER),
    Row("manage-topic", parts={"slug": "zielen"}, passes=ADMINISTER),
    Row("manage-topic", "post", parts={"slug": "zielen"}, passes=ADMINISTER),
    Row("manage-kinds", passes=ADMINISTER),
    Row("manage-kind-new", passes=ADMINISTER),
    Row("manage-kind-new", "post", passes=ADMINISTER),
    Row("manage-kind", parts={"code": "workshop"}, passes=ADMINISTER),
    Row("manage-kind", "post", parts={"code": "workshop"}, passes=ADMINISTER),
    Row("manage-organizations", passes=EDIT_ANYWHERE),
    Row("manage-organization-new", passes=EDIT_ANYWHERE),
    Row("manage-organization-new", "post", passes=EDIT_ANYWHERE),
    Row("manage-organization", parts={"slug": "izba"}, passes=EDIT_ANYWHERE),
    Row("manage-organization", "post", parts={"slug": "izba"}, passes=EDIT_ANYWHERE),
    Row("manage-audiences", passes=EDIT_ANYWHERE),
    Row("manage-audience-new", passes=EDIT_ANYWHERE),
    Row("manage-audience-new", "post", passes=EDIT_ANYWHERE),
    Row("manage-audience", parts={"slug": "podmioty"}, passes=EDIT_ANYWHERE),
    Row("manage-audience", "post", parts={"slug": "podmioty"}, passes=EDIT_ANYWHERE),
    Row("manage-audience-paste", parts={"slug": "podmioty"}, passes=EDIT_ANYWHERE),
    Row("manage-audience-paste", "post", parts={"slug": "podmioty"}, passes=EDIT_ANYWHERE),
    Row("manage-venues", passes=EDIT_ANYWHERE),
    Row("manage-venue-new", passes=EDIT_ANYWHERE),
    Row("manage-venue-new", "post", passes=EDIT_ANYWHERE),
    Row("manage-venue", parts={"slug": "ratusz"}, passes=EDIT_ANYWHERE),
    Row("manage-venue", "post", parts={"slug": "ratusz"}, passes=EDIT_ANYWHERE),
    Row("manage-notices", passes=EDIT_ANYWHERE),
    Row("manage-notice", parts={"slug": "strategia"}, passes=EDIT),
    Row("manage-notice", "post", parts={"slug": "strategia"}, passes=EDIT),
    Row("manage-contact", parts={"slug": "strategia"}, passes=EDIT),
    Row("manage-contact", "post", parts={"slug": "strategia"}, passes=EDIT, got=302),
    Row("manage-no-shows", passes=MANAGE_PEOPLE | {STRANGER}),
    Row(
        "manage-no-show-decide",
        "post",
        parts={"number": "pause"},
        body={"decision": "lifted"},
        passes=MANAGE_PEOPLE,
        got=302,
    ),
    Row("manage-no-show-decide", "post", parts={"number": "pause"}, passes=frozenset()),
    Row("manage-no-show-rule", parts={"slug": "strategia"}, passes=SEE_STAFF),
    Row("manage-no-show-rule", "post", parts={"slug": "strategia"}, body=NO_SHOW_RULE, passes=SEE_STAFF, got=302),
    Row("manage-access-log", passes=SEE_ACCESS_LOG | {STRANGER}),
    Row("manage-registrations", passes=SEE_PEOPLE),
    Row("manage-registrations-csv", passes=EXPORT_PEOPLE),
    Row("manage-registrations-xlsx", passes=EXPORT_PEOPLE),
    Row("manage-registration", passes=SEE_PEOPLE),
    Row("manage-registration-new", passes=MANAGE_PEOPLE),
    Row("manage-registration-new", "post", passes=MANAGE_PEOPLE),
    Row("manage-registration-edit", passes=MANAGE_PEOPLE),
    Row("manage-registration-edit", "post", passes=MANAGE_PEOPLE),
    Row("manage-registration-promote", passes=MANAGE_PEOPLE),
    Row("manage-registration-promote", "post", passes=MANAGE_PEOPLE),
    Row("manage-registration-approve", "post", passes=MANAGE_PEOPLE, got=302),  # It is confirmed already.
    Row("manage-registration-reject", passes=MANAGE_PEOPLE),
    Row("manage-registration-reject", "post", passes=MANAGE_PEOPLE),
    Row("manage-registration-cancel", passes=MANAGE_PEOPLE),
    Row("manage-registration-cancel", "post", passes=MANAGE_PEOPLE),
    Row("manage-registration-address", "post", passes=MANAGE_PEOPLE, got=302),
    Row("manage-invitations", passes=SEE_PEOPLE),
    Row("manage-invitation-new", passes=MANAGE_PEOPLE),
    Row("manage-invitation-new", "post", passes=MANAGE_PEOPLE),
    Row("manage-invitations-import", passes=MANAGE_PEOPLE),
    Row("manage-invitations-import", "post", passes=MANAGE_PEOPLE),
    Row("manage-invitations-send", "post", passes=MANAGE_PEOPLE, got=302),
    Row("manage-invitation", parts={"number": "invitation"}, passes=MANAGE_PEOPLE),
    Row("manage-invitation", "post", parts={"number": "invitation"}, passes=MANAGE_PEOPLE),
    Row("manage-invitation-revoke", "post", parts={"number": "invitation"}, passes=MANAGE_PEOPLE, got=302),
    Row("manage-needs", passes=SEE_NEEDS),
    Row("manage-need", passes=SEE_NEEDS),
    Row("manage-need", "post", passes=SEE_NEEDS),
    Row("manage-need", parts={"need_id": "999"}, passes=frozenset()),
    Row("manage-retention", passes=ADMINISTER),
    Row("manage-door", passes=CHECK_IN),
    Row("manage-door", "post", passes=CHECK_IN),
    Row("manage-door-undo", "post", passes=CHECK_IN, got=302),
    Row("manage-door-headcount", passes=CHECK_IN),
    Row("manage-door-headcount", "post", passes=CHECK_IN, got=302),
    Row("manage-door-headcount-undo", "post", passes=CHECK_IN, got=302),
    Row("manage-door-headcount-undo", "post", body={"tap": 999}, passes=frozenset()),
    Row("manage-door-walk-in", passes=CHECK_IN),
    Row("manage-door-walk-in", "post", body=WALK_IN, passes=CHECK_IN, got=409),  # It is not the day yet.
    Row("manage-door-here", "post", passes=CHECK_IN, got=302),
    Row("manage-door-here", "post", body={"reference": "NOBODY22"}, passes=frozenset()),
    Row("manage-door-gone", "post", passes=CHECK_IN, got=302),
    Row("manage-door-gone", "post", body={"reference": "NOBODY22"}, passes=frozenset()),
    Row("manage-door-shell", passes=CHECK_IN),
    Row("manage-door-worker", passes=CHECK_IN),
    Row("manage-door-manifest", passes=CHECK_IN),
    Row("manage-door-figures", passes=CHECK_IN),
    Row("manage-attendance", passes=SEE_PEOPLE),
    Row("manage-print-attendance", passes=EXPORT_PEOPLE),
    Row("manage-print-badges", passes=EXPORT_PEOPLE),
    Row("manage-print-door", passes=EXPORT_PEOPLE),
    Row("manage-online-attendance", passes=MANAGE_PEOPLE),
    Row("manage-attendance-close", "post", passes=MANAGE_PEOPLE, got=302),
    Row("manage-attendance-reopen", "post", passes=MANAGE_PEOPLE, got=302),
    Row("manage-attendance-person", "post", passes=MANAGE_PEOPLE, got=302),
    Row("manage-door-conflicts", passes=CHECK_IN),
    Row("manage-door-passes", passes=MANAGE_PEOPLE),
    Row("manage-door-passes", "post", body={"label": "Wejście", "day": "2027-01-26"}, passes=MANAGE_PEOPLE),
    Row("manage-door-pass-revoke", "post", parts={"number": "pass"}, passes=MANAGE_PEOPLE, got=302),
    Row("manage-door-pass-revoke", "post", parts={"number": "nobody"}, passes=frozenset()),
    # Whoever has the link of a pass, on its day
    Row("door-pass", parts={"token": "pass_link"}),
    Row("door-pass", "post", parts={"token": "pass_link"}, got=302),
    Row("door-pass", got=404),
    Row("manage-messages", passes=SEE_MESSAGES),
    Row("manage-messages-seen", "post", passes=MANAGE_PEOPLE, got=302),
    Row("manage-message-resend", "post", passes=MANAGE_PEOPLE, got=302),
    Row("manage-texts", passes=ADMINISTER),
    Row("manage-text", parts=TEXT, passes=ADMINISTER),
    Row("manage-text", "post", parts=TEXT, passes=ADMINISTER, got=302),
    Row("manage-text", parts={**TEXT, "language": "de"}, passes=frozenset()),
    Row("manage-messages-preview", passes=SEE_MESSAGES),
    Row("manage-messages-preview", "post", passes=MANAGE_PEOPLE),  # It says which address is missing.
    Row("manage-announcement-new", passes=MANAGE_PEOPLE),
    Row("manage-announcement-new", "post", passes=MANAGE_PEOPLE),  # The form says what is missing.
    # The API for everybody
    api("index"),
    api("schema"),
    api("docs"),
    api("unknown", got=404),
    api("events"),
    api("event"),
    api("event", parts={"slug": "szkic"}, got=404),
    api("event", parts={"slug": "zamkniete"}, got=404),
    api("events-csv"),
    api("events-jsonl"),
    api("processes"),
    api("process", parts={"slug": "lublin"}),
    api("process-report", parts={"slug": "lublin"}),
    api("kinds"),
    api("categories"),
    api("topics"),
    api("districts"),
    api("venues"),
    api("units"),
    api("event-registrations", "post", body=PERSON, got=201),
    api("event-registrations", "post", body=PERSON, parts={"slug": "zamkniete"}, got=404),
    api("registration"),
    api("registration", "patch", body={"first_name": "Ewa"}),
    api("registration", parts={"token": "unknown"}, got=404),
    api("registration-confirm", "post"),
    api("registration-cancel", "post"),
    api("registration-coming", "post", got=409),
    api("registration-object", "post", got=400),
    api("registration-object", "post", body={"words": "Byłam."}, got=409),  # It queues like every other.
    api("registration-accept", "post"),
    api("registration-decline", "post", got=409),
    api("registration-export"),
    api("registration-export", parts={"token": "unknown"}, got=404),
    api("registration-erase", "post"),
    api("registration-erase", "post", parts={"token": "unknown"}, got=404),
    api("registration-close-links", "post"),
    api("registration-close-links", "post", parts={"token": "unknown"}, got=404),
    api("consent", parts={"token": "consent"}),
    api("consent", "post", parts={"token": "consent"}),
    api("consent", got=404),
    api("registration-leave", "post"),
    api("registration-substitute", "post", body=PERSON, got=202),
    api("registration-member-cancel", "post"),
    api("registration-member-cancel", "post", parts={"member_id": "nobody"}, got=404),
    api("registration-member-substitute", "post", body=PERSON),
    # The API for organisers
    api("manage-events", passes=SIGNED_IN),  # Each sees their own.
    api("manage-events", "post", body=NEW_EVENT, passes=EDIT, got=201),
    api("manage-event", passes=SEE),
    api("manage-event", "patch", body={"title": {"pl": "Nowy tytuł"}}, passes=EDIT),
    api("manage-event-publish", "post", passes=PUBLISH, got=409),  # It is published already.
    api("manage-event-submit", "post", passes=EDIT, got=409),
    api("manage-event-send-back", "post", body={"reason": "Brak miejsca"}, passes=PUBLISH, got=409),
    api("manage-event-postpone", "post", body={"reason": "Awaria"}, passes=PUBLISH),
    api("manage-event-new-date", "post", body={"sessions": [NEW_DATE]}, passes=PUBLISH, got=409),
    api("manage-event-cancel", "post", body={"reason": "Awaria"}, passes=PUBLISH),
    api("manage-event-hold", "post", passes=PUBLISH, got=409),
    api("manage-event-close", "post", passes=PUBLISH, got=409),
    api("manage-event-legal-hold", "post", body={"reason": "Sprawa"}, passes=OVERRIDE),
    api("manage-event-copy", "post", passes=EDIT, got=201),
    api("manage-event-changes", passes=SEE),
    api("manage-event-sessions", passes=SEE),
    api("manage-event-sessions", "post", body=NEW_DATE, passes=EDIT, got=201),
    api("manage-event-sessions", "put", body=[NEW_DATE], passes=EDIT),
    api("manage-event-session", "patch", body={"title": {"pl": "Część 1"}}, parts={"item": "session"}, passes=EDIT),
    api("manage-event-session", "delete", parts={"item": "999"}, passes=frozenset()),
    api("manage-event-agenda", passes=SEE),
    api("manage-event-agenda", "post", body=NEW_POINT, passes=EDIT, got=404),  # There is no such session.
    api("manage-event-agenda", "put", body=[NEW_POINT], passes=EDIT, got=404),
    api("manage-event-agenda-item", "patch", body={"title": {"pl": "Nowy"}}, parts={"item": "1"}, passes=EDIT),
    api("manage-event-agenda-item", "delete", parts={"item": "1"}, passes=EDIT, got=204),
    api("manage-event-questions", passes=SEE),
    api("manage-event-questions", "post", body=NEW_QUESTION, passes=EDIT, got=201),
    api("manage-event-questions", "put", body=[NEW_QUESTION], passes=EDIT),
    api("manage-event-question", "patch", body={"required": True}, parts={"item": "question"}, passes=EDIT),
    api("manage-event-question", "delete", parts={"item": "question"}, passes=EDIT, got=204),
    api("manage-event-reminders", passes=SEE),
    api("manage-event-reminders", "post", body=NEW_REMINDER, passes=EDIT, got=201),
    api("manage-event-reminders", "put", body=[NEW_REMINDER], passes=EDIT),
    api("manage-event-reminder", "patch", body={"before": {"minutes": 5}}, parts={"item": "1"}, passes=EDIT),
    api("manage-event-reminder", "delete", parts={"item": "1"}, passes=EDIT, got=204),
    api("manage-event-preview", "post", body={"move": "cancel"}, passes=PUBLISH),
    api("manage-event-preview", "post", body={"contact_phone": ""}, passes=EDIT),
    api("manage-event-conflicts", passes=SEE),
    api("manage-event-attachments", passes=SEE),
    api("manage-event-attachments", "post", passes=EDIT, got=415, refused=404),
    api("manage-event-attachment", "delete", parts={"attachment_id": "unknown"}, passes=frozenset()),
    api("manage-event-pools", passes=SEE),
    api("manage-event-pool", "patch", body={"capacity": 70}, parts={"item": "pool"}, passes=EDIT),
    api("manage-event-pools-release", "post", body=RELEASED, passes=EDIT, got=400),  # No group has seats of its own.
    api("manage-organizations", passes=EDIT_ANYWHERE),
    api("manage-organizations", "post", body={"name": "Klub"}, passes=EDIT_ANYWHERE, got=201),
    api("manage-organization", parts={"name": "izba"}, passes=EDIT_ANYWHERE),
    api("manage-organization", "patch", body={"name": "Klub"}, parts={"name": "izba"}, passes=EDIT_ANYWHERE),
    api("manage-audiences", passes=EDIT_ANYWHERE),
    api("manage-audiences", "post", body={"name": {"pl": "Koło"}}, passes=EDIT_ANYWHERE, got=201),
    api("manage-audience", parts={"name": "podmioty"}, passes=EDIT_ANYWHERE),
    api("manage-audience", "patch", body={"position": 1}, parts={"name": "podmioty"}, passes=EDIT_ANYWHERE),
    api("manage-audience-organizations", "post", body=TABLE_OF_ONE, parts={"name": "podmioty"}, passes=EDIT_ANYWHERE),
    api("manage-kinds", passes=EDIT_ANYWHERE),
    api("manage-kinds", "post", body={"code": "noc", "name": {"pl": "Noc"}}, passes=ADMINISTER, got=201),
    api("manage-kind", parts={"name": "workshop"}, passes=EDIT_ANYWHERE),
    api("manage-kind", "patch", body={"notice_days": 3}, parts={"name": "workshop"}, passes=ADMINISTER),
    api("manage-topics", passes=EDIT_ANYWHERE),
    api("manage-topics", "post", body={"slug": "noc", "name": {"pl": "Noc"}}, passes=ADMINISTER, got=201),
    api("manage-topic", parts={"name": "zielen"}, passes=EDIT_ANYWHERE),
    api("manage-topic", "patch", body={"position": 3}, parts={"name": "zielen"}, passes=ADMINISTER),
    api("manage-series", passes=SIGNED_IN),  # Each sees their own.
    api("manage-series", "post", body=NEW_SERIES, passes=EDIT, got=201),
    api("manage-one-series", passes=SEE),
    api("manage-one-series", "patch", body={"title": {"pl": "Nowy"}}, passes=EDIT),
    api("manage-series-cancel", "post", body={"reason": "Awaria"}, passes=PUBLISH),
    api("manage-templates", passes=SIGNED_IN),
    api("manage-event-template", "post", passes=EDIT, got=201),
    api("manage-event", "delete", passes=EDIT, got=409),  # It is published.
    api("manage-event", "delete", parts={"slug": "szkic"}, passes=EDIT, got=204),
    api("manage-audit", passes=SEE | {STRANGER}),
    api("manage-accesses", passes=SEE_ACCESS_LOG | {STRANGER}),
    api("manage-staff", passes=SEE_STAFF | {STRANGER}),
    api("manage-rooms", passes=EDIT_ANYWHERE),
    api("manage-venues", passes=EDIT_ANYWHERE),
    api("manage-venues", "post", body=NEW_VENUE, passes=EDIT_ANYWHERE, got=201),
    api("manage-venue", parts={"slug": "ratusz"}, passes=EDIT_ANYWHERE),
    api("manage-venue", "patch", body={"address": "Rynek 2"}, parts={"slug": "ratusz"}, passes=EDIT_ANYWHERE),
    api("manage-registrations", passes=SEE_PEOPLE),
    api("manage-registrations-csv", passes=EXPORT_PEOPLE),
    api("manage-registrations-xlsx", passes=EXPORT_PEOPLE),
    api("manage-registration", passes=SEE_PEOPLE),
    api("manage-registrations", "post", body=CALLER, passes=MANAGE_PEOPLE, got=201),
    api("manage-registration", "patch", body={"first_name": "Ewa"}, passes=MANAGE_PEOPLE),
    api("manage-registration-promote", "post", body=REASON, passes=MANAGE_PEOPLE),  # It is confirmed already.
    # Over the number of seats only those let people in who may override.
    api("manage-registration-promote", "post", body=FORCE, passes=frozenset({"owner", "admin"})),
    api("manage-registration-approve", "post", passes=MANAGE_PEOPLE),
    api("manage-registration-reject", "post", body=REASON, passes=MANAGE_PEOPLE, got=409),
    api("manage-registration-cancel", "post", passes=MANAGE_PEOPLE),
    api("manage-invitations", passes=SEE_PEOPLE),
    api("manage-invitations", "post", body=INVITEE, passes=MANAGE_PEOPLE, got=201),
    api("manage-invitations-import", "post", passes=MANAGE_PEOPLE, got=415),
    api("manage-invitations-send", "post", passes=MANAGE_PEOPLE),
    api("manage-invitation", "patch", parts={"number": "invitation"}, body={"seats": 2}, passes=MANAGE_PEOPLE),
    api("manage-invitation-revoke", "post", parts={"number": "invitation"}, passes=MANAGE_PEOPLE),
    api("manage-member-cancel", "post", parts={"reference": "party"}, passes=MANAGE_PEOPLE),
    api("manage-member-cancel", "post", parts={"member_id": "nobody"}, passes=frozenset()),
    api("manage-member-substitute", "post", body=PERSON, parts={"reference": "party"}, passes=MANAGE_PEOPLE),
    api("manage-needs", passes=SEE_NEEDS),
    api("manage-need", passes=SEE_NEEDS),
    api("manage-need", "patch", body={"state": "arranged"}, passes=SEE_NEEDS),
    api("manage-need", parts={"need_id": "999"}, passes=frozenset()),
    api("manage-event-report", passes=SEE_PEOPLE),
    api("manage-check-ins", "post", body={"code": "NOBODY22", "nonce": "2"}, passes=CHECK_IN),
    api("manage-check-in-void", "post", passes=CHECK_IN),
    api("manage-check-in-conflicts", passes=CHECK_IN),
    api("manage-walk-ins", "post", body=WALK_IN, passes=CHECK_IN, got=409),  # As above.
    api("manage-walk-ins", "post", body={**WALK_IN, **FORCE}, passes=CHECK_IN & OVERRIDE, got=409),
    api("manage-headcounts", passes=CHECK_IN),
    api("manage-door-bundle", passes=CHECK_IN),
    api("manage-attendance", passes=SEE_PEOPLE),
    api("manage-attendance-close", "post", passes=MANAGE_PEOPLE, got=409),  # The meeting is still to come.
    api("manage-attendance-reopen", "post", passes=MANAGE_PEOPLE, got=409),
    api("manage-online-attendance", "post", passes=MANAGE_PEOPLE, got=415),
    api("manage-attendance-excuse", "post", passes=MANAGE_PEOPLE, got=400),
    api("manage-attendance-take-excuse-back", "post", passes=MANAGE_PEOPLE, got=400),
    api("manage-headcounts", "post", body={"delta": 3, "nonce": "3"}, passes=CHECK_IN),
    api("manage-messages", passes=SEE_MESSAGES),
    api("manage-messages-seen", "post", passes=MANAGE_PEOPLE),
    api("manage-message-resend", "post", passes=MANAGE_PEOPLE, got=201),
    api("manage-texts", passes=ADMINISTER),
    api("manage-text", parts=TEXT, passes=ADMINISTER),
    api("manage-text", "patch", parts=TEXT, body={"subject": "Do zobaczenia"}, passes=ADMINISTER),
    api("manage-messages-preview", query="?kind=confirmed", passes=SEE_MESSAGES),
    # Nothing leaves a machine on which no channel is set up.
    api("manage-messages-test", "post", body=TRIAL, passes=MANAGE_PEOPLE, got=409),
    api("manage-announcements", passes=SEE_MESSAGES),
    api("manage-announcements", "post", body={**NEWS, "nonce": str(uuid.UUID(int=1))}, passes=MANAGE_PEOPLE, got=201),
    api("manage-announcements-preview", "post", body=NEWS, passes=MANAGE_PEOPLE),
]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(db: None) -> dict[str, User | None]:
    """Somebody in every role."""
    members = {role.value: make_user(f"{role.value}@example.org", role=role) for role in Role}
    stranger = make_user("stranger@example.org", unit=make_unit("zieleni"))
    return {ANONYMOUS: None, STRANGER: stranger, **members}


@pytest.fixture
def parts(people: dict[str, User | None]) -> dict[str, str]:
    """What stands in the addresses: a thing of each kind that belongs to the unit `strategia`."""
    make_notice()
    make_process("lublin")
    make_venue("ratusz")
    make_topic("zielen")
    Organization.objects.create(slug="izba", name="Izba")
    Audience.objects.create(slug="podmioty", name={"pl": "Podmioty"})
    event = make_event("debata", venue=make_venue("dom-kultury"))
    draft = make_event("szkic", status=EventStatus.DRAFT)
    restricted = make_event("zamkniete", visibility=Visibility.RESTRICTED)
    session = event.sessions.get()
    session.agenda.create(title={"pl": "Otwarcie"})
    event.reminders.create(channel="sms", minutes_before=120)
    question = event.questions.create(kind="text", text={"pl": "Kto?"}, purpose={"pl": "Po co"})
    series = EventSeries.objects.create(unit=event.unit, name="Debaty", created_at=NOW)
    Event.objects.filter(pk=event.pk).update(series=series)
    registration = make_registration(event, email="anna@example.org")
    pause = NoShowPause.objects.create(
        unit=event.unit,
        email_key="0",
        registration=registration,
        begins_at=NOW,
        ends_at=NOW + timedelta(days=90),
        objection="Byłam.",
        objected_at=NOW,
    )
    need = registration.needs.create(kind="pjm", created_at=NOW)
    # Anna is here and can no longer cancel; Berta still can.
    coming = make_registration(event, email="berta@example.org", seats=2)
    member = make_member(coming)
    owner = people["owner"]
    assert owner is not None
    check_in(event, reference=registration.reference, nonce="n1", source=CheckInSource.LIST, by=owner, at=NOW)
    my_registrations_link("berta@example.org", at=NOW)
    asked = coming.changes.get()
    (consent,) = give_consents(coming, [ConsentPurpose.NEWS], source="web", language="pl", at=NOW)
    invitation = make_invitation(event)
    given = make_door_pass(event, by=owner)
    message = Message.objects.create(
        dedupe_key="1",
        kind="confirmed",
        channel=Channel.EMAIL,
        priority=Priority.CONFIRMATION,
        registration=registration,
        event=event,
        language="pl",
        subject="Do zobaczenia",
        body="Tekst",
        html="<p>Tekst</p>",
        calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        state=MessageState.SENT,
        created_at=NOW,
        due_at=NOW,
        useful_until=NOW + timedelta(days=1),
        next_attempt_at=NOW,
        sent_at=NOW,
    )
    return {
        "slug": "debata",
        "session": str(session.pk),
        "question": str(question.pk),
        "series_id": str(series.pk),
        "pool": str(event.pools.get().pk),
        "token": coming.manage_token,
        "feed": personal_feed(coming, at=NOW).token,
        "mine": asked.mine_token,
        "mailbox": unsubscribe_token(email_key("anna@example.org")),
        "consent": consent.withdraw_token,
        "code": registration.ticket_code,
        "reference": registration.reference,
        "party": coming.reference,
        "member_id": str(member.pk),
        "nobody": "999999999",
        "nonce": "n1",
        "need_id": str(need.pk),
        "message_id": str(message.pk),
        "attachment_id": str(make_attachment(event).pk),
        "file_of_draft": str(make_attachment(draft).pk),
        "file_of_restricted": str(make_attachment(restricted).pk),
        "file_name": "program.txt",
        "number": str(series.pk),
        "invitation": str(invitation.pk),
        "invited": invitation.token,
        "pass": str(given.pk),
        "pass_link": make_token("door", row_id=given.pk, generation=given.generation),
        "pause": str(pause.pk),
        "rest": "nothing/",
        "unknown": str(uuid.uuid4()),
    }


def address_of(row: Row, parts: Mapping[str, str]) -> str:
    """The address of a row, with the things of the test in it."""
    given = {**parts, **{name: parts.get(value, value) for name, value in row.parts.items()}}
    return reverse(row.name, kwargs={name: given[name] for name in parts_in(row.name)}) + row.query


def parts_in(name: str) -> list[str]:
    """Which parts an address has."""
    possibilities = get_resolver().reverse_dict.getlist(name)
    ((_pattern, names),) = possibilities[0][0][:1]
    return list(names)


@pytest.mark.django_db
@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.method} {row.name}{row.query}")
def test_every_role_at_this_door(row: Row, people: dict[str, User | None], parts: dict[str, str]) -> None:
    address = address_of(row, parts)

    assert {role: _status(row, address, person) for role, person in people.items()} == row.expected()


def _status(row: Row, address: str, person: User | None) -> int:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    if person is not None:
        client.force_login(person)
    kind = "application/json" if row.name.startswith("api-") else None
    options = {"content_type": kind} if kind and row.method != "get" else {}
    with transaction.atomic():
        # Nobody finds what somebody before them did.
        response = getattr(client, row.method)(address, row.body or None, **options)
        if response.streaming:
            response.getvalue()  # Read to its end, so that the file behind it is let go.
        transaction.set_rollback(True)
    status: int = response.status_code
    return status


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """The name of every address, however deep."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield pattern.name or f"without a name: {pattern.pattern}"


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert sorted({row.name for row in TABLE}) == sorted(set(names(urlpatterns)))
