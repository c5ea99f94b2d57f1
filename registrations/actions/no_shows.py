"""Where a unit has a rule for it: who missed meetings without a word queues last for a while, and may object."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.actions.retries import retried
from events.actions.seats import lock_queue
from events.errors import FieldErrors, MoveNotAllowed
from events.models import Event, OrganizationalUnit, User
from registrations.actions.queues import move_up
from registrations.models import NoShowPause, Registration
from registrations.queries.no_shows import counting_pauses, pause_of

OBJECTION_MAX: Final = 2000
RULE_AT_MOST: Final = {"limit": 20, "months": 36, "pause_months": 12}

# One statement, however many missed it; months are the calendar's own.
_PAUSE: Final = """
    INSERT INTO registrations_noshowpause (unit_id, email_key, registration_id, begins_at, ends_at, objection)
    SELECT unit.id, missed.email_key, missed.id, %(at)s::timestamptz,
           %(at)s::timestamptz + make_interval(months => unit.no_show_pause_months), ''
      FROM registrations_registration AS missed
      JOIN events_event AS event ON event.id = missed.event_id
      JOIN events_organizationalunit AS unit ON unit.id = event.unit_id
     WHERE missed.event_id = %(event)s AND missed.state = 'confirmed' AND missed.attendance = 'no_show'
       AND missed.email_key IS NOT NULL
       AND unit.no_show_limit <= (
           SELECT count(*)
             FROM registrations_registration AS each
             JOIN events_event AS other ON other.id = each.event_id
            WHERE each.email_key = missed.email_key AND each.state = 'confirmed' AND each.attendance = 'no_show'
              AND other.unit_id = unit.id AND other.attendance_closed_at IS NOT NULL
              AND other.ends_at > event.ends_at - make_interval(months => unit.no_show_months)
              AND other.ends_at <= event.ends_at)
    ON CONFLICT (unit_id, email_key, begins_at) DO NOTHING
"""


def pause_who_missed(event: Event, *, at: datetime) -> int:
    """Let everybody queue last for a while for whom this meeting was one too many; in the caller's transaction.

    Who waits already keeps their place. A unit without the rule pauses nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PAUSE, {"event": event.pk, "at": at})
        paused: int = cursor.rowcount
    return paused


def take_pauses_back(registrations: Collection[int], *, at: datetime) -> None:
    """Delete the pauses that came from these registrations, and give people their places back."""
    pauses = NoShowPause.objects.filter(registration__in=registrations)
    of_unit: dict[int, set[str]] = {}
    for unit_id, key in pauses.values_list("unit", "email_key"):
        of_unit.setdefault(unit_id, set()).add(key)
    if of_unit:
        pauses.delete()
    for unit_id, keys in sorted(of_unit.items()):
        _order_anew(unit_id, keys, at=at)


@retried
def object_to_pause(registration: Registration, words: str, *, at: datetime) -> None:
    """Take down why the person should not queue last; until somebody has decided they queue as everybody does."""
    words = words.strip()
    if not 1 <= len(words) <= OBJECTION_MAX:
        raise FieldErrors({"words": [_("Say in at most 2000 letters why you object.")]})
    pause = pause_of(registration)
    if pause is None:
        raise MoveNotAllowed(_("This registration queues like every other."))
    objected = NoShowPause.objects.filter(pk=pause.pk, objected_at=None).update(objected_at=at, objection=words)
    if not objected:
        raise MoveNotAllowed(_("You have objected already."))
    _order_anew(pause.unit_id, {pause.email_key}, at=at)


@retried
def decide_objection(pause: NoShowPause, *, upheld: bool, by: User, at: datetime) -> None:
    """Uphold the pause in spite of the objection, or lift it; decided once."""
    open_ones = NoShowPause.objects.filter(pk=pause.pk, objected_at__isnull=False, upheld=None)
    if not open_ones.update(upheld=upheld, decided_by=by, decided_at=at):
        raise MoveNotAllowed(_("This objection has been decided already."))
    _order_anew(pause.unit_id, {pause.email_key}, at=at)


@retried
def set_no_show_rule(
    unit: OrganizationalUnit,
    *,
    limit: int | None,
    months: int,
    pause_months: int,
    by: User,  # noqa: ARG001 - every action says who
    at: datetime,
) -> None:
    """Give a unit the rule, or (`limit` null) none; without it nobody queues last any more."""
    rule = {"limit": limit, "months": months, "pause_months": pause_months}
    faults: dict[str, list[str | Promise]] = {
        name: [_("Give a number from 1 to %(most)s.") % {"most": most}]
        for name, most in RULE_AT_MOST.items()
        if (number := rule[name]) is not None and not 1 <= number <= most
    }
    if faults:
        raise FieldErrors(faults)
    OrganizationalUnit.objects.filter(pk=unit.pk).update(**{f"no_show_{name}": number for name, number in rule.items()})
    if limit is None:
        last = Registration.objects.filter(event__unit=unit, waits_last=True, email_key__isnull=False)
        _order_anew(unit.pk, set(last.values_list("email_key", flat=True)), at=at)


def _order_anew(unit_id: int, keys: Collection[str | None], *, at: datetime) -> None:
    """Let these people queue last where a pause counts, and nowhere else; whoever is first now moves up."""
    pauses = counting_pauses().filter(
        unit=unit_id,
        email_key=OuterRef("email_key"),
        begins_at__lte=OuterRef("created_at"),
        ends_at__gt=OuterRef("created_at"),
    )
    theirs = Registration.objects.filter(event__unit=unit_id, email_key__in=keys).exclude(event__ends_at__lte=at)
    # In one order, so that nobody waits in a circle.
    for event_id in theirs.order_by("event").values_list("event", flat=True).distinct():
        lock_queue(event_id)
        here = theirs.filter(event=event_id)
        changed = here.filter(~Exists(pauses), waits_last=True).update(waits_last=False)
        changed += here.filter(Exists(pauses), waits_last=False).update(waits_last=True)
        if changed:
            move_up(event_id, at=at)
