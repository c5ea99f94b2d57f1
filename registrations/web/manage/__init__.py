"""Pages on which staff look after registrations and stand at the door."""
