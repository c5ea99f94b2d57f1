"""News of this app: that somebody has something to tell."""

from django.dispatch import Signal

# An announcement is written, or a message is to be sent once more; sent in the transaction that writes it.
message_wanted = Signal()
