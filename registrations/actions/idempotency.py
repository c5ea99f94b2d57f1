"""Doing once what a program asks for twice, because it did not hear the first answer."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from events.models import Event
from registrations.errors import KeyUsedForAnother
from registrations.models import IdempotentAnswer

KEPT_FOR: Final = timedelta(days=1)
_PURGED_AT_ONCE: Final = 100


@transaction.atomic
def answer_once(
    event: Event,
    *,
    key: str,
    body: object,
    act: Callable[[], Mapping[str, object]],
    at: datetime,
) -> Mapping[str, object]:
    """Act and keep the answer, or give the kept one. A refusal leaves nothing behind, so it may be tried again.

    Two requests with the same key at once: the second waits at the constraint and reads what the first was answered.
    """
    _forget_expired(event, key, at=at)
    kept, is_new = IdempotentAnswer.objects.get_or_create(
        event=event,
        key_hash=_keyed(key),
        defaults={"body_hash": _keyed(json.dumps(body, sort_keys=True)), "expires_at": at + KEPT_FOR},
    )
    if not is_new:
        if not hmac.compare_digest(kept.body_hash, _keyed(json.dumps(body, sort_keys=True))):
            raise KeyUsedForAnother
        return dict(kept.answer)
    answer = act()
    IdempotentAnswer.objects.filter(pk=kept.pk).update(answer=dict(answer))
    return answer


def _forget_expired(event: Event, key: str, *, at: datetime) -> None:
    IdempotentAnswer.objects.filter(event=event, key_hash=_keyed(key), expires_at__lte=at).delete()
    expired = IdempotentAnswer.objects.select_for_update(skip_locked=True).filter(expires_at__lte=at).order_by("id")
    IdempotentAnswer.objects.filter(pk__in=expired.values("pk")[:_PURGED_AT_ONCE]).delete()


def _keyed(text: str) -> str:
    # Keyed: names and addresses in a body are few enough to be guessed from a plain hash.
    return hmac.new(settings.LINK_KEY.encode(), b"idempotency:" + text.encode(), hashlib.sha256).hexdigest()
