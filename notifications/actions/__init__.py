"""What is written about messages: planned from change rows and rules, claimed, marked, settled."""
