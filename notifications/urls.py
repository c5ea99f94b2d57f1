"""Addresses of messages: the hooks of providers and the development inbox."""

from django.urls import path

from notifications.web.inbox import inbox, inbox_calendar, inbox_html
from notifications.web.webhooks import twilio_incoming, twilio_status

plain_patterns = [
    path("webhooks/twilio/status/", twilio_status, name="twilio-status"),
    path("webhooks/twilio/incoming/", twilio_incoming, name="twilio-incoming"),
    path("dev/inbox/", inbox, name="dev-inbox"),
    path("dev/inbox/<uuid:message_id>/html/", inbox_html, name="dev-inbox-html"),
    path("dev/inbox/<uuid:message_id>/calendar/", inbox_calendar, name="dev-inbox-calendar"),
]
