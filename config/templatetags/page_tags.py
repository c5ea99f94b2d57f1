"""What the frame of every page needs: where we are, and the same page in another language."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.urls import NoReverseMatch, Resolver404, resolve, reverse, translate_url
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info, override

register = template.Library()


@dataclass(frozen=True)
class LanguageChoice:
    """One language in which the page can be read."""

    code: str
    name: str
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def languages(context: Context) -> list[LanguageChoice]:
    """The page in every language; the home page where this one has no address of its own (errors)."""
    return [
        LanguageChoice(
            code=code,
            name=get_language_info(code)["name_local"],
            url=_in_language(context.get("request"), code),
            is_current=code == get_language(),
        )
        for code, _name in settings.LANGUAGES
    ]


def _in_language(request: HttpRequest | None, code: str) -> str:
    if request is not None and _is_page(request.path_info):
        return translate_url(request.get_full_path(), code)
    with override(code):
        return reverse("home")


def _is_page(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@register.simple_tag(takes_context=True)
def absolute(context: Context, code: str | None = None) -> str:
    """The page's own full address without its query, in a language (for canonical and hreflang)."""
    request: HttpRequest = context["request"]
    path = translate_url(request.path, code) if code else request.path
    return f"{settings.BASE_URL}{path}"


@register.simple_tag(takes_context=True)
def here(context: Context, name: str) -> SafeString:
    """` aria-current` for the menu's link to the page one is on, or to the part it belongs to."""
    request: HttpRequest | None = context.get("request")
    try:
        address = reverse(name)
    except NoReverseMatch:
        return SafeString("")
    if request is None or not request.path.startswith(address):
        return SafeString("")
    return mark_safe(' aria-current="page"' if request.path == address else ' aria-current="true"')  # noqa: S308  # our own two texts
