"""Builders of test data: each shows every default, so a test shows only what differs."""

from tests.make.events import (
    make_attachment,
    make_category,
    make_door_pass,
    make_event,
    make_kind,
    make_notice,
    make_process,
    make_question,
    make_session,
    make_topic,
    make_unit,
    make_user,
    make_venue,
)
from tests.make.registrations import make_applicant, make_consent_text, make_invitation, make_member, make_registration
from tests.make.requests import Program

__all__ = [
    "Program",
    "make_applicant",
    "make_attachment",
    "make_category",
    "make_consent_text",
    "make_door_pass",
    "make_event",
    "make_invitation",
    "make_kind",
    "make_member",
    "make_notice",
    "make_process",
    "make_question",
    "make_registration",
    "make_session",
    "make_topic",
    "make_unit",
    "make_user",
    "make_venue",
]
