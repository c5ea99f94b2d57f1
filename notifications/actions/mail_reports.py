"""What is learnt about a mail after it was handed over: it came back, it waits, its reader calls it unwanted."""

from datetime import datetime

from django.db import transaction

from notifications.actions.reports import record_report
from notifications.actions.suppressing import suppress
from notifications.channels.mail_reports import MailReport
from notifications.enums import Channel
from notifications.models import Message, ProviderReport


@transaction.atomic
def take_mail_report(report: MailReport, *, at: datetime) -> bool:
    """Keep the report, move its message on, and use an address no more that is gone; False: we have no such mail.

    The same report again changes nothing, also when somebody has decided to try the address again in the meantime.
    """
    message = Message.objects.filter(pk=report.message_id, channel=Channel.EMAIL).only("pk", "to").first()
    if message is None:
        return False
    # Mail servers give no id of their own: the message's stands for it.
    key = str(message.pk)
    if ProviderReport.objects.filter(provider_id=key, status=report.status, code=report.code).exists():
        return True
    record_report(message.pk, provider_id=key, status=report.status, delivery=report.delivery, code=report.code, at=at)
    # Of whoever was erased no address is left, and none is needed.
    if report.suppression is not None and message.to:
        reason, scope = report.suppression
        detail = f"{report.status} {report.code}".strip()
        suppress(Channel.EMAIL, message.to, reason=reason, scope=scope, detail=detail, message=message, at=at)
    return True
