"""A person's copy of their data over the API; it spans registrations and messages."""

from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.own_data import registration_file
from registrations.api.own import OwnDoor
from registrations.queries.doors import get_registration_by_token

_PARTS: Final = ("party", "sessions", "answers", "needs", "consents", "check_ins", "history", "messages")
_OBJECT: Final = {"type": "object", "additionalProperties": True}
_NULLABLE: Final = {"oneOf": [_OBJECT, {"type": "null"}]}
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Everything that is stored about a person with one registration; texts come in all their languages.",
    "properties": {
        "exported_at": {"type": "string", "format": "date-time"},
        "registration": _OBJECT,
        "event": _OBJECT,
        "participant": _OBJECT,
        **{name: {"type": "array", "items": _OBJECT} for name in _PARTS},
        "notice": _NULLABLE,
        "invitation": _NULLABLE,
    },
}


class OwnExport(OwnDoor):
    """One's own copy of one's data."""

    @extend_schema(responses={200: _SCHEMA})
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the key is in the address
        """Everything that is stored, messages included; secret links in them are left out."""
        return Response(registration_file(get_registration_by_token(token), at=timezone.now()))
