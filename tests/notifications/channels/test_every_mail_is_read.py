"""Every kind of mail in every language as programs read it that did not write it.

The mail is taken apart by fast-mail-parser (Rust), its calendar by vobject; the service writes both with other libraries.
"""

from collections.abc import Iterator

import pytest
from fast_mail_parser import PyMimePart, parse_email, parse_email_tree

from notifications.channels.mime import mail_of
from notifications.channels.outgoing import Outgoing
from notifications.delivery.composing import outgoing_of
from notifications.enums import Channel
from notifications.kinds import KINDS
from notifications.queries.dispatch import complete_messages
from tests.events.calendar_readers import read_with_icalendar, read_with_vobject
from tests.make.events import NOW
from tests.notifications.test_rendering import LANGUAGES, letter, make_complete

pytestmark = pytest.mark.django_db

SENDER = "Miasto Lublin – spotkania <wiec@example.org>"


def leaves(part: PyMimePart) -> Iterator[PyMimePart]:
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)


def text_of(part: PyMimePart) -> str:
    assert part.content is not None
    return part.content.decode().replace("\r\n", "\n")


def written(kind: str, language: str) -> Outgoing:
    message = make_complete(kind, language, Channel.EMAIL)
    found = letter(message)
    return outgoing_of(complete_messages([message.pk])[0], found, at=NOW)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_read_as_it_was_written(kind: str) -> None:
    for language in LANGUAGES:
        outgoing = written(kind, language)
        raw = bytes(mail_of(outgoing, sender=SENDER, domain="example.org"))

        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        mail = parse_email(raw)
        assert mail.warnings == []
        assert mail.subject == outgoing.subject
        assert [one.address for one in mail.to] == [outgoing.to]
        assert mail.from_ is not None
        assert (mail.from_.display_name, mail.from_.address) == ("Miasto Lublin – spotkania", "wiec@example.org")
        assert mail.headers["Message-ID"] == [f"<{outgoing.id}@example.org>"]
        assert mail.headers["Auto-Submitted"] == ["auto-generated"]
        assert mail.headers["Content-Language"] == [language]
        parts = {part.content_type.partition(";")[0].strip(): part for part in leaves(parse_email_tree(raw))}
        assert text_of(parts["text/plain"]).rstrip() == outgoing.text.replace("\r\n", "\n").rstrip()
        assert text_of(parts["text/html"]).rstrip() == outgoing.html.replace("\r\n", "\n").rstrip()
        pictures = [attachment.content for attachment in outgoing.attachments if attachment.content_id]
        read = [part.content for name, part in parts.items() if name.startswith("image/")]
        assert read == pictures
        _calendar_is_read(parts, outgoing)


def _calendar_is_read(parts: dict[str, PyMimePart], outgoing: Outgoing) -> None:
    """The same entries in the button and in the file, and by two programs."""
    found = [part for name, part in parts.items() if name in {"text/calendar", "application/ics"}]
    assert bool(found) == bool(outgoing.calendar)
    for part in found:
        assert part.content == outgoing.calendar.encode()
        entries = read_with_vobject(part.content.decode())
        assert entries
        assert entries == read_with_icalendar(part.content.decode())
        assert ("METHOD" in outgoing.calendar) == bool(outgoing.calendar_method)
