"""The only ways to write: verbs in one transaction each, with who and when passed in."""
