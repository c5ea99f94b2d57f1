"""The REST side of messages: what went out, for organisers."""
