"""Keeps the stored calendar entries true; called by whatever changes a text, a time or a status that they show."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from events.enums import PUBLIC_STATUSES, Language
from events.ical import vevent, without_stamps
from events.models import CalendarEntry, CalendarVersion, Session
from events.queries.feeds import calendar_sessions
from events.rendering import facts_of

# A stamp of a calendar has no parts of a second, so the next one is at least this much later.
_TICK: Final = timedelta(seconds=1)
# Sessions rendered at once: few statements for many, and little memory when a whole city is rendered.
_BATCH: Final = 500

_Known = dict[tuple[int, str], str]


@transaction.atomic
def refresh_entries(session_ids: Iterable[int], *, is_named: bool = False, at: datetime) -> bool:
    """Write the entries of these sessions in every language where a calendar would show a difference; True if it would.

    Call it once in a transaction, last: the row that it counts up is shared by all of them. A session whose event is
    no longer public loses its entries and keeps its numbers, so that it can come back as a newer version of itself.
    The version rises for every public session, because filters look at more than an entry shows, and where the name of a
    filter may have changed (`is_named`).
    """
    ids = sorted(set(session_ids))
    is_changed = is_public = False
    for start in range(0, len(ids), _BATCH):
        # Locked in one order, so that two refreshes of the same sessions wait for each other; and without a quarrel with
        # whoever is just choosing one of them.
        sessions = list(
            calendar_sessions().filter(pk__in=ids[start : start + _BATCH]).select_for_update(of=("self",), no_key=True)
        )
        shown = [session for session in sessions if session.event.status in PUBLIC_STATUSES]
        hidden = [session.pk for session in sessions if session.event.status not in PUBLIC_STATUSES]
        is_public |= bool(shown)
        is_changed |= _write(shown, at=at)
        if hidden:
            removed, _by_model = CalendarEntry.objects.filter(session__in=hidden).delete()
            is_changed |= removed > 0
    if is_changed or is_public or is_named:
        _count_up(at=at)
    return is_changed


def refresh_for(
    *,
    event_ids: Iterable[int] = (),
    venue_ids: Sequence[int] = (),
    kind_ids: Sequence[int] = (),
    topic_ids: Sequence[int] = (),
    unit_ids: Sequence[int] = (),
    at: datetime,
) -> bool:
    """Do the same for every session that shows one of these events, places, kinds, topics or units."""
    shows_one = (
        Q(event__in=list(event_ids))
        | Q(event__venue__in=list(venue_ids))
        | Q(event__kind__in=list(kind_ids))
        | Q(event__topics__in=list(topic_ids))
        | Q(event__unit__in=list(unit_ids))
    )
    return refresh_entries(
        Session.objects.filter(shows_one).order_by("pk").values_list("pk", flat=True),
        # A feed is named after what it was narrowed to, whether anything is in it or not.
        is_named=bool(venue_ids or kind_ids or topic_ids or unit_ids),
        at=at,
    )


def _write(sessions: Sequence[Session], *, at: datetime) -> bool:
    known: _Known = {
        (session_id, language): content_hash
        for session_id, language, content_hash in CalendarEntry.objects.filter(session__in=sessions).values_list(
            "session_id", "language", "content_hash"
        )
    }
    changed: list[Session] = []
    entries: list[CalendarEntry] = []
    for session in sessions:
        before = session.last_modified
        session.last_modified = _next_stamp(before, at=at)
        rendered = [_entry(session, language) for language in Language.values]
        if any(known.get((session.pk, entry.language)) != entry.content_hash for entry in rendered):
            changed.append(session)
            entries += rendered
        else:
            session.last_modified = before
    CalendarEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["session", "language"],
        update_fields=["content", "content_hash"],
    )
    Session.objects.bulk_update(changed, ["last_modified"])
    return bool(changed)


def _entry(session: Session, language: str) -> CalendarEntry:
    content = vevent(facts_of(session, language))
    # The join link stands in personal calendars only; when it changes, their entries have to be newer as well.
    compared = f"{without_stamps(content)}{session.event.join_url}"
    content_hash = hashlib.sha256(compared.encode()).hexdigest()
    return CalendarEntry(session=session, language=language, content=content, content_hash=content_hash)


def _next_stamp(before: datetime, *, at: datetime) -> datetime:
    """The second of `at`, or one later than before: some programs take only what is newer than what they have."""
    return max(at.replace(microsecond=0), before.replace(microsecond=0) + _TICK)


def _count_up(*, at: datetime) -> None:
    """Raise the version, at the latest moment: its row is held until the transaction ends."""
    at = at.replace(microsecond=0)
    row = CalendarVersion.objects.filter(pk=1)
    later = {"version": F("version") + 1, "changed_at": Greatest(Value(at), F("changed_at") + _TICK)}
    if not row.update(**later):
        CalendarVersion.objects.bulk_create([CalendarVersion(version=0, changed_at=at - _TICK)], ignore_conflicts=True)
        row.update(**later)
