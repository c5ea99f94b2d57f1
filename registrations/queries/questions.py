"""What people answered to an organiser's questions."""

from registrations.models import Answer, Registration


def answers_of(registration: Registration) -> list[Answer]:
    """What somebody answered, in the order of the questions; those to retired questions too, because they are kept."""
    return list(registration.answers.select_related("question").order_by("question__position", "question__id"))
