"""Who is coming, who waits, who came."""
