"""A reminder in words."""

from datetime import time
from typing import Any

import pytest
from django.utils import translation

from events.models import ReminderRule
from events.templatetags.reminder_tags import reminder_words


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"days_before": 0, "at_time": time(8)}, "On the day at 08:00"),
        ({"days_before": 1, "at_time": time(17, 5)}, "1 day before at 17:05"),
        ({"days_before": 2, "at_time": time(17)}, "2 days before at 17:00"),
        ({"minutes_before": 45}, "45 minutes before the start"),
        ({"minutes_before": 180}, "3 hours before the start"),
        ({"minutes_before": 2880}, "2 days before the start"),
        ({"minutes_after": 0}, "0 minutes after the end"),
        ({"minutes_after": 1}, "1 minute after the end"),
        ({"minutes_after": 60}, "1 hour after the end"),
        ({"minutes_after": 1440}, "1 day after the end"),
    ],
)
def test_a_rule_says_when_how_and_to_whom(columns: dict[str, Any], words: str):
    with translation.override("en"):
        assert reminder_words(ReminderRule(channel="sms", **columns)) == f"{words} · SMS · People who have a seat"
