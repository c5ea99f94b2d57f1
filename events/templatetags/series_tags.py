"""Times that are not in a calendar yet: on the clock on the wall."""

from datetime import UTC, datetime

from django import template
from django.conf import settings
from django.utils.text import capfirst

from events.templatetags.event_tags import moment_text

register = template.Library()


@register.filter
def wall_clock(value: datetime) -> str:
    """Day and time as somebody typed them."""
    if value.tzinfo is None:
        return capfirst(moment_text(value.replace(tzinfo=UTC), "UTC"))
    return capfirst(moment_text(value, settings.TIME_ZONE))
