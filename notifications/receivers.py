"""News and questions from below: the tick is nudged when a change row is committed; what it would tell is counted."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.db import connection, transaction
from django.dispatch import receiver
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task

from events.signals import event_changed, telling_previewed
from notifications.actions.erasing import erase_messages
from notifications.actions.planning import planned_by, told_along_with
from notifications.signals import message_wanted
from registrations.signals import links_asked_for, people_erased, registration_changed

_TICK: Final = "notifications.tasks.tick"
# Asked after every registration: the ORM takes longer to put it together than the database to answer.
_WAITING: Final = "SELECT payload FROM django_q_ormq WHERE key = %s AND lock <= %s ORDER BY id"


@receiver((event_changed, registration_changed, links_asked_for, message_wanted), dispatch_uid="nudge-the-tick")
def nudge_on_commit(sender: object, **_news: Any) -> None:  # noqa: ARG001 - Django's own signature
    """Once per transaction, however many rows it writes; a lost nudge costs a minute, so it may not break anything."""
    if not any(hook[1] is nudge for hook in connection.run_on_commit):
        transaction.on_commit(nudge, robust=True)


def nudge() -> None:
    """Have a tick run now, unless one is waiting to run already."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [Conf.CLUSTER_NAME, timezone.now()])
        waiting = cursor.fetchall()
    if not any(_is_tick(payload) for (payload,) in waiting):
        async_task(_TICK)


@lru_cache(maxsize=8)
def _is_tick(payload: str) -> bool:
    # The same one waits while many people register; opening it costs more than asking for it.
    return bool(OrmQ(payload=payload).task.get("func") == _TICK)


@receiver(people_erased, dispatch_uid="notifications.erase_messages")
def erase_what_was_said(
    *,
    registration_ids: frozenset[int],
    invitation_ids: frozenset[int],
    replaced_ids: frozenset[int],
    **_signal: object,
) -> None:
    """Nothing more is sent to people who were erased, and what was sent is forgotten, in the same transaction."""
    erase_messages(registration_ids=registration_ids, invitation_ids=invitation_ids, replaced_ids=replaced_ids)


@receiver(telling_previewed, dispatch_uid="notifications.count_what_would_be_told")
def count_what_would_be_told(*, change_ids: list[int], **_signal: object) -> Mapping[str, int]:
    """How many messages these changes make, and what moves with them; they are made, and the asker rolls them back."""
    return Counter(planned_by(change_ids)) + Counter(told_along_with(change_ids))
