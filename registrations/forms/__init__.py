"""Forms about registrations."""
