"""A city's own words: which parts and placeholders a kind has, how its words are put in, and how they look. Pure.

Own words are never a template: names in double braces are replaced by values, and all else stays as it is written. Where
a part of a mail holds facts (codes, changes, reasons), own words stand before it, so that no fact is ever lost by them.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, cast

from django.template import Context, engines
from django.template.backends.django import Template as Loaded
from django.template.base import Template
from django.template.defaulttags import ForNode, IfNode
from django.template.loader import get_template
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.utils import translation
from django.utils.html import conditional_escape, format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from events.enums import Language
from notifications.enums import TemplatePart
from notifications.kinds import ANNOUNCEMENT, KINDS, Kind
from notifications.rendering.secret_links import as_long_as_sent, manage_link_mark, mine_link_mark, without_links
from notifications.rendering.short_messages import fitted

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
# What is at hand in every message, and what only where the original speaks of it.
_ALWAYS: Final = (
    "name",
    "title",
    "when",
    "when_short",
    "place",
    "organiser",
    "contact_email",
    "contact_phone",
    "event_url",
)
# What is found out for each person: own words that replace it have to say it, too.
_FOUND_OUT: Final = ("mine_link", "confirm_by", "offer_until", "answer_by", "closes_at", "ticket_code")
_SOMETIMES: Final = ("manage_link", "reason", *_FOUND_OUT)
_LINKS: Final = frozenset({"manage_link", "mine_link", "event_url"})
_FILES: Final = ("subject.txt", "email.txt", "sms.txt")
_BLOCKS: Final = (TemplatePart.LEAD, TemplatePart.MORE)


# What may be written


def parts_of(kind: Kind) -> tuple[TemplatePart, ...]:
    """The parts that a city may put into its own words; an announcement has the organiser's."""
    if kind == ANNOUNCEMENT:
        return ()
    blocks = _blocks_of(_loaded(kind, "email.txt"))
    return tuple(part for part in TemplatePart if part not in _BLOCKS or part.value in blocks)


def placeholders_of(kind: Kind) -> tuple[str, ...]:
    """The names that own words of a kind may hold."""
    sources = "".join(_loaded(kind, name).source for name in _FILES)
    return (*_ALWAYS, *(name for name in _SOMETIMES if re.search(rf"\b{name}\b", sources)))


def replaces(kind: Kind, part: TemplatePart) -> bool:
    """Whether own words stand in place of the original; else before it, because there are facts in it."""
    if part not in _BLOCKS:
        return True
    nodes = _blocks_of(_loaded(kind, "email.txt"))[part.value].nodelist
    return not any(nodes.get_nodes_by_type(kind_of_node) for kind_of_node in (IfNode, ForNode, IncludeNode))


def required_in(kind: Kind, part: TemplatePart) -> tuple[str, ...]:
    """The names that have to be in own words: what only the original would say, and the link that an answer needs."""
    if part == TemplatePart.SUBJECT or not replaces(kind, part):
        return ()
    needed = (*_FOUND_OUT, *(("manage_link",) if part == TemplatePart.SMS and kind.sms_needs_link else ()))
    there = named_in(original_of(kind, part, Language.PL))
    return tuple(name for name in needed if name in there)


def named_in(text: str) -> list[str]:
    """The names in own words, each once, in their order."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def without_names(text: str) -> str:
    """Own words without their names in braces: whatever looks like a template in the rest is a slip."""
    return _PLACEHOLDER.sub("", text)


def original_of(kind: Kind, part: TemplatePart, language: str) -> str:
    """The words that stand there without any of the city's own, with the names of what is put in."""
    values = {name: f"{{{{ {name} }}}}" for name in placeholders_of(kind)}
    with translation.override(language):
        if part in _BLOCKS:
            template = _loaded(kind, "email.txt")
            text = _block(template, part.value, values)
            return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.strip().split("\n")))
        name = "sms.txt" if part == TemplatePart.SMS else "subject.txt"
        return " ".join(_loaded(kind, name).render(Context(values, autoescape=False)).split())


