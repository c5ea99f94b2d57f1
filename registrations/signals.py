"""News of registrations, travelling up as the id of a change row, or as the ids of what is gone."""

from typing import Final

from django.dispatch import Signal

# Sent inside the transaction that wrote the row; keyword argument: change_id (int).
registration_changed: Final = Signal()

# Sent inside the transaction in which personal data were erased; keyword arguments: registration_ids, invitation_ids
# and replaced_ids, of members whom somebody else has replaced (frozenset[int]). What was said to these people goes with them.
people_erased: Final = Signal()

# Sent inside the transaction in which somebody asked for all their links, whether the address is known or not: whoever
# asks must not be able to tell by what follows.
links_asked_for: Final = Signal()
