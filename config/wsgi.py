"""The door for web servers."""

import os
from typing import Any

from django import setup
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class TextRequest(WSGIRequest):
    """A request is UTF-8, whatever it says: a charset such as `hex` would break it before anybody could refuse it."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class TextHandler(WSGIHandler):
    """Django's handler, reading every request as UTF-8."""

    request_class = TextRequest


setup(set_prefix=False)
# Imported here, because it knows models.
from config.calendar_short_cut import CalendarShortCut  # noqa: E402

application = CalendarShortCut(TextHandler())
# Every page is loaded now rather than at the first request: the workers share it, and a broken one stops the start.
get_resolver().url_patterns  # noqa: B018  # reading it loads it
