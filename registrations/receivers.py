"""What registrations do when an event changes: one call each, in the transaction that changed it."""

from typing import Final

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.actions.seats import SeatBook, lock_queue
from events.enums import EventChangeKind, NoAnswer
from events.errors import FieldErrors
from events.models import EventChange, Question
from events.signals import event_changed, event_closing, questions_going, sessions_going
from registrations.actions.asking import keep_word
from registrations.actions.intentions import ask_who_comes, forget_who_comes
from registrations.actions.needs import refresh_lateness
from registrations.actions.queues import offer_again, promote
from registrations.enums import ACTIVE_STATES
from registrations.errors import NeedsOpen
from registrations.models import Answer, Registration
from registrations.queries.asking import is_on_another_day
from registrations.queries.needs import assistants_come, open_needs_count

ASSISTANTS_RULE: Final = "registration.assistants_take_seats"


@receiver(event_changed, dispatch_uid="registrations.seats_follow_event")
def seats_follow_event(*, change_id: int, kind: EventChangeKind, **_signal: object) -> None:
    """Let people move up where there is room now; wait for those who are just signing up for what is put off or called off."""
    match kind:
        case (
            EventChangeKind.CAPACITY_CHANGED
            | EventChangeKind.SEATS_RELEASED
            | EventChangeKind.PUBLISHED
            | EventChangeKind.NEW_DATE
        ):
            change = EventChange.objects.get(pk=change_id)
            if kind == EventChangeKind.NEW_DATE:
                offer_again(change.event_id, at=change.at)
            promote(change.event_id, at=change.at)
        case EventChangeKind.CANCELLED | EventChangeKind.POSTPONED:
            change = EventChange.objects.get(pk=change_id)
            # Registrations stay as they are. Whoever is past this lock is told of it; whoever comes later is refused.
            lock_queue(change.event_id)
            SeatBook(change.event_id)


@receiver(event_changed, dispatch_uid="registrations.ask_after_new_date")
def ask_after_new_date(*, change_id: int, kind: EventChangeKind, **_signal: object) -> None:
    """Ask people whether they come on a new date that they are told of; an answer about an older date is void."""
    match kind:
        case EventChangeKind.NEW_DATE:
            change = EventChange.objects.get(pk=change_id)
            if change.notify:
                ask_who_comes(change.event_id)
        case EventChangeKind.POSTPONED:
            forget_who_comes(EventChange.objects.values_list("event", flat=True).get(pk=change_id))
        case EventChangeKind.RESCHEDULED:
            change = EventChange.objects.select_related("event").get(pk=change_id)
            if is_on_another_day(change):
                forget_who_comes(change.event_id)


@receiver(event_changed, dispatch_uid="registrations.keep_what_people_were_told")
def keep_what_people_were_told(*, change_id: int, kind: EventChangeKind, **_signal: object) -> None:
    """Take no seat from who was told that it is kept without an answer, and count assistants as when they were registered."""
    if kind != EventChangeKind.EDITED:
        return
    change = EventChange.objects.get(pk=change_id)
    if change.after.get("registration.ask_no_answer") == NoAnswer.RELEASE:
        keep_word(change.event_id)
    if ASSISTANTS_RULE in change.after and assistants_come(change.event_id):
        raise FieldErrors(
            {ASSISTANTS_RULE: [_("People are registered with assistants, so this can no longer change.")]}
        )


@receiver(event_changed, dispatch_uid="registrations.lateness_follows_dates")
def lateness_follows_dates(*, change_id: int, kind: EventChangeKind, **_signal: object) -> None:
    """See whether a new date leaves time for what was asked for late."""
    if kind in {EventChangeKind.RESCHEDULED, EventChangeKind.NEW_DATE}:
        refresh_lateness(EventChange.objects.values_list("event", flat=True).get(pk=change_id))


@receiver(event_closing, dispatch_uid="registrations.keep_open_while_needs_are")
def keep_open_while_needs_are(*, event_id: int, **_signal: object) -> None:
    """Refuse to close an event while a need is open; whoever is just asking for something is waited for."""
    lock_queue(event_id)
    SeatBook(event_id)
    if count := open_needs_count(event_id):
        message = ngettext(
            "%(count)s need is still open. Say first what became of it.",
            "%(count)s needs are still open. Say first what became of each of them.",
            count,
        )
        raise NeedsOpen(message % {"count": count}, details={"count": count})


@receiver(sessions_going, dispatch_uid="registrations.keep_chosen_sessions")
def keep_chosen_sessions(*, session_ids: frozenset[int], **_signal: object) -> None:
    """Refuse to take a session out of an event while somebody who is coming has chosen it."""
    if Registration.objects.filter(sessions__in=session_ids, state__in=ACTIVE_STATES).exists():
        raise FieldErrors({"sessions": [_("People are registered for a session that you are taking out.")]})


@receiver(questions_going, dispatch_uid="registrations.keep_answered_questions")
def keep_answered_questions(*, question_ids: frozenset[int], **_signal: object) -> set[int]:
    """Say which questions people have answered; whoever is just answering is waited for, or finds the question gone."""
    list(Question.objects.select_for_update().filter(pk__in=question_ids).order_by("id").values_list("pk"))
    return set(Answer.objects.filter(question__in=question_ids).values_list("question", flat=True).distinct())
