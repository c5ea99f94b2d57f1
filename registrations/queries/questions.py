"""What an event asks people who register, and what they answered."""

from events.models import Question
from registrations.models import Answer, Registration


def asked_questions(event_id: int) -> list[Question]:
    """The questions of an event as the form asks them, in their order; retired ones are asked no more."""
    return list(Question.objects.filter(event=event_id, is_retired=False).order_by("position", "id"))


def answers_of(registration: Registration) -> list[Answer]:
    """What somebody answered, in the order of the questions; those to retired questions too, because they are kept."""
    return list(registration.answers.select_related("question").order_by("question__position", "question__id"))
