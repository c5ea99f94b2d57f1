"""Hooks that Twilio calls: every request signed over our public address, and nothing here sends."""

import uuid

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.actions.reports import record_report
from notifications.channels.sms import report_of, signature_is_valid

log = structlog.get_logger(__name__)

_NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


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
            at=timezone.now(),
        )
    )
    if not known:
        log.info("report about no message of ours")
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def twilio_incoming(request: HttpRequest) -> HttpResponse:
    """An SMS from a person: taken note of and not answered; STOP and START are handled at the provider."""
    if not signature_is_valid(request.get_full_path(), request.POST, request.headers):
        return HttpResponseForbidden()
    log.info("incoming SMS", opt_out=request.POST.get("OptOutType", ""))
    return HttpResponse(_NO_ANSWER, content_type="text/xml; charset=utf-8")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
