"""How registrations are worded on pages."""
