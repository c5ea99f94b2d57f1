"""Pages about the service itself: how to subscribe, privacy, accessibility, and what search engines read."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.queries.addresses import listed_slugs, process_slugs

# Pages that every language has, beside the events and processes of the database.
INDEXED_PAGES = ("home", "event-list", "process-list", "calendar-help", "accessibility", "privacy")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why and how long."""
    return render(request, "pages/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "pages/accessibility.html")


@require_safe
@cache_control(max_age=3600, public=True)
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # the same for everybody
    """What search engines may read: everything public, nobody's own door."""
    lines = [
        "User-agent: *",
        # Personal calendars are not listed: Google Calendar asks here before it fetches one, and they say noindex.
        *(
            f"Disallow: {path}"
            for path in ("/r/", "/invited/", "/consents/", "/manage/", "/accounts/", "/t/", "/door/")
        ),
        *(
            f"Disallow: /{code}/{page}/"
            for code, _name in settings.LANGUAGES[1:]
            for page in ("r", "invited", "consents", "door")
        ),
        f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=3600, public=True)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every listed page in every language."""
    with override(settings.LANGUAGE_CODE):
        pages = [reverse(name) for name in INDEXED_PAGES]
        pages += [reverse("event-page", args=[slug]) for slug in listed_slugs()]
        pages += [reverse("process-page", args=[slug]) for slug in process_slugs()]
    return render(
        request,
        "pages/sitemap.xml",
        {"base": settings.BASE_URL, "pages": pages, "prefixes": _prefixes()},
        content_type="application/xml; charset=utf-8",
    )


def _prefixes() -> list[tuple[str, str]]:
    """Language and what its addresses begin with; the first language has no prefix."""
    return [(code, "" if code == settings.LANGUAGE_CODE else f"/{code}") for code, _name in settings.LANGUAGES]
