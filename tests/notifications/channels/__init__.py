"""Tests of notifications.channels."""
