"""Tests of notifications.delivery."""
