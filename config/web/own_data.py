"""A person's copy of their data: to read and print, and as a file; it spans registrations and messages."""

import json
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.own_data import lone_consents, mailbox_file, own_parts, registration_file
from registrations.models import Registration
from registrations.queries.doors import Mailbox
from registrations.queries.lists import all_registrations
from registrations.web.own_doors import mailbox_door, own_door


@own_door
@require_safe
def export(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Everything about one registration, to read and print."""
    context = {"parts": own_parts([registration]), "token": registration.manage_token, "registration": registration}
    return render(request, "registrations/export.html", context)


@own_door
@require_safe
def export_file(request: HttpRequest, registration: Registration) -> HttpResponse:  # noqa: ARG001 - Django's own signature
    """The same as a file for programs."""
    return _file(registration_file(registration, at=timezone.now()))


@mailbox_door
@require_safe
def mine_export(request: HttpRequest, token: str, mailbox: Mailbox) -> HttpResponse:
    """Everything about one address, to read and print."""
    parts = own_parts(list(all_registrations(mailbox.email_key)))
    context = {"parts": parts, "token": token, "mailbox": mailbox, "consents": lone_consents(mailbox)}
    return render(request, "registrations/export.html", context)


@mailbox_door
@require_safe
def mine_export_file(request: HttpRequest, token: str, mailbox: Mailbox) -> HttpResponse:  # noqa: ARG001 - as above
    """The same as a file for programs."""
    return _file(mailbox_file(mailbox, at=timezone.now()))


def _file(data: Mapping[str, object]) -> HttpResponse:
    response = HttpResponse(json.dumps(data, ensure_ascii=False, indent=2), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response
