"""The REST side of registrations: signing up, a person's own door, and who comes, for organisers."""
