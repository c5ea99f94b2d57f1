"""Hooks that Twilio calls: every request signed over our public address, and nothing here sends."""

import uuid
from typing import Final
from xml.sax.saxutils import escape

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.actions.incoming import take_in
from notifications.actions.reports import record_report
from notifications.channels.sms import incoming_of, report_of, signature_is_valid
from notifications.enums import SmsWord
from notifications.queries.incoming import correspondent, is_talkative
from notifications.rendering.sms_answers import answer_to

log = structlog.get_logger(__name__)

_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>'


@csrf_exempt
@require_POST
def twilio_status(request: HttpRequest) -> HttpResponse:
    """What became of an SMS; an id or a status that we do not know is no reason for the provider to ask again."""
    if not signature_is_valid(request.get_full_path(), request.POST, request.headers):
        return HttpResponseForbidden()
    report = report_of(request.POST)
    message_id = _uuid(request.GET.get("message", ""))
    known = (
        report is not None
        and message_id is not None
        and record_report(
            message_id,
            provider_id=report.provider_id,
            status=report.status,
            delivery=report.delivery,
            code=report.code,
            loss=report.loss,
            segments=report.segments,
            at=timezone.now(),
        )
    )
    if not known:
        log.info("report about no message of ours")
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def twilio_incoming(request: HttpRequest) -> HttpResponse:
    """An SMS from a person: STOP, START and HELP are heeded, and answered unless the provider has done so itself."""
    if not signature_is_valid(request.get_full_path(), request.POST, request.headers):
        return HttpResponseForbidden()
    incoming = incoming_of(request.POST)
    if incoming is None:
        log.info("incoming SMS from nobody")
        return _answer("")
    at = timezone.now()
    is_new = take_in(provider_id=incoming.provider_id, number=incoming.number, word=incoming.word, at=at)
    log.info("incoming SMS", word=incoming.word.value, is_new=is_new)
    if incoming.is_answered or (incoming.word == SmsWord.OTHER and is_talkative(incoming.number, at=at)):
        return _answer("")
    # Asked again because our answer was lost, the provider gets the same one.
    return _answer(answer_to(incoming.word, correspondent(incoming.number)))


def _answer(text: str) -> HttpResponse:
    """In the provider's own language; empty: it sends nothing."""
    content = f"<Response><Message>{escape(text)}</Message></Response>" if text else "<Response/>"
    return HttpResponse(f"{_XML}{content}", content_type="text/xml; charset=utf-8")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
