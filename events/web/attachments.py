"""Files of events, served apart: saved and never shown by the browser, with nothing that could run among our pages."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import condition, require_safe

from events.permissions import get_attachment
from events.queries.attachments import content_of

# What has been taken away, or withdrawn with its event, is gone from caches after as long.
_FOR_EVERYBODY: Final = "public, max-age=300"
_FOR_STAFF: Final = "private, no-store"


@require_safe
def attachment(request: HttpRequest, attachment_id: UUID, file_name: str) -> HttpResponse:
    """One file with its own name; of a draft or a restricted event only for those who may see it."""
    file, is_for_everybody = get_attachment(request.user, attachment_id, file_name)

    @condition(etag_func=lambda _request: f'"{file.sha256}"')
    def answer(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(content_of(file) if request.method == "GET" else b"", content_type=file.content_type)
        response["Content-Length"] = str(file.size)
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.file_name) or ""
        return response

    response = answer(request)
    response["Cache-Control"] = _FOR_EVERYBODY if is_for_everybody else _FOR_STAFF
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response
