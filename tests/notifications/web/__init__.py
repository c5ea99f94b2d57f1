"""Tests of notifications.web."""
