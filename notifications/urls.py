"""Addresses of messages: the hooks of providers, the development inbox and the staff's log."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from notifications.api.messages import EventMessages
from notifications.web.addresses import try_address_again
from notifications.web.inbox import inbox, inbox_calendar, inbox_html
from notifications.web.manage import message_log
from notifications.web.unsubscribe import unsubscribe
from notifications.web.webhooks import twilio_incoming, twilio_status

public_patterns = [
    path("u/<str:token>/", unsubscribe, name="unsubscribe"),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/address/",
        try_address_again,
        name="manage-registration-address",
    ),
    path("manage/events/<slug:slug>/messages/", message_log, name="manage-messages"),
]
plain_patterns: list[URLPattern | URLResolver] = [
    path("webhooks/twilio/status/", twilio_status, name="twilio-status"),
    path("webhooks/twilio/incoming/", twilio_incoming, name="twilio-incoming"),
    path("dev/inbox/", inbox, name="dev-inbox"),
    path("dev/inbox/<uuid:message_id>/html/", inbox_html, name="dev-inbox-html"),
    path("dev/inbox/<uuid:message_id>/calendar/", inbox_calendar, name="dev-inbox-calendar"),
]
if settings.ANYMAIL:
    plain_patterns.append(path("webhooks/mail/", include("anymail.urls")))
api_patterns = [
    path("manage/events/<slug:slug>/messages/", EventMessages.as_view(), name="api-manage-messages"),
]
