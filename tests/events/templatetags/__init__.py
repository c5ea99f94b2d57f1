"""Tests of `events/templatetags/`."""
