"""The development inbox: every mail and SMS as its recipient would see it, with links that work. Only with DEBUG."""

import base64
import uuid
from dataclasses import dataclass
from typing import Final

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import urlize
from django.utils.safestring import SafeString
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notifications.delivery.composing import linked, ticket_pictures
from notifications.models import Message
from notifications.queries.log import written_messages

_PAGE: Final = 30
_ONLY_ITSELF: Final = {
    "default-src": ["'none'"],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
}


@dataclass(frozen=True)
class Received:
    """A message as it lies in its recipient's mailbox or telephone."""

    message: Message
    text: SafeString
    subject: str


@csp_update({"frame-src": [SELF]})
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything that was sent or kept, newest first."""
    _require_debug()
    page = Paginator(written_messages(), _PAGE).get_page(request.GET.get("page"))
    received = [_received(message) for message in page.object_list]
    return render(request, "notifications/inbox.html", {"page": page, "received": received})


@xframe_options_sameorigin
@csp_replace(_ONLY_ITSELF)  # type: ignore[arg-type]  # its types know no views with arguments
@require_safe
def inbox_html(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:  # noqa: ARG001 - Django's own signature
    """The HTML of a mail with its pictures, for a frame; a link opens in the whole window."""
    message = _message(message_id)
    html = linked(message, message.html, to=message.to)
    for picture in ticket_pictures(message, html):
        data = base64.b64encode(picture.content).decode()
        html = html.replace(f"cid:{picture.content_id}", f"data:{picture.media_type};base64,{data}")
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


@require_safe
def inbox_calendar(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:  # noqa: ARG001 - as above
    """The calendar part of a mail, as a mail program would hand it to the calendar."""
    message = _message(message_id)
    if not message.calendar:
        raise Http404
    method = f"; method={message.calendar_method}" if message.calendar_method else ""
    answer = HttpResponse(message.calendar, content_type=f"text/calendar; charset=utf-8{method}")
    answer["Content-Disposition"] = 'attachment; filename="invite.ics"'
    return answer


def _message(message_id: uuid.UUID) -> Message:
    _require_debug()
    return get_object_or_404(written_messages(), pk=message_id)


def _require_debug() -> None:
    if not settings.DEBUG:
        raise Http404


def _received(message: Message) -> Received:
    text = linked(message, message.body, to=message.to)
    return Received(message=message, text=SafeString(urlize(text, autoescape=True)), subject=message.subject)
