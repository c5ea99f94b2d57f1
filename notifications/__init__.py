"""Telling people, once, on the channel they chose."""
