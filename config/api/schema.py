"""The API's own description: OpenAPI 3.1, with the problem that every refusal is and the token that staff bring."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.utils.translation import get_language
from drf_spectacular.authentication import SessionScheme as UsualSessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.authentication import SCHEME
from config.api.problems import CONTENT_TYPE

PROBLEM: Final = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457). Programs read `code`; `detail` and `errors` are for people.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": ["event_full", "closed", "edit_conflict", "invalid"]},
        "errors": {
            "type": "object",
            "description": "Field → sentences; a nested field is named with dots (`sessions.0.ends_at`).",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}


class TokenScheme(OpenApiAuthenticationExtension):
    """Says in the schema how a program of a member of staff shows who it is."""

    target_class = "config.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, object]:  # noqa: ARG002 - the library's signature
        """An API key in a header, with its scheme in front."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": f"`{SCHEME} …`, made by `manage.py create_token`.",
        }


class DoorPassScheme(UsualSessionScheme):
    """Says in the schema where a pass for the day is enough."""

    target_class = "config.api.authentication.DoorPassAuthentication"
    name = "doorPass"

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]] | None:  # type: ignore[override]  # the library leaves it out
        """Only the endpoints of a door."""
        return {self.name: []} if getattr(auto_schema.view, "opens_with_pass", False) else None


class SessionScheme(UsualSessionScheme):
    """Says in the schema how a page of a member of staff does."""

    target_class = "config.api.authentication.SessionAuthentication"


def add_problems(result: dict[str, Any], **_options: object) -> dict[str, Any]:
    """Say once for all operations how they refuse."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    refusal = {
        "description": "Refused; nothing has changed.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["4XX"] = refusal
    return result


@cache
def schema_in(language: str) -> Mapping[str, Any]:
    """The whole description; made once per process and language, because it only changes with the code."""
    del language  # The active language words it; the argument keeps the languages apart.
    description: Mapping[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return description


@extend_schema(exclude=True)
class SchemaView(APIView):
    """`/api/v1/schema/`: JSON unless YAML is asked for."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer)

    def get(self, request: Request) -> Response:  # noqa: ARG002 - nothing in the request matters
        """The description in the asker's language."""
        return Response(schema_in(get_language() or ""), headers={"Cache-Control": "public, max-age=300"})
