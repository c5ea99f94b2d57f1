"""Tests of `notifications/api/`."""
