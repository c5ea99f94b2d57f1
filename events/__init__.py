"""What happens, when, where, with how many seats, and who may organise it."""
