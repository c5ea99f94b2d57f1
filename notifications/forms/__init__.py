"""What staff may ask of the message log."""
