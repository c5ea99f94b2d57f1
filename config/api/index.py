"""`/api/v1/`: where to begin."""

from typing import Final

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

# What everybody may read without knowing a name first: word → name of its address.
LINKS: Final = {
    "docs": "api-docs",
    "schema": "api-schema",
    "events": "api-events",
    "events_csv": "api-events-csv",
    "events_jsonl": "api-events-jsonl",
    "processes": "api-processes",
    "kinds": "api-kinds",
    "categories": "api-categories",
    "topics": "api-topics",
    "districts": "api-districts",
    "venues": "api-venues",
    "units": "api-units",
    "calendar": "feed-public",
}


@extend_schema(exclude=True)
class Index(APIView):
    """The public addresses, to follow."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        """Each under its word, whole."""
        links = {word: request.build_absolute_uri(reverse(name)) for word, name in LINKS.items()}
        return Response(links, headers={"Cache-Control": "public, max-age=300"})
