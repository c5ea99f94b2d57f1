"""Tests of Wiec."""
