"""A person's own data as JSON: everything that is stored with a registration, in words that programs keep. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from events.models import InformationNotice, Session
from registrations.enums import MemberState
from registrations.models import (
    AccommodationRequest,
    Answer,
    CheckIn,
    Consent,
    Invitation,
    NoShowPause,
    PartyMember,
    Registration,
)
from registrations.queries.personal_data import PersonalData
from registrations.templatetags.history_tags import change_in_words

Json = dict[str, Any]


def data_as_json(data: PersonalData) -> Json:
    """One registration; texts of the organiser come in all their languages, as in the rest of the API."""
    registration = data.registration
    return {
        "registration": _registration(registration),
        "event": _event(registration),
        "participant": _participant(registration),
        "party": [_member(member) for member in data.members],
        "sessions": [_session(session) for session in data.sessions],
        "answers": [_answer(answer) for answer in data.answers],
        "needs": [_need(need) for need in data.needs],
        "consents": consents_as_json(data.consents),
        "check_ins": [_check_in(row) for row in data.check_ins],
        "no_show_pauses": [_pause(pause) for pause in data.pauses],
        "history": [
            {
                "at": _moment(change.at),
                "what": change.cause,
                "words": change_in_words(change),
                "reason": change.reason_for_person,
            }
            for change in data.changes
        ],
        "notice": _notice(registration.notice),
        "invitation": _invitation(registration.invitation),
    }


def consents_as_json(consents: Iterable[Consent]) -> list[Json]:
    """What was allowed, with the exact words and their version."""
    return [
        {
            "purpose": consent.purpose,
            "text": consent.text.text,
            "text_version": consent.text.version,
            "language": consent.language,
            "email": consent.email,
            "source": consent.source,
            "given_at": _moment(consent.given_at),
            "withdrawn_at": _moment(consent.withdrawn_at),
        }
        for consent in consents
    ]


def _registration(registration: Registration) -> Json:
    return {
        "reference": registration.reference,
        "ticket_code": registration.ticket_code,
        "state": registration.state,
        "seats": registration.seats,
        "category": registration.category.code if registration.category else None,
        "source": registration.source,
        "language": registration.language,
        "sms_reminders": registration.sms_reminders,
        "no_photo": registration.no_photo,
        "waits_last": registration.waits_last,
        "age_statement": registration.age_statement,
        "attendance": registration.attendance,
        "attendance_intent": registration.attendance_intent,
        "created_at": _moment(registration.created_at),
        "queued_at": _moment(registration.queued_at),
        "hold_expires_at": _moment(registration.hold_expires_at),
        "offer_expires_at": _moment(registration.offer_expires_at),
        "confirmed_at": _moment(registration.confirmed_at),
        "address_confirmed_at": _moment(registration.address_confirmed_at),
    }


def _pause(pause: NoShowPause) -> Json:
    return {
        "begins_at": _moment(pause.begins_at),
        "ends_at": _moment(pause.ends_at),
        "objection": pause.objection,
        "objected_at": _moment(pause.objected_at),
        "upheld": pause.upheld,
        "decided_at": _moment(pause.decided_at),
    }


def _event(registration: Registration) -> Json:
    event = registration.event
    return {
        "slug": event.slug,
        "title": event.title,
        "status": event.status,
        "starts_at": _moment(event.starts_at),
        "ends_at": _moment(event.ends_at),
        "unit": event.unit.slug,
    }


def _participant(registration: Registration) -> Json:
    person = registration.participant
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "phone": str(person.phone),
        "organisation": person.organisation,
        "comes": registration.contact_comes,
    }


def _member(member: PartyMember) -> Json:
    return {
        "first_name": member.first_name,
        "last_name": member.last_name,
        # Whom somebody else replaced may have been a stranger to this person.
        "email": member.email if member.state == MemberState.COMING else "",
        "ticket_code": member.ticket_code,
        "state": member.state,
        "attendance": member.attendance,
        "created_at": _moment(member.created_at),
        "ended_at": _moment(member.ended_at),
    }


def _session(session: Session) -> Json:
    return {
        "id": session.pk,
        "title": session.title or None,
        "starts_at": _moment(session.starts_at),
        "ends_at": _moment(session.ends_at),
    }


def _answer(answer: Answer) -> Json:
    question = answer.question
    return {
        "question": question.text,
        "purpose": question.purpose,
        "value": answer.value,
        "kept_for_days_after_the_event": question.retention_days,
    }


def _need(need: AccommodationRequest) -> Json:
    return {
        "kind": need.kind,
        "note": need.note,
        "state": need.state,
        "is_late": need.is_late,
        "reason": need.reason,
        "alternative": need.alternative,
        "created_at": _moment(need.created_at),
        "changes": [
            {
                "at": _moment(change.at),
                "from_state": change.from_state or None,
                "to_state": change.to_state,
                "reason": change.reason,
            }
            for change in need.changes.all()
        ],
    }


def _check_in(row: CheckIn) -> Json:
    return {
        "at": _moment(row.at),
        "kind": row.kind,
        "source": row.source,
        "of": row.member.full_name if row.member else None,
        "reason": row.reason,
    }


def _notice(notice: InformationNotice | None) -> Json | None:
    if notice is None:
        return None
    return {"version": notice.version, "in_force_from": _moment(notice.in_force_from), "text": notice.text}


def _invitation(invitation: Invitation | None) -> Json | None:
    if invitation is None:
        return None
    return {
        "first_name": invitation.first_name,
        "last_name": invitation.last_name,
        "email": invitation.email,
        "organisation": invitation.organisation,
        "note": invitation.note,
        "created_at": _moment(invitation.created_at),
    }


def _moment(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat() if at is not None else None
