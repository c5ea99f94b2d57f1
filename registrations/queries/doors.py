"""Doors to registrations: by a person's own key, or by reference within an event; what is not there is a 404."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404

from events.models import DoorPass, Event
from events.models.kept import kept
from registrations.enums import SCANS, ChangeCause
from registrations.models import CalendarFeed, CheckIn, Consent, PartyMember, Registration, RegistrationChange
from registrations.tokens import claimed_id, matches


@dataclass(frozen=True)
class Revoked:
    """The key of a calendar that its person has replaced: it was right once, and says so (410)."""


# So long does the link to everything of a person open, after it was asked for.
LINK_HOURS: Final = 24


@dataclass(frozen=True)
class Mailbox:
    """Somebody who has shown that a mailbox is theirs: everything registered with its address is theirs too."""

    email_key: str
    email: str


def get_registration_by_token(token: str) -> Registration:
    """The registration that this key opens, with its person and its event; else 404."""
    for registration in _complete_by_id(claimed_id(token) or 0):
        if matches(token, "manage", row_id=registration.pk, generation=registration.link_generation):
            return registration
    raise Http404


def get_mailbox_by_token(token: str, *, at: datetime) -> Mailbox:
    """Whose key this is, within a day after they asked for it; else 404. Nothing that is stored opens this door."""
    asked = RegistrationChange.objects.filter(pk=claimed_id(token) or 0, cause=ChangeCause.OVERVIEW_REQUESTED)
    change = asked.select_related("registration__participant").first()
    if change is None or not matches(token, "mine", row_id=change.pk, generation=change.registration.link_generation):
        raise Http404
    registration = change.registration
    if registration.email_key is None or not change.at <= at < change.at + timedelta(hours=LINK_HOURS):
        raise Http404
    return Mailbox(registration.email_key, registration.participant.email)


def get_consent_by_token(token: str) -> Consent:
    """The consent that this key takes back; else 404."""
    consent = Consent.objects.select_related("text", "registration__event").filter(pk=claimed_id(token) or 0).first()
    if consent is None or not matches(token, "consent", row_id=consent.pk, generation=consent.generation):
        raise Http404
    return consent


def get_door_pass_by_token(token: str) -> DoorPass:
    """The pass whose link this is, with its event, whatever became of it; else 404."""
    given = DoorPass.objects.filter(pk=claimed_id(token) or 0, created_by__isnull=False).select_related("event").first()
    if given is None or not matches(token, "door", row_id=given.pk, generation=given.generation):
        raise Http404
    return given


def get_event_registration(event: Event, reference: str) -> Registration:
    """The registration of this event with this reference; else 404. Who may ask is the event's door's business."""
    registration = _complete().filter(event=event, reference=reference.upper()).first()
    if registration is None:
        raise Http404
    return registration


def get_party_member(registration: Registration, member_id: int) -> PartyMember:
    """Somebody of this party, in whatever state; else 404. Who may ask is the registration's door's business."""
    member = registration.members.filter(pk=member_id).first()
    if member is None:
        raise Http404
    member.registration = registration
    return member


def get_feed_by_token(token: str) -> CalendarFeed | Revoked:
    """The personal calendar that this key opens, or that it was replaced; a key that never was is 404."""
    feed = CalendarFeed.objects.filter(pk=claimed_id(token) or 0).first()
    if feed is None:
        raise Http404
    if matches(token, "calendar", row_id=feed.pk, generation=feed.generation):
        return feed
    earlier = range(1, feed.generation)
    if any(matches(token, "calendar", row_id=feed.pk, generation=generation) for generation in earlier):
        return Revoked()
    raise Http404


def get_check_in(event: Event, nonce: str) -> CheckIn:
    """The scan at this event that a device sent under this number; else 404."""
    scans = CheckIn.objects.filter(registration__event=event, nonce=nonce, kind__in=SCANS)
    check_in = scans.select_related("registration", "member").first()
    if check_in is None:
        raise Http404
    return check_in


@kept
def _complete_by_id(registration_id: Any) -> QuerySet[Registration]:
    return _complete().filter(pk=registration_id)


def _complete() -> QuerySet[Registration]:
    return Registration.objects.select_related(
        "participant", "category", "event__policy", "event__unit", "event__venue", "event__kind"
    )
