"""Pages about registrations, by audience."""
