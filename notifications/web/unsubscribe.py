"""The door `/u/{token}/` of a mailbox: GET shows, POST spares it what one may do without, or takes that back.

Mail programs post here by themselves (RFC 8058): without cookies, without a CSRF token, and led nowhere else. Programs
that only look at links get a page and change nothing.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from notifications.actions.unsubscribing import resume_reminders, stop_reminders
from notifications.queries.mailboxes import wants_no_reminders
from notifications.tokens import unsubscribed_mailbox
from registrations.web.own_doors import guarded


def _mailbox(token: str) -> str:
    mailbox_key = unsubscribed_mailbox(token)
    if mailbox_key is None:
        raise Http404
    return mailbox_key


@require_http_methods(["GET", "HEAD", "POST"])
def _page(request: HttpRequest, token: str, mailbox_key: str) -> HttpResponse:
    if request.method == "POST":
        act = resume_reminders if request.POST.get("reminders") == "again" else stop_reminders
        act(mailbox_key, at=timezone.now())
    context = {"token": token, "is_stopped": wants_no_reminders(mailbox_key), "is_answer": request.method == "POST"}
    return render(request, "notifications/unsubscribe.html", context)


unsubscribe = guarded(_page, _mailbox)
