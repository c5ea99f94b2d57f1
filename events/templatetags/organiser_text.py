"""Texts that organisers write in Markdown, as harmless HTML."""

from typing import Final

import nh3
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from events.models import Translated, in_language

register = template.Library()

_TAGS: Final = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "h3", "h4", "h5", "h6"}
_DEEPEST_HEADING: Final = 6
# The page's own headings come first: a text's top heading stands below the page's h2.
_HEADINGS_MOVE_DOWN: Final = 2
_reader: Final = MarkdownIt("commonmark", {"html": False})


@register.filter
def markdown(text: Translated) -> SafeString:
    """The text in the page's language, else in Polish and marked so."""
    language = (get_language() or "pl")[:2]
    html = to_html(in_language(text))
    if html and language != "pl" and not text.get(language):
        return format_html('<div lang="pl">{}</div>', html)
    return html


def to_html(source: str) -> SafeString:
    """Markdown as HTML of a few harmless elements; links say that they are not ours."""
    tokens = _reader.parse(source)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + _HEADINGS_MOVE_DOWN, _DEEPEST_HEADING)}"
    html = _reader.renderer.render(tokens, _reader.options, {})
    cleaned = nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto", "tel"})
    return mark_safe(cleaned)  # noqa: S308  # cleaned in the line above
