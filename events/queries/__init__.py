"""The only ways to read lists: noun phrases, ordered, with the moment passed in."""
