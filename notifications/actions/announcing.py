"""Writing an announcement: checked, and kept for the tick, which makes the messages of it."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.enums import Language
from events.errors import DomainError, FieldErrors
from events.models import Event, Translated, User
from notifications.kinds import ANNOUNCEMENT
from notifications.models import Announcement
from notifications.queries.announcements import (
    STATES,
    Reader,
    Selection,
    announcement_readers,
    categories_of,
    selection_of,
    sessions_of_event,
)
from notifications.signals import message_wanted

LONGEST_SUBJECT: Final = 150
LONGEST_TEXT: Final = 4000
_SENT_ALREADY: Final = _(
    "This form was sent already, with other words or to other people: the log shows what went out. "
    "To send this as well, look at it once more and send it."
)


class NothingToAnnounce(DomainError):
    """People of a meeting that is over, called off or not announced have nothing to be told of it."""

    code = "nothing_to_announce"
    default_message = _("People can be written to while the meeting is announced and not over yet.")


class NobodyChosen(DomainError):
    """Nobody with an address is in the selection."""

    code = "nobody_chosen"
    default_message = _("Nobody fits this choice, so there is nobody to write to.")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an organiser wants to say, and to whom."""

    subject: Translated
    body: Translated
    selection: Selection = field(default_factory=Selection)


def look_at_draft(event: Event, draft: Draft, *, at: datetime) -> tuple[Draft, list[Reader]]:
    """The draft as it would be kept, and exactly whom it would go to; refused as `announce` would refuse it."""
    if event.status not in ANNOUNCEMENT.event_true_while or event.ends_at is None or at >= event.ends_at:
        raise NothingToAnnounce
    tidy = replace(draft, subject=_one_line(draft.subject), body=_stripped(draft.body))
    errors: dict[str, list[str | Promise]] = {
        **_faults("subject", tidy.subject, LONGEST_SUBJECT),
        **_faults("body", tidy.body, LONGEST_TEXT),
        **_faults_of_selection(event, tidy.selection),
    }
    if errors:
        raise FieldErrors(errors)
    readers = announcement_readers(event, tidy.selection)
    if not readers:
        raise NobodyChosen
    return tidy, readers


@transaction.atomic
def announce(event: Event, draft: Draft, *, nonce: uuid.UUID, by: User, at: datetime) -> Announcement:
    """Keep it for the tick; the same form (`nonce`) sent twice is one announcement."""
    # Two forms at once wait for each other, so the second finds what the first has kept.
    Event.objects.select_for_update(no_key=True).only("pk").get(pk=event.pk)
    known = Announcement.objects.filter(nonce=nonce).first()
    if known is not None:
        if known.event_id != event.pk:
            raise FieldErrors({"nonce": [_("This number has been used for another announcement.")]})
        if not _says(draft, known):
            raise FieldErrors({"nonce": [_SENT_ALREADY]})
        return known
    tidy, _readers = look_at_draft(event, draft, at=at)
    announcement = Announcement.objects.create(
        event=event,
        by=by,
        at=at,
        subject=tidy.subject,
        body=tidy.body,
        states=list(tidy.selection.states),
        nonce=nonce,
    )
    announcement.sessions.set(sessions_of_event(event).filter(pk__in=tidy.selection.sessions))
    announcement.categories.set(categories_of(event).filter(code__in=tidy.selection.categories))
    message_wanted.send(sender=Announcement)
    return announcement


def _says(draft: Draft, announcement: Announcement) -> bool:
    """Whether an announcement is what this draft comes to."""
    kept, chosen = selection_of(announcement), draft.selection
    return (
        (_one_line(draft.subject), _stripped(draft.body)) == (announcement.subject, announcement.body)
        and set(chosen.states) == set(kept.states)
        and set(chosen.sessions) == set(kept.sessions)
        and set(chosen.categories) == set(kept.categories)
    )


def _one_line(text: Translated) -> Translated:
    return _stripped({language: " ".join(words.split()) for language, words in text.items()})


def _stripped(text: Translated) -> Translated:
    """Without blanks around it; a translation that is not there is left out."""
    bare = {language: words.replace("\r\n", "\n").strip() for language, words in text.items()}
    return {language: words for language, words in bare.items() if words or language == Language.PL}


def _faults(name: str, text: Translated, longest: int) -> Mapping[str, list[str | Promise]]:
    if not text.get(Language.PL):
        return {name: [_("Write this in Polish.")]}
    if any(len(words) > longest for words in text.values()):
        return {name: [_("This is longer than %(count)s characters.") % {"count": longest}]}
    return {}


def _faults_of_selection(event: Event, selection: Selection) -> Mapping[str, list[str | Promise]]:
    errors: dict[str, list[str | Promise]] = {}
    if not selection.states:
        errors["states"] = [_("Choose at least one state.")]
    known: Mapping[str, tuple[Collection[object], Collection[object]]] = {
        "states": (selection.states, STATES),
        "sessions": (selection.sessions, sessions_of_event(event).values_list("pk", flat=True)),
        "categories": (selection.categories, categories_of(event).values_list("code", flat=True)),
    }
    for name, (chosen, there) in known.items():
        if set(chosen) - set(there):
            errors[name] = [_("One of these does not exist at this event.")]
    return errors
