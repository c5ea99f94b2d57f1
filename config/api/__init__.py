"""What the whole API shares: how refusals are worded, who is asking, the schema and its page."""
