"""Tests of `config/web/`."""
