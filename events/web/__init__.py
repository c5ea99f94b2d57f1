"""Pages about events, by audience."""
