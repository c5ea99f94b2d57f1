"""Tests of `registrations/api/`."""
