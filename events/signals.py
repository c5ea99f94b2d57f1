"""News of events, travelling up as the id of a change row, and the questions that are asked upwards."""

from typing import Final

from django.dispatch import Signal

# Sent inside the transaction that wrote the row; keyword arguments: change_id (int) and kind
# (EventChangeKind), so that whom it does not concern need not look.
event_changed: Final = Signal()

# Asked inside the transaction, before sessions are taken out of an event; keyword argument: session_ids
# (frozenset[int]). A receiver whose rows need one of them raises a DomainError, and nothing changes.
sessions_going: Final = Signal()

# Asked inside a transaction that is rolled back afterwards; keyword argument: change_ids (list[int]). A receiver answers
# with how many messages the changes would make, by channel: {"email": 12, "sms": 3}.
telling_previewed: Final = Signal()

# Asked inside the transaction, before questions are taken out of an event; keyword argument: question_ids
# (frozenset[int]). A receiver answers with those that people have answered: they are retired, not deleted.
questions_going: Final = Signal()

# Asked inside the transaction, before an event is closed; keyword argument: event_id (int). A receiver that still has work
# with it raises a DomainError, and nothing changes.
event_closing: Final = Signal()
