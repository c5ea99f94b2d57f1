"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Every page is loaded now rather than at the first request: the workers share it, and a broken one stops the start.
get_resolver().url_patterns  # noqa: B018  # reading it loads it
