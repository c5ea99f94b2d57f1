"""The REST side of events: what happens, open to everybody, and what organisers say about it."""
