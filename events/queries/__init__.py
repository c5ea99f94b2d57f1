"""Lists and figures, the only way to read them."""
