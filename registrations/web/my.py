"""Finding one's registrations again: a mail with their links, and the same answer for every address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registrations.actions.addresses import my_registrations_link
from registrations.actions.rates import count_attempt
from registrations.errors import RateLimited
from registrations.forms.public import AddressForm

_INVALID = 400
_TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_registrations(request: HttpRequest) -> HttpResponse:
    """Ask for the address, then say that a mail goes there if it is known: never whether it is."""
    if request.method != "POST":
        return render(request, "registrations/my.html", {"form": AddressForm()})
    form, now = AddressForm(request.POST), timezone.now()
    if not form.is_valid():
        return render(request, "registrations/my.html", {"form": form}, status=_INVALID)
    try:
        count_attempt(request.META["REMOTE_ADDR"], at=now)
    except RateLimited as refusal:
        form.add_error(None, refusal.message)
        return render(request, "registrations/my.html", {"form": form}, status=_TOO_MANY)
    my_registrations_link(form.cleaned_data["email"], at=now)
    return render(request, "registrations/my_sent.html")
