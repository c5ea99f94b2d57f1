"""What is answered when no page could answer: problems below `/api/`, pages everywhere else."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from config.api.problems import CONTENT_TYPE, problem
from config.middleware import API_PATH


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A request that Django itself refuses to read."""
    if not request.path_info.startswith(API_PATH):
        return defaults.bad_request(request, exception)
    return _problem(400, code="unreadable", detail=_("The request cannot be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A request that may not be made like this."""
    if not request.path_info.startswith(API_PATH):
        return defaults.permission_denied(request, exception)
    return _problem(403, code="permission_denied", detail=_("This is not allowed."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """A bug of ours; the log has it, the asker gets none of it."""
    if not request.path_info.startswith(API_PATH):
        return defaults.server_error(request)
    return _problem(500, code="server_error", detail=_("Something went wrong on our side."))


def _problem(status: int, *, code: str, detail: str) -> HttpResponse:
    return JsonResponse(problem(status, code=code, detail=detail), status=status, content_type=CONTENT_TYPE)
