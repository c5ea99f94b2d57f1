"""What an event asks people who register."""

from events.models import Question


def asked_questions(event_id: int) -> list[Question]:
    """The questions of an event as the form asks them, in their order; retired ones are asked no more."""
    return list(Question.objects.filter(event=event_id, is_retired=False).order_by("position", "id"))
