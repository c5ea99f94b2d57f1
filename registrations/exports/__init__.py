"""Registrations as files that people take away."""
