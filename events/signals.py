"""News of events, travelling up as the id of a change row."""

from typing import Final

from django.dispatch import Signal

# Sent inside the transaction that wrote the row; keyword argument: change_id (int).
event_changed: Final = Signal()
