"""Benchmarks: each figure beside its floor, in one run, as a ratio (`make bench`)."""
