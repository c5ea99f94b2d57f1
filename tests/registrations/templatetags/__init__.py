"""Tests of `registrations/templatetags/`."""
