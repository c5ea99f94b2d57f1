"""What calendar feeds show: which entries, in which version, under which canonical address."""

from django.db.models import Prefetch, QuerySet

from events.models import Session, Topic


def calendar_sessions() -> QuerySet[Session]:
    """Sessions with everything their calendar entries show, by id."""
    topics = Prefetch("event__topics", queryset=Topic.objects.order_by("position", "slug"))
    shown = Session.objects.select_related("event__unit", "event__kind", "event__venue", "room")
    return shown.prefetch_related(topics).order_by("pk")
