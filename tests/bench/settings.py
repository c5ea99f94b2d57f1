"""The service's settings with the floors' addresses beside the real ones and no limit of a rate."""

from config.settings import *  # noqa: F403 - the point is to measure the same settings

ROOT_URLCONF = "tests.bench.urls"
REGISTRATION_RATE = (1_000_000, 60)
MAIL_PER_SECOND = 0
SMS_PER_SECOND = 0
