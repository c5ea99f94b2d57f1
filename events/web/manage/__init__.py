"""Pages on which staff make and change events, places and notices."""
