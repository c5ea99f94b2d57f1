"""News of events, travelling up as the id of a change row, and the one question that is asked upwards."""

from typing import Final

from django.dispatch import Signal

# Sent inside the transaction that wrote the row; keyword argument: change_id (int).
event_changed: Final = Signal()

# Asked inside the transaction, before sessions are taken out of an event; keyword argument: session_ids
# (frozenset[int]). A receiver whose rows need one of them raises a DomainError, and nothing changes.
sessions_going: Final = Signal()
