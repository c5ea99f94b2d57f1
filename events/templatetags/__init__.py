"""How events are worded on pages."""
