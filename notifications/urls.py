"""Addresses of messages: the hooks of providers, the development inbox and the staff's log."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from notifications.api.announcements import AnnouncementPreview, EventAnnouncements
from notifications.api.messages import EventMessages, ResendMessage, SeenMessages
from notifications.api.overrides import AllOwnWords, OwnWordsOfKind
from notifications.api.previews import MessagePreview, TrialMessage
from notifications.web.addresses import try_address_again
from notifications.web.announcements import new_announcement
from notifications.web.inbox import inbox, inbox_calendar, inbox_html
from notifications.web.manage import message_log, seen, send_again
from notifications.web.overrides import text, texts
from notifications.web.previews import message_preview
from notifications.web.unsubscribe import unsubscribe
from notifications.web.webhooks import twilio_incoming, twilio_status

public_patterns = [
    path("u/<str:token>/", unsubscribe, name="unsubscribe"),
    path(
        "manage/events/<slug:slug>/registrations/<slug:reference>/address/",
        try_address_again,
        name="manage-registration-address",
    ),
    path("manage/messages/texts/", texts, name="manage-texts"),
    path("manage/messages/texts/<slug:kind>/<slug:language>/", text, name="manage-text"),
    path("manage/events/<slug:slug>/messages/", message_log, name="manage-messages"),
    path("manage/events/<slug:slug>/messages/seen/", seen, name="manage-messages-seen"),
    path("manage/events/<slug:slug>/messages/preview/", message_preview, name="manage-messages-preview"),
    path("manage/events/<slug:slug>/messages/<uuid:message_id>/resend/", send_again, name="manage-message-resend"),
    path("manage/events/<slug:slug>/announcements/new/", new_announcement, name="manage-announcement-new"),
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
    path("manage/messages/texts/", AllOwnWords.as_view(), name="api-manage-texts"),
    path("manage/messages/texts/<slug:kind>/<slug:language>/", OwnWordsOfKind.as_view(), name="api-manage-text"),
    path("manage/events/<slug:slug>/messages/", EventMessages.as_view(), name="api-manage-messages"),
    path("manage/events/<slug:slug>/messages/seen/", SeenMessages.as_view(), name="api-manage-messages-seen"),
    path("manage/events/<slug:slug>/messages/preview/", MessagePreview.as_view(), name="api-manage-messages-preview"),
    path("manage/events/<slug:slug>/messages/test/", TrialMessage.as_view(), name="api-manage-messages-test"),
    path(
        "manage/events/<slug:slug>/messages/<uuid:message_id>/resend/",
        ResendMessage.as_view(),
        name="api-manage-message-resend",
    ),
    path("manage/events/<slug:slug>/announcements/", EventAnnouncements.as_view(), name="api-manage-announcements"),
    path(
        "manage/events/<slug:slug>/announcements/preview/",
        AnnouncementPreview.as_view(),
        name="api-manage-announcements-preview",
    ),
]