def sample_of(kind: Kind, part: TemplatePart, text: str, language: str) -> str:
    """Own words with values made up as examples; ValueError: the SMS does not fit into its segments."""
    with translation.override(language):
        values = _samples()
    if part != TemplatePart.SMS:
        return without_links(_filled(text, values))

    def write(title: str, with_link: bool) -> str:  # noqa: FBT001 - called by position
        links = {} if with_link else {"manage_link": "", "mine_link": ""}
        return " ".join(_filled(text, {**values, "title": title, **links}).split())

    return fitted(
        write,
        str(values["title"]),
        measure=lambda words: as_long_as_sent(words, language),
        link_is_needed=kind.sms_needs_link,
    )


# How it is put in


def rendered(kind: Kind, name: str, values: Mapping[str, object], own: Mapping[str, str]) -> str:
    """A file of a kind's texts with the city's own words, where it has some."""
    if not own:
        return _render(f"messages/{kind.name}/{name}", values)
    stem = name.partition(".")[0]
    if stem in own:
        return _filled(own[stem], values)
    blocks = tuple(part.value for part in _BLOCKS if part.value in own) if stem == "email" else ()
    if not blocks:
        return _render(f"messages/{kind.name}/{name}", values)
    fill = _filled_html if name.endswith(".html") else _filled
    words = {f"own_{block}": fill(own[block], values) for block in blocks}
    before = tuple(block for block in blocks if not replaces(kind, TemplatePart(block)))
    return _with_blocks(f"messages/{kind.name}/{name}", blocks, before).render({**values, **words})


def _render(path: str, values: Mapping[str, object]) -> str:
    return get_template(path).render(dict(values))


@lru_cache(maxsize=512)
def _with_blocks(path: str, blocks: tuple[str, ...], before: tuple[str, ...]) -> Loaded:
    """The template with values in place of these blocks, or before them; nobody's words are in it, so it never grows old."""

    def block(name: str) -> str:
        original = "\n\n{{ block.super }}" if name in before else ""
        return f"{{% block {name} %}}{{{{ own_{name} }}}}{original}{{% endblock %}}"

    return cast("Loaded", engines["django"].from_string(f'{{% extends "{path}" %}}{"".join(map(block, blocks))}'))


def _filled(text: str, values: Mapping[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], "")), text)


def _filled_html(text: str, values: Mapping[str, object]) -> SafeString:
    def value(found: re.Match[str]) -> str:
        words = str(values.get(found[1], ""))
        return (
            format_html('<a href="{0}">{0}</a>', words) if found[1] in _LINKS and words else conditional_escape(words)
        )

    pieces, end = [], 0
    for found in _PLACEHOLDER.finditer(text):
        pieces += [conditional_escape(text[end : found.start()]), value(found)]
        end = found.end()
    # Every piece is escaped, so paragraphs may be made of them.
    return mark_safe(linebreaks("".join([*pieces, conditional_escape(text[end:])])))  # noqa: S308


# The templates behind it


def _loaded(kind: Kind, name: str) -> Template:
    return cast("Loaded", get_template(f"messages/{kind.name}/{name}")).template


def _blocks_of(template: Template) -> Mapping[str, BlockNode]:
    (extends,) = cast("list[ExtendsNode]", template.nodelist.get_nodes_by_type(ExtendsNode))
    return cast("Mapping[str, BlockNode]", extends.blocks)


def _block(template: Template, name: str, values: Mapping[str, object]) -> str:
    context = Context(values, autoescape=False)
    with context.render_context.push_state(template), context.bind_template(template):
        return str(_blocks_of(template)[name].nodelist.render(context))


def _samples() -> dict[str, object]:
    return {
        "name": _("Anna (example)"),
        "title": _("Meeting about a park (example)"),
        "when": _("Tuesday, 26 January 2027, 17:00–19:00"),
        "when_short": "26.01 17:00",
        "place": _("Town hall, Rynek 1 (example)"),
        "organiser": _("Strategy Department (example)"),
        "contact_email": "biuro@example.org",
        "contact_phone": "+48 81 000 00 00",
        "event_url": "https://example.org/events/park/",
        "manage_link": manage_link_mark(0),
        "mine_link": mine_link_mark(0),
        "confirm_by": "12.01, 11:00",
        "offer_until": "12.01, 11:00",
        "answer_by": "12.01, 11:00",
        "closes_at": "12.01, 11:00",
        "ticket_code": "EXAMPLE2",
        "reason": _("This is an example of a reason."),
    }


OVERRIDABLE: Final = tuple(name for name in KINDS if name != ANNOUNCEMENT.name)
