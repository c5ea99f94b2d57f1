"""For monitors: whether the service is alive, and whether it can do its work."""

from typing import Final

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications.queries.channels import ChannelHealth, channel_states
from notifications.queries.health import DueState, due_state

_UNAVAILABLE: Final = 503
_RETRY_AFTER: Final = "30"

log = structlog.get_logger(__name__)


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - nothing in the request matters
    """The process answers; whether its database does is another question."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - nothing in the request matters
    """Whether people can be served and messages flow; 503 when not."""
    try:
        state, channels = due_state(timezone.now()), channel_states()
    except (OperationalError, InterfaceError) as trouble:
        log.warning("not_ready", reason=type(trouble.__cause__ or trouble).__name__)
        return _answer({"ready": False, "database": "unreachable"})
    return _answer(_facts(state, channels))


def _facts(state: DueState, channels: list[ChannelHealth]) -> dict[str, object]:
    return {
        "ready": state.is_ready,
        "database": "ok",
        "queue": {"oldest_due_seconds": state.oldest_due_seconds, "unknown": state.unknown},
        "periodic": {"last_run_seconds": state.last_tick_seconds},
        "sending_enabled": state.sending_enabled,
        "mail": state.mail,
        "sms": state.sms,
        "failed_today": state.failed_today,
        # What a provider said last is for those who sign in.
        "channels": {
            health.channel.value: {
                "works": health.works,
                "paused_for_seconds": health.paused_for_seconds,
                "failures": health.failures,
                "slowed": health.is_slowed,
            }
            for health in channels
        },
    }


def _answer(facts: dict[str, object]) -> JsonResponse:
    if facts["ready"]:
        return JsonResponse(facts)
    return JsonResponse(facts, status=_UNAVAILABLE, headers={"Retry-After": _RETRY_AFTER})
