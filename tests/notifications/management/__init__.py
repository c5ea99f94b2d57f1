"""Tests of notifications.management."""
