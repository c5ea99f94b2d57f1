"""Every address, from the apps' own lists."""

from importlib import import_module
from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from config.accounts import account_patterns
from config.api.unknown import NAME, UnknownAddress

Patterns = list[URLPattern | URLResolver]

APPS = ("config.web", "config.api", "events", "registrations", "notifications")


def _patterns(name: str) -> Patterns:
    """One of the lists that each app's `urls` may have: public, plain or api."""
    found: Patterns = []
    for app in APPS:
        if find_spec(app) and find_spec(f"{app}.urls"):
            found += getattr(import_module(f"{app}.urls"), f"{name}_patterns", [])
    return found


urlpatterns: Patterns = [
    # Without a language: machines read them, or the language is in the query.
    *_patterns("plain"),
    path("api/v1/", include(_patterns("api"))),
    path("api/<path:rest>", UnknownAddress.as_view(), name=NAME),
    *i18n_patterns(
        path("accounts/", include(account_patterns)),
        *_patterns("public"),
        prefix_default_language=False,
    ),
]

handler400 = "config.web.errors.bad_request"
handler403 = "config.web.errors.permission_denied"
handler500 = "config.web.errors.server_error"
