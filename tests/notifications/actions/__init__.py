"""Tests of notifications.actions."""
