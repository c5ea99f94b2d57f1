"""How messages are worded on pages."""
