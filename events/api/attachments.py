"""Files of an event: added, listed and taken away by its organisers."""

import json
from typing import Any
from uuid import UUID

from django.core.files import File
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.actions.attachments import MOST_BYTES, add_attachment, remove_attachment
from events.api.fields import Body, TextsField
from events.api.manage import IF_MATCH, kept_by_the_asker, signed_in, version_in
from events.api.programme import LONGEST_TITLE
from events.api.shapes import AttachmentShape
from events.models import Translated
from events.permissions import May, get_managed_event
from events.queries.attachments import attachments_of


class FormTextsField(TextsField):
    """A text in a form: JSON as everywhere, or the Polish text alone."""

    def to_internal_value(self, data: Any) -> Translated:
        """Read JSON where it is some; what no column can hold is refused."""
        try:
            said = json.loads(data)
        except (ValueError, RecursionError):
            said = data
        texts = super().to_internal_value(said if isinstance(said, dict) else {"pl": str(data)})
        if any("\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text) for text in texts.values()):
            self.fail("shape")
        return texts


class AttachmentBody(Body):
    """A file as a form sends it; without a title it is called by its name."""

    file = serializers.FileField()
    title = FormTextsField(required=False, longest=LONGEST_TITLE)


class EventAttachments(APIView):
    """The files of an event."""

    parser_classes = (MultiPartParser,)

    @extend_schema(responses=AttachmentShape(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """In the organiser's order."""
        event = get_managed_event(signed_in(request), slug, May.SEE)
        return Response(AttachmentShape(attachments_of(event), many=True).data, headers=kept_by_the_asker(event))

    @extend_schema(
        request={"multipart/form-data": AttachmentBody}, responses={201: AttachmentShape}, parameters=[IF_MATCH]
    )
    def post(self, request: Request, slug: str) -> Response:
        """Add one after the others; what it is, its bytes say."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.EDIT)
        body = AttachmentBody(data=request.data)
        body.is_valid(raise_exception=True)
        file: File[bytes] = body.validated_data["file"]
        name = file.name or ""
        attachment = add_attachment(
            event,
            title=body.validated_data.get("title", {"pl": name[:LONGEST_TITLE]}),
            file_name=name,
            # One byte too many is enough to be refused for its size.
            data=file.read(MOST_BYTES + 1),
            expected_version=version_in(request),
            by=user,
            at=timezone.now(),
        )
        return Response(AttachmentShape(attachment).data, status=201)


class EventAttachment(APIView):
    """One file."""

    @extend_schema(responses={204: None}, parameters=[IF_MATCH])
    def delete(self, request: Request, slug: str, attachment_id: UUID) -> Response:
        """Take it away for good."""
        user = signed_in(request)
        event = get_managed_event(user, slug, May.EDIT)
        if not attachments_of(event).filter(pk=attachment_id).exists():
            raise Http404
        remove_attachment(event, attachment_id, expected_version=version_in(request), by=user, at=timezone.now())
        return Response(status=204)
