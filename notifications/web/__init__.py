"""Pages about messages, and the hooks that providers call."""
