"""The service's settings with the floors' addresses beside the real ones and no limit per address."""

from config.settings import *  # noqa: F403 - the point is to measure the same settings

ROOT_URLCONF = "tests.bench.urls"
REGISTRATION_RATE = (1_000_000, 60)
