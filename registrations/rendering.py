"""A person's registrations as calendar programs take them: the personal calendar and the calendar part of a mail."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from events.ical import CalendarHead, EntryFacts, JoinLink, Mailbox, calendar_file, invitation, plain_file, vevent
from events.rendering import facts_of
from registrations.enums import RegistrationState
from registrations.models import CalendarFeed
from registrations.queries.feeds import PersonalEntry

Purpose = Literal["REQUEST", "CANCEL", "WITHDRAWAL"]


@dataclass(frozen=True)
class MailCalendar:
    """What a mail brings for a calendar: `method` empty for a plain file to open, `text` empty for nothing."""

    method: str
    text: str


def personal_feed_file(entries: Sequence[PersonalEntry], feed: CalendarFeed, language: str) -> str:
    """One person's calendar; it never names its own address, which is a secret."""
    facts = [_as_chosen(personal_facts(entry, language), feed) for entry in entries]
    with translation.override(language):
        head = CalendarHead(
            name=_("My registrations"),
            description=_("The meetings you have registered for."),
            last_modified=max((one.last_modified for one in facts), default=None),
        )
    return calendar_file(head, "".join(vevent(one) for one in facts))


def own_file(entries: Sequence[PersonalEntry], language: str) -> str:
    """What one registration brings into a calendar, to be opened once; a copy cannot be put right, so no join link."""
    return plain_file(personal_facts(entry, language, with_link=False) for entry in entries)


def mail_calendar(
    entries: Sequence[PersonalEntry],
    *,
    purpose: Purpose,
    language: str,
    attendee: Mailbox,
    organizer: Mailbox,
    stamp: datetime,
) -> MailCalendar:
    """The calendar part of a mail to one person: for one session a button, for several a file with all of them.

    A withdrawal that no program would understand as the person's own (several sessions, or the office writing to
    itself) brings nothing rather than the news that the event is off.
    """
    # A mail lies about for good and cannot be put right: the link stays out of it, see docs/decisions/0010.
    facts = [personal_facts(entry, language, with_link=False) for entry in entries]
    if purpose == "CANCEL":
        facts = [replace(one, status="CANCELLED", is_busy=False) for one in facts]
    is_button = len(facts) == 1 and organizer.address.casefold() != attendee.address.casefold()
    if not is_button:
        return MailCalendar("", "" if purpose == "WITHDRAWAL" or not facts else plain_file(facts))
    (one,) = facts
    # What was called off since the mail was planned cannot be requested any more.
    method: Literal["REQUEST", "CANCEL"] = "REQUEST" if purpose == "REQUEST" and one.status != "CANCELLED" else "CANCEL"
    text = invitation(
        one,
        method=method,
        attendee=attendee,
        organizer=organizer,
        stamp=stamp,
        is_withdrawal=purpose == "WITHDRAWAL",
    )
    return MailCalendar(method, text)


def personal_facts(entry: PersonalEntry, language: str, *, with_link: bool = True) -> EntryFacts:
    """What the person's own calendar says of a session: where they stand, and the join link once they are confirmed."""
    facts = facts_of(entry.session, language)
    is_confirmed = entry.state == RegistrationState.CONFIRMED
    is_on = facts.status != "CANCELLED"
    join_url = entry.session.event.join_url if with_link and is_confirmed and is_on else ""
    with translation.override(language):
        notes = [] if is_confirmed else [_("Your registration: %(state)s") % {"state": entry.state.label}]
        notes += [_("Join online: %(address)s") % {"address": join_url}] if join_url else []
        join = JoinLink(label=_("Join online"), url=join_url) if join_url else None
    return replace(
        facts,
        status=facts.status if is_confirmed or not is_on else "TENTATIVE",
        sequence=facts.sequence + entry.withdrawals,
        last_modified=max(facts.last_modified, entry.changed_at.replace(microsecond=0)),
        description="\n\n".join([*notes, facts.description]),
        join=join,
        is_busy=is_on,
    )


def _as_chosen(facts: EntryFacts, feed: CalendarFeed) -> EntryFacts:
    """With the alarm that the person chose, where they are sure to come; newer than the choice in any case."""
    is_certain = facts.status == "CONFIRMED"
    return replace(
        facts,
        alarm_minutes=feed.alarm_minutes if is_certain else None,
        last_modified=max(facts.last_modified, feed.chosen_at or facts.last_modified),
    )
