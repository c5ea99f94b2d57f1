"""Open data: every listed event as one file, streamed, as a table or as one JSON object per line."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from events.api.public import PublicView
from events.api.shapes import EventSummaryShape
from events.exports.open_data import csv_lines
from events.queries.open_data import open_data_events


class OneAnswer(BaseContentNegotiation):
    """There is one kind of answer here, whatever the asker would like; refusals are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:  # noqa: ARG002 - the framework's signature
        """Nothing is read."""
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:  # noqa: ARG002 - the same
        """What refusals are written with."""
        return renderers[0], renderers[0].media_type


class OpenData(PublicView):
    """A whole set as a download."""

    content_negotiation_class = OneAnswer
    max_age = 300
    media_type: str
    file_name: str

    def stream(self, lines: Iterator[str]) -> StreamingHttpResponse:
        """Hand the lines out as they are made."""
        headers = {"Content-Disposition": f'attachment; filename="{self.file_name}"'}
        return StreamingHttpResponse(lines, content_type=f"{self.media_type}; charset=utf-8", headers=headers)


class EventsCSV(OpenData):
    """Listed events as a table."""

    media_type = "text/csv"
    file_name = "events.csv"

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR)})
    def get(self, request: Request) -> StreamingHttpResponse:  # noqa: ARG002 - nothing in the request matters
        """One line per event; the first line names the columns."""
        page_address = settings.BASE_URL + reverse("event-page", args=["SLUG"]).replace("SLUG", "{slug}")
        return self.stream(csv_lines(open_data_events(at=timezone.now()), page_address=page_address))


class EventsJSONLines(OpenData):
    """Listed events as JSON, one per line."""

    media_type = "application/jsonl"
    file_name = "events.jsonl"

    @extend_schema(responses={(200, "application/jsonl"): OpenApiResponse(OpenApiTypes.STR)})
    def get(self, request: Request) -> StreamingHttpResponse:  # noqa: ARG002 - nothing in the request matters
        """The same objects as in the list of events."""
        return self.stream(_json_lines(at=timezone.now(), language=get_language() or ""))


def _json_lines(*, at: datetime, language: str) -> Iterator[str]:
    shape, encoder = EventSummaryShape(context={"at": at}), JSONEncoder(ensure_ascii=False)
    for event in open_data_events(at=at):
        # Lines are made after the request has ended, and its language with it.
        with override(language):
            line = encoder.encode(shape.to_representation(event))
        yield line + "\n"
