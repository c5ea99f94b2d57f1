"""Asks people some days before whether they still come, and frees the seats of those who do not say, where it was said so.

Every event has its turn under the lock of its queue, and everything is read anew there: two rounds at once ask once
and release once.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from events.actions.retries import retried
from events.actions.seats import lock_queue
from events.actions.wall_clock import before_the_night, quiet_until
from events.enums import Language, NoAnswer
from events.models import Event, RegistrationPolicy
from registrations.actions.history import record
from registrations.actions.queues import NOTHING_HELD, claim_of, move_up
from registrations.actions.rounds import go_round
from registrations.actions.transitions import move
from registrations.enums import AttendanceIntent, ChangeCause, RegistrationState
from registrations.models import Registration
from registrations.queries.asking import asked_since, events_that_ask, people_to_ask, unanswered

# Early enough for a freed seat to be offered to somebody for a few hours.
ANSWERS_END_BEFORE_START: Final = timedelta(hours=6)
# Who has less time than this to answer is not asked any more.
SHORTEST_TIME: Final = timedelta(hours=3)


def ask_due(*, at: datetime) -> int:
    """Ask everybody whose time it is, each event in a transaction of its own; returns how many were asked."""
    events = [event for event in events_that_ask(at=at) if _whom_to_ask(event, at=at) is not None]
    return go_round([event.pk for event in events], lambda event_id: _ask_event(event_id, at=at))


@retried
def _ask_event(event_id: int, *, at: datetime) -> int:
    lock_queue(event_id)
    event = events_that_ask(at=at).filter(pk=event_id).first()
    people = _whom_to_ask(event, at=at) if event is not None else None
    if event is None or people is None:
        return 0
    asked = Registration.objects.filter(pk__in=[person.pk for person in people])
    asked.update(attendance_intent=AttendanceIntent.ASKED, intent_due_at=answer_by(event, at=at))
    record(people, ChangeCause.ASKED_STILL_COMING, was=RegistrationState.CONFIRMED, by=None, at=at)
    return len(people)


def _whom_to_ask(event: Event, *, at: datetime) -> Sequence[Registration] | None:
    since = asked_since(event)
    if since is None or since > at or answer_by(event, at=at) is None:
        return None
    return list(people_to_ask(event, since=since)) or None


def answer_by(event: Event, *, at: datetime) -> datetime | None:
    """Until when a question that is asked now is to be answered, never in the night; None: it is too late to ask."""
    assert event.starts_at is not None
    zone = ZoneInfo(event.time_zone)
    # Nobody is written to in the night, so the time to answer begins in the morning.
    heard_at = quiet_until(at, zone, settings.QUIET_HOURS) or at
    reply = timedelta(hours=event.policy.ask_reply_hours)
    limit = min(heard_at + reply, event.starts_at - ANSWERS_END_BEFORE_START)
    limit = before_the_night(limit, zone, settings.QUIET_HOURS)
    return limit if limit - heard_at >= min(reply, SHORTEST_TIME) else None


def settle_unanswered(*, unreached: Collection[int] = (), at: datetime) -> int:
    """Settle the questions whose limit has passed, each event in a transaction of its own; returns how many.

    `unreached`: registrations whose question never left. Nobody loses a seat for not answering what they did not get.
    """
    events = unanswered(at=at).order_by().values_list("event", flat=True).distinct()
    return go_round(events, lambda event_id: _settle_event(event_id, unreached=unreached, at=at))


@retried
def _settle_event(event_id: int, *, unreached: Collection[int], at: datetime) -> int:
    lock_queue(event_id)
    silent = list(unanswered(at=at).filter(event=event_id))
    policy = RegistrationPolicy.objects.get(event=event_id)
    is_kept = policy.ask_no_answer == NoAnswer.KEEP
    kept = [person for person in silent if is_kept or person.pk in unreached]
    lost = [person for person in silent if not (is_kept or person.pk in unreached)]
    if kept:
        Registration.objects.filter(pk__in=[person.pk for person in kept]).update(intent_due_at=None)
        was = RegistrationState.CONFIRMED
        record(kept, ChangeCause.NO_ANSWER, was=was, by=None, at=at, notify=False)
    if lost:
        _release(lost, event_id, at=at)
    return len(silent)


def _release(people: Sequence[Registration], event_id: int, *, at: datetime) -> None:
    claims = [claim_of(person) for person in people]
    for language in Language:
        readers = [person for person in people if person.language == language]
        if not readers:
            continue
        with translation.override(language):
            reason = _("We asked whether you still come, and your answer did not come in time.")
        columns = {**NOTHING_HELD, "intent_due_at": None}
        to, cause = RegistrationState.CANCELLED_BY_ORGANIZER, ChangeCause.NO_ANSWER
        move(readers, to=to, cause=cause, by=None, at=at, reason=reason, columns=columns)
    move_up(event_id, claims, at=at)


def keep_word(event_id: int) -> None:
    """Take the limit from questions that said that the seat is kept without an answer: that holds, whatever is decided now."""
    asked = Registration.objects.filter(event=event_id, attendance_intent=AttendanceIntent.ASKED)
    asked.update(intent_due_at=None)
