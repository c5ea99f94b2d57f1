"""What a mail provider tells about mails that it carried: webhooks of django-anymail, where that is set up.

`ANYMAIL_WEBHOOK_SECRET` guards the addresses below `/webhooks/mail/`; nothing here sends.
"""

from typing import Any

import structlog
from anymail.signals import tracking
from django.dispatch import receiver
from django.utils import timezone

from notifications.actions.mail_reports import take_mail_report
from notifications.channels.mail_events import MailEvent, report_of_event

log = structlog.get_logger(__name__)


@receiver(tracking, dispatch_uid="notifications.take_mail_event")
def take_mail_event(sender: object, event: MailEvent, esp_name: str, **_signal: Any) -> None:  # noqa: ARG001 - Django's own
    """Take note of one event; the provider may tell it again, and of what we do not know it need not."""
    report = report_of_event(event)
    if report is None or not take_mail_report(report, at=timezone.now()):
        log.info("event about no mail of ours", provider=esp_name, event_type=event.event_type)
