"""Lists of messages and rules, in a stated order."""
