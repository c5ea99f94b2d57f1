"""Messages as texts."""
