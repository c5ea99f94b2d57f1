"""Somebody with a seat is asked whether they still come; the text says until when, and what happens without an answer."""

from events.enums import EventStatus
from notifications.enums import Priority
from notifications.kinds.base import Kind, until_answer_is_due
from registrations.enums import ChangeCause, RegistrationState

STILL_COMING = Kind(
    name="still_coming",
    # Many at once, and none of them urgent: nothing else has to wait for them.
    priority=Priority.REMINDER,
    causes=((ChangeCause.ASKED_STILL_COMING, RegistrationState.CONFIRMED),),
    true_while=(RegistrationState.CONFIRMED,),
    event_true_while=(EventStatus.PUBLISHED,),
    is_question=True,
    sms_needs_link=True,
    waits_for_daytime=True,
    useful_until=until_answer_is_due,
)
