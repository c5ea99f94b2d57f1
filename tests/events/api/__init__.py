"""Tests of `events/api/`."""
