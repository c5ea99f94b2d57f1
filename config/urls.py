"""Every address, from the apps' own lists."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from config.accounts import account_patterns
from config.api import urls as api
from config.api.unknown import NAME, UnknownAddress
from config.web import urls as web
from events import urls as events
from notifications import urls as notifications
from registrations import urls as registrations

urlpatterns: list[URLPattern | URLResolver] = [
    # Without a language: machines read them, or the language is in the query.
    *web.plain_patterns,
    *events.plain_patterns,
    *registrations.plain_patterns,
    *notifications.plain_patterns,
    path(
        "api/v1/",
        include(
            [*api.api_patterns, *events.api_patterns, *registrations.api_patterns, *notifications.api_patterns],
        ),
    ),
    path("api/<path:rest>", UnknownAddress.as_view(), name=NAME),
    *i18n_patterns(
        path("accounts/", include(account_patterns)),
        *web.public_patterns,
        *events.public_patterns,
        *registrations.public_patterns,
        *notifications.public_patterns,
        prefix_default_language=False,
    ),
]

handler400 = "config.web.errors.bad_request"
handler403 = "config.web.errors.permission_denied"
handler500 = "config.web.errors.server_error"
