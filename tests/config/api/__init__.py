"""Tests of `config/api/`."""
