"""Registrations as files that people take along."""
