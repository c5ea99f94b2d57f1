"""Adding files to an event, taking them away and putting them in order."""

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.actions.faults import model_faults
from events.actions.file_types import ENDINGS, FileType, ending_of, file_type
from events.actions.history import record
from events.enums import EventChangeKind
from events.errors import DomainError, EditConflict, FieldErrors
from events.models import Attachment, AttachmentContent, Event, Translated, User

MOST_BYTES: Final = 10_000_000
MOST_FILES: Final = 20
_LONGEST_NAME: Final = 150


class NoSuchFile(DomainError):
    """The file has been taken away in the meantime, or belongs to another event."""

    code = "no_such_file"
    default_message = _("This file is not here any more.")


@transaction.atomic
def add_attachment(
    event: Event,
    *,
    title: Translated,
    file_name: str,
    data: bytes,
    expected_version: int | None = None,
    by: User | None,
    at: datetime,
) -> Attachment:
    """Keep a file after the others; what it is, its bytes say, and a name that says something else is refused."""
    name = _plain_name(file_name)
    kind = _type_of(name, data)
    attachment = Attachment(
        event=event,
        title=title,
        file_name=name,
        content_type=kind.content_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        added_by=by,
        added_at=at,
    )
    faults = model_faults(attachment, only=("title",))
    if not title.get("pl", "").strip():
        faults["title"] = [_("Give the title in Polish.")]
    if faults:
        raise FieldErrors(faults)
    present = _locked(event, expected_version)
    if len(present) >= MOST_FILES:
        raise _wrong_file(_("An event has at most %(count)s files. Take one away first.") % {"count": MOST_FILES})
    if attachment.sha256 in {each.sha256 for each in present}:
        raise _wrong_file(_("This file is here already."))
    attachment.position = max((each.position + 1 for each in present), default=0)
    attachment.save(force_insert=True)
    AttachmentContent.objects.create(attachment=attachment, data=data)
    _record(event, [*present, attachment], before=present, by=by, at=at)
    return attachment


@transaction.atomic
def remove_attachment(
    event: Event, attachment_id: UUID, *, expected_version: int | None = None, by: User | None, at: datetime
) -> None:
    """Take a file away for good."""
    present = _locked(event, expected_version)
    going = [each for each in present if each.pk == attachment_id]
    if not going:
        raise NoSuchFile
    Attachment.objects.filter(pk=attachment_id).delete()
    _record(event, [each for each in present if each not in going], before=present, by=by, at=at)


@transaction.atomic
def order_attachments(event: Event, order: Sequence[UUID], *, by: User | None, at: datetime) -> None:
    """Put the files in this order; it names every one of them once."""
    present = _locked(event)
    by_id = {each.pk: each for each in present}
    if sorted(order) != sorted(by_id):
        raise NoSuchFile
    if [each.pk for each in present] == list(order):
        return
    for position, pk in enumerate(order):
        by_id[pk].position = position
    Attachment.objects.bulk_update(present, ["position"])
    _record(event, [by_id[pk] for pk in order], before=present, by=by, at=at)


def _locked(event: Event, expected_version: int | None = None) -> list[Attachment]:
    """The files of the event, while nobody else adds or takes away one."""
    locked = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if expected_version not in {None, locked.version}:
        raise EditConflict
    return list(event.attachments.order_by("position", "added_at", "id"))


def _record(
    event: Event, after: Sequence[Attachment], *, before: Sequence[Attachment], by: User | None, at: datetime
) -> None:
    record(
        event,
        EventChangeKind.EDITED,
        by=by,
        at=at,
        before={"attachments": [each.file_name for each in before]},
        after={"attachments": [each.file_name for each in after]},
    )


def _plain_name(file_name: str) -> str:
    """The name without folders and without characters that nobody sees; too long a one is cut before its ending."""
    name = PureWindowsPath(PurePosixPath(file_name).name).name
    seen = "".join(
        each for each in unicodedata.normalize("NFC", name) if not unicodedata.category(each).startswith("C")
    )
    name = " ".join(seen.split())
    ending = ending_of(name)
    return name[: len(name) - len(ending)][: _LONGEST_NAME - len(ending)] + ending


def _type_of(name: str, data: bytes) -> FileType:
    if not data:
        raise _wrong_file(_("The file is empty."))
    if len(data) > MOST_BYTES:
        raise _wrong_file(_("The file is larger than %(size)s MB.") % {"size": MOST_BYTES // 1_000_000})
    ending = ending_of(name)
    kind = file_type(data, ending=ending) if ending in ENDINGS else None
    if kind is None:
        raise _wrong_file(
            _(
                "Files of this kind cannot be kept here. Possible are PDF, DOCX, ODT, XLSX, ODS, CSV, plain text, PNG and JPEG."
            )
        )
    if ending not in kind.endings:
        sentence = _("The name ends in “%(said)s”, but it is a file that ends in “%(found)s”. Name it as what it is.")
        raise _wrong_file(sentence % {"said": ending, "found": kind.endings[0]})
    return kind


def _wrong_file(sentence: str | Promise) -> FieldErrors:
    return FieldErrors({"file": [sentence]})
