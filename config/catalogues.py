"""The texts that people see, collected from code and templates into one catalogue per language; no gettext programs needed."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

# Messages are English in the code, so that English needs no catalogue.
LANGUAGES: Final = ("pl", "uk")
CODE: Final = ("config", "events", "registrations", "notifications")
TEMPLATES: Final = "templates"
TEMPLATE_ENDINGS: Final = {".html", ".txt", ".xml"}
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER: Final = "# Translations of Wiec; `manage.py messages` keeps the list of texts."
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")


def catalogue_path(language: str) -> Path:
    """Where a language's texts stand."""
    return Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES" / "django.po"


def collected() -> Catalog:
    """Every text in code and templates, in the order of files."""
    catalogue = Catalog(fuzzy=False)
    for path, source in _sources():
        found = extract("python", io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"}, True)
        for _line, message, comments, context in found:
            catalogue.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    return catalogue


def updated(language: str) -> Catalog:
    """A language's catalogue with exactly the texts that are in use; what is new has no translation yet."""
    path = catalogue_path(language)
    known = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    fresh = Catalog(
        locale=Locale.parse(language), project="Wiec", version="1", fuzzy=False, header_comment=HEADER, charset="utf-8"
    )
    for message in collected():
        if not message.id:
            continue
        old = known.get(_key(message), message.context)
        has_translation = old is not None and bool(old.string) and old.pluralizable == message.pluralizable
        fresh.add(
            message.id,
            string=old.string if old is not None and has_translation else None,
            locations=sorted(set(message.locations)),
            auto_comments=message.auto_comments,
            context=message.context,
        )
    return fresh


def as_text(catalogue: Catalog) -> str:
    """The catalogue as a file; without dates and line numbers, so that it changes only when a text does."""
    written = io.BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False, sort_output=True, omit_header=True)
    return f"{_head(catalogue)}\n{written.getvalue().decode()}"


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts that lack a translation, or one of its plural forms."""
    return [_name(message) for message in _texts(catalogue) if not all(_strings(message, catalogue.num_plurals))]


def wrong_placeholders(catalogue: Catalog) -> list[str]:
    """The texts whose translation names another value than the original, or lacks one."""
    return [_name(message) for message in _texts(catalogue) if not _placeholders_agree(message)]


def _sources() -> Iterator[tuple[str, str]]:
    base = Path(settings.BASE_DIR)
    for folder in CODE:
        for path in sorted((base / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(base).as_posix(), path.read_text()
    for path in sorted((base / TEMPLATES).rglob("*")):
        if path.suffix in TEMPLATE_ENDINGS:
            code = templatize(path.read_text())
            # What stood between the texts is blanked out; only its indentation could still be read as Python.
            yield path.relative_to(base).as_posix(), "\n".join(line.lstrip() for line in code.splitlines())


def _head(catalogue: Catalog) -> str:
    lines = [
        HEADER,
        'msgid ""',
        'msgstr ""',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        '"MIME-Version: 1.0\\n"',
        f'"Language: {catalogue.locale_identifier}\\n"',
        f'"Plural-Forms: {catalogue.plural_forms}\\n"',
        "",
    ]
    return "\n".join(lines)


def _texts(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _name(message: Message) -> str:
    return f"{message.context}|{_key(message)}" if message.context else _key(message)


def _strings(message: Message, plurals: int) -> list[str]:
    if not message.pluralizable:
        return [str(message.string or "")]
    given = [str(text) for text in message.string or ()]
    return [*given, *[""] * (plurals - len(given))]


def _placeholders_agree(message: Message) -> bool:
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = {frozenset(_PLACEHOLDER.findall(text)) for text in originals}
    translations = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return all(frozenset(_PLACEHOLDER.findall(text)) in wanted for text in translations if text)
