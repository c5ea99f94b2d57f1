"""An address below `/api/` that leads nowhere: the one meant, if only the last slash is missing; else 404."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

NAME = "api-unknown"


@extend_schema(exclude=True)
class UnknownAddress(APIView):
    """Answers every method alike, because there is nothing to do it with."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse before the method is looked at: 404 says more than 405."""
        super().initial(request, *args, **kwargs)
        if not self._with_slash_leads_somewhere(request.path_info):
            raise Http404

    def get(self, request: Request, rest: str) -> HttpResponsePermanentRedirect:  # noqa: ARG002 - the rest is in the path
        """Send on to the same address with its slash, and with the same method and body."""
        query = request.META.get("QUERY_STRING", "")
        return PermanentRedirect(f"{request.path}/" + (f"?{query}" if query else ""))

    post = put = patch = delete = get

    @staticmethod
    def _with_slash_leads_somewhere(path: str) -> bool:
        try:
            return not path.endswith("/") and resolve(f"{path}/").url_name != NAME
        except Resolver404:
            return False


class PermanentRedirect(HttpResponsePermanentRedirect):
    """308: unlike 301, the method and the body stay."""

    status_code = 308
