"""What people need to take part: asked for, answered, provided, and let go of when they do not come."""

from registrations.actions.needs.answering import LONGEST_WORD, answer_need
from registrations.actions.needs.asking import LONGEST_NOTE, Need, ask_for, change_needs, need_faults
from registrations.actions.needs.ending import ask_anew, let_needs_go, part_with_needs
from registrations.actions.needs.lateness import refresh_lateness

__all__ = [
    "LONGEST_NOTE",
    "LONGEST_WORD",
    "Need",
    "answer_need",
    "ask_anew",
    "ask_for",
    "change_needs",
    "let_needs_go",
    "need_faults",
    "part_with_needs",
    "refresh_lateness",
]
