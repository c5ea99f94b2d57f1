"""The delivery log: what was planned and sent, newest first, and how much of it stands where."""

from collections.abc import Collection, Mapping
from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from events.models import Event
from events.queries.search import fold
from notifications.enums import MessageState
from notifications.models import Message

# Failed for good, and nobody has taken note of it.
UNSEEN: Final = Q(state=MessageState.FAILED, seen_at__isnull=True)
_READERS: Final = ("registration__participant", "member", "invitation", "role", "staff", "seen_by")
# Besides the folded names of people who registered, as the list of registrations finds them.
_NAMES: Final = (
    "to",
    "registration__participant__email",
    "registration__participant__phone",
    "member__first_name",
    "member__last_name",
    "member__email",
    "invitation__first_name",
    "invitation__last_name",
    "invitation__email",
    "role__name",
    "role__email",
    "staff__full_name",
    "staff__email",
)


class LogFilters(TypedDict, total=False):
    """What the log is narrowed to; what is empty or not named narrows nothing.

    `q`: words of a name, an address or the reference of a registration. `unseen`: what failed and nobody has seen.
    `private`: kinds of which nobody may learn whom they went to, so that no search for a person finds them.
    """

    state: str | None
    channel: str
    kind: str
    unseen: bool
    q: str
    private: Collection[str]


def event_messages(event: Event, **filters: Unpack[LogFilters]) -> QuerySet[Message]:
    """Messages about an event with their tries, newest first; what staff reads goes through `log_row`."""
    rows = Message.objects.filter(event=event)
    if state := filters.get("state"):
        rows = rows.filter(state=state)
    if channel := filters.get("channel"):
        rows = rows.filter(channel=channel)
    if kind := filters.get("kind"):
        rows = rows.filter(kind=kind)
    if filters.get("unseen"):
        rows = rows.filter(UNSEEN)
    words = filters.get("q", "").split()
    if words:
        rows = rows.exclude(kind__in=filters.get("private", ()))
    for word in words:
        rows = rows.filter(_is_about(word))
    return rows.select_related(*_READERS).prefetch_related("attempts").order_by("-created_at", "-id")


def _is_about(word: str) -> Q:
    named = Q(*((f"{column}__icontains", word) for column in _NAMES), _connector=Q.OR)
    return named | Q(registration__participant__search_text__contains=fold(word))


def get_event_message(event: Event, message_id: UUID) -> Message:
    """The message about this event with this number; else 404. Who may ask is the event's door's business."""
    message = event_messages(event).filter(pk=message_id).first()
    if message is None:
        raise Http404
    return message


def state_counts(event: Event) -> Mapping[MessageState, int]:
    """How many messages about an event stand where, in the order of their life; states of none are left out."""
    found = Message.objects.filter(event=event).order_by().values_list("state").annotate(count=Count("pk"))
    counts = dict(found)
    return {state: counts[state] for state in MessageState if state in counts}


def unseen_count(event: Event) -> int:
    """How many messages about an event failed and were seen by nobody."""
    return Message.objects.filter(UNSEEN, event=event).count()


def written_messages() -> QuerySet[Message]:
    """Every message that has a text, newest first, for the development inbox."""
    messages = Message.objects.exclude(body="").select_related("registration")
    return messages.order_by("-sent_at", "-created_at", "-id")
