"""A person's copy of their data, put together from what registrations and messages hold about them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from notifications.models import Message
from notifications.queries.personal_data import messages_to
from notifications.rendering.personal_data import OwnMessage, messages_as_json, own_messages
from registrations.exports.personal_data import consents_as_json, data_as_json
from registrations.models import Consent, Registration
from registrations.queries.consents import person_consents
from registrations.queries.doors import Mailbox
from registrations.queries.lists import all_registrations
from registrations.queries.personal_data import PersonalData, personal_data


@dataclass(frozen=True)
class OwnPart:
    """One registration with what was said about it."""

    data: PersonalData
    messages: list[OwnMessage]


def own_parts(registrations: Sequence[Registration]) -> list[OwnPart]:
    """What a page shows of these registrations; as many statements for one as for many."""
    said = _said(registrations)
    return [OwnPart(data, own_messages(said[data.registration.pk])) for data in personal_data(registrations)]


def registration_file(registration: Registration, *, at: datetime) -> dict[str, Any]:
    """Everything about one registration."""
    (part,) = _parts_as_json([registration])
    return {"exported_at": timezone.localtime(at).isoformat(), **part}


def mailbox_file(mailbox: Mailbox, *, at: datetime) -> dict[str, Any]:
    """Everything about one address; consents that have outlived their registration stand by themselves."""
    return {
        "exported_at": timezone.localtime(at).isoformat(),
        "email": mailbox.email,
        "registrations": _parts_as_json(list(all_registrations(mailbox.email_key))),
        "consents": consents_as_json(lone_consents(mailbox)),
    }


def lone_consents(mailbox: Mailbox) -> list[Consent]:
    """What is still allowed of registrations whose time is over."""
    return [consent for consent in person_consents(mailbox.email_key) if consent.registration_id is None]


def _parts_as_json(registrations: Sequence[Registration]) -> list[dict[str, Any]]:
    said = _said(registrations)
    return [
        {**data_as_json(data), "messages": messages_as_json(said[data.registration.pk])}
        for data in personal_data(registrations)
    ]


def _said(registrations: Sequence[Registration]) -> dict[int, list[Message]]:
    of_invitation = {one.invitation_id: one.pk for one in registrations}
    said: dict[int, list[Message]] = defaultdict(list)
    for message in messages_to(registrations):
        said[message.registration_id or of_invitation[message.invitation_id]].append(message)
    return said
