"""Which channels are out of order just now."""

from django.db.models import QuerySet
from django.db.models.functions import Now

from notifications.models import ChannelState


def channels_out_of_order() -> QuerySet[ChannelState]:
    """Channels over which nothing is handed to the provider for a while, by name; by the database's clock."""
    return ChannelState.objects.filter(open_until__gt=Now()).order_by("channel")
