"""How people sign up and are reminded: the policy, the seats by category, the reminders."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.actions.definitions import (
    UNSET,
    CategoryDefinition,
    RegistrationDefinition,
    RegistrationEdit,
    ReminderDefinition,
    Unset,
    given,
    reminder_definition_of,
)
from events.actions.faults import Faults, model_faults
from events.actions.history import Difference, plain
from events.actions.seats import set_capacity, set_reserved
from events.actions.sessions import capacity_changed, close_pools
from events.actions.wall_clock import NoSuchTime, as_instant
from events.enums import EventChangeKind, NoAnswer, ReminderAudience, ReminderChannel, WaitlistPolicy
from events.errors import FieldErrors
from events.models import Event, EventKind, ParticipantCategory, RegistrationPolicy, ReminderRule, SeatPool

POLICY_COLUMNS: Final = tuple(
    column.name for column in fields(RegistrationEdit) if column.name not in {"capacity", "reserved", "categories"}
)
# What holds where neither the organiser nor the kind says anything else.
_ALWAYS: Final = RegistrationDefinition(
    opens_at=None,
    closes_at=None,
    capacity=None,
    reserved=0,
    categories=(),
    confirm_email=True,
    hold_minutes=60,
    waitlist=True,
    waitlist_limit=None,
    waitlist_policy=WaitlistPolicy.STRICT,
    offer_hours=24,
    group_max=1,
    approval=False,
    approval_holds_seat=False,
    assistants_take_seats=False,
    wheelchair_places=2,
    ask_days_before=None,
    ask_reply_hours=48,
    ask_no_answer=NoAnswer.KEEP,
)
_ALL_NAMES: Final = (*POLICY_COLUMNS, "capacity", "reserved", "categories")
_USUAL_NAMES: Final = (*(name for name in POLICY_COLUMNS if name not in {"opens_at", "closes_at"}), "capacity")
# Long enough for every use, short enough for every calendar.
REMINDER_MINUTES: Final = 366 * 24 * 60
AFTER_MINUTES: Final = 30 * 24 * 60
HOLD_MINUTES: Final = 30 * 24 * 60
OFFER_HOURS: Final = 90 * 24
GROUP_MAX: Final = 50
ASK_DAYS: Final = 366


def new_rules(
    event: Event, registration: RegistrationDefinition, *, categories: Mapping[str, ParticipantCategory]
) -> tuple[RegistrationPolicy, list[SeatPool]]:
    """How people sign up for an event that has no rules yet, as rows; what is left out is as usual for its kind."""
    usual = _usual_registration(event.kind, categories)
    values = {name: getattr(usual, name) for name in _ALL_NAMES} | _said(registration)
    policy = RegistrationPolicy(event=event)
    _set_policy(policy, {name: values[name] for name in POLICY_COLUMNS})
    capacity: int | None = values["capacity"]
    wanted: tuple[CategoryDefinition, ...] = values["categories"]
    reserved: int = values["reserved"]
    _require_capacity(capacity, key="registration.capacity")
    _require_reserved(reserved, capacity)
    _require_categories(wanted)
    return policy, [
        SeatPool(event=event, capacity=capacity, reserved=reserved),
        *(SeatPool(event=event, category=item.category, capacity=item.capacity) for item in wanted),
    ]


def usual_categories(kinds: Iterable[EventKind]) -> dict[str, ParticipantCategory]:
    """The categories that these kinds usually invite, by their codes."""
    codes = {item["category"] for kind in kinds for item in kind.default_registration.get("categories", ())}
    return {row.code: row for row in ParticipantCategory.objects.filter(code__in=codes)} if codes else {}


def _usual_registration(kind: EventKind, categories: Mapping[str, ParticipantCategory]) -> RegistrationDefinition:
    """What the kind says over what everybody may rely on; dates are never usual."""
    usual: dict[str, Any] = {
        name: kind.default_registration[name] for name in _USUAL_NAMES if name in kind.default_registration
    }
    if "waitlist_policy" in usual:
        usual["waitlist_policy"] = WaitlistPolicy(usual["waitlist_policy"])
    if "ask_no_answer" in usual:
        usual["ask_no_answer"] = NoAnswer(usual["ask_no_answer"])
    # A category that the city has given up since then is left out.
    usual["categories"] = tuple(
        CategoryDefinition(categories[item["category"]], item.get("capacity"))
        for item in kind.default_registration.get("categories", ())
        if item["category"] in categories
    )
    return replace(_ALWAYS, required=kind.registration_required, **usual)


def _said(registration: RegistrationDefinition) -> dict[str, Any]:
    """What is said and not left out."""
    said = given(registration, _ALL_NAMES)
    return {name: value for name, value in said.items() if name != "required" or value is not None}


def edit_registration(
    event: Event, edit: RegistrationEdit | Unset, *, allow_overbooking: bool = False
) -> Iterator[Difference]:
    """Change what the edit names; fewer seats than are taken are refused, unless the rest may count as overbooked."""
    if edit is UNSET:
        return
    policy = event.policy
    before = {name: getattr(policy, name) for name in POLICY_COLUMNS}
    said = _said(edit)
    _set_policy(policy, {name: value for name, value in said.items() if name in POLICY_COLUMNS})
    policy.save()
    for name in POLICY_COLUMNS:
        after = getattr(policy, name)
        if after != before[name]:
            key = f"registration.{name}"
            yield Difference(EventChangeKind.EDITED, {key: plain(before[name])}, {key: plain(after)})
    if edit.capacity is not UNSET:
        pool = event.pools.get(session=None, category=None)
        if edit.reserved is UNSET and pool.reserved:
            _require_reserved(pool.reserved, edit.capacity)
        yield from _resize(pool, edit.capacity, key="registration.capacity", allow_overbooking=allow_overbooking)
    if edit.reserved is not UNSET:
        yield from _reserve(event.pools.get(session=None, category=None), edit.reserved)
    if edit.categories is not UNSET:
        yield from _edit_categories(event, edit.categories, allow_overbooking=allow_overbooking)


def _set_policy(policy: RegistrationPolicy, values: Mapping[str, object]) -> None:
    errors: Faults = {}
    zone = ZoneInfo(policy.event.time_zone)
    for name, value in values.items():
        try:
            setattr(
                policy, name, _instant(value, getattr(policy, name), zone) if isinstance(value, datetime) else value
            )
        except NoSuchTime as refusal:
            errors[f"registration.{name}"] = [refusal.message]
    errors |= model_faults(policy, only=POLICY_COLUMNS, prefix="registration.")
    if not errors:
        errors = _policy_faults(policy)
    if errors:
        raise FieldErrors(errors)


def _instant(moment: datetime, was: datetime | None, zone: ZoneInfo) -> datetime:
    return as_instant(moment, zone, known=() if was is None else (was,))


def _policy_faults(policy: RegistrationPolicy) -> Faults:
    errors: Faults = {}
    if policy.opens_at and policy.closes_at and policy.closes_at <= policy.opens_at:
        errors["registration.closes_at"] = [_("Registration has to close after it opens.")]
    if policy.hold_minutes > HOLD_MINUTES:
        errors["registration.hold_minutes"] = [_("A seat is held for 30 days at most.")]
    if (policy.offer_hours or 0) > OFFER_HOURS:
        errors["registration.offer_hours"] = [_("A seat is offered for 90 days at most.")]
    if policy.group_max > GROUP_MAX:
        errors["registration.group_max"] = [_("A group has 50 people at most.")]
    if policy.ask_days_before is not None and not 1 <= policy.ask_days_before <= ASK_DAYS:
        errors["registration.ask_days_before"] = [
            _("People are asked one day before at the latest, a year at the earliest.")
        ]
    if policy.ask_reply_hours > OFFER_HOURS:
        errors["registration.ask_reply_hours"] = [_("People have 90 days at most to answer.")]
    return errors


def _require_capacity(capacity: int | None, *, key: str) -> None:
    errors = model_faults(SeatPool(capacity=capacity), only=("capacity",))
    if errors:
        raise FieldErrors({key: errors["capacity"]})


def _require_categories(categories: tuple[CategoryDefinition, ...]) -> None:
    if len({item.category for item in categories}) < len(categories):
        raise FieldErrors({"registration.categories": [_("Name every category once.")]})
    for item in categories:
        _require_capacity(item.capacity, key="registration.categories")


def _resize(
    pool: SeatPool, capacity: int | None, *, key: str, allow_overbooking: bool, category: str = ""
) -> Iterator[Difference]:
    if capacity == pool.capacity:
        return
    _require_capacity(capacity, key=key)
    before = pool.capacity
    set_capacity(pool, capacity, allow_overbooking=allow_overbooking)
    yield capacity_changed(before, capacity, overbooked=pool.overbooked, category=category)


def _reserve(pool: SeatPool, reserved: int) -> Iterator[Difference]:
    before = pool.reserved
    if reserved == before:
        return
    _require_reserved(reserved, pool.capacity)
    set_reserved(pool, reserved)
    yield Difference(EventChangeKind.CAPACITY_CHANGED, {"reserved": before}, {"reserved": reserved})


def _require_reserved(reserved: int, capacity: int | None) -> None:
    if reserved > (capacity or 0):
        raise FieldErrors({"registration.reserved": [_("Keep no more seats for invited people than there are.")]})


def _edit_categories(
    event: Event, categories: tuple[CategoryDefinition, ...], *, allow_overbooking: bool
) -> Iterator[Difference]:
    _require_categories(categories)
    key = "registration.categories"
    pools = {
        pool.category: pool
        for pool in event.pools.filter(session=None, category__isnull=False).select_related("category").order_by("id")
    }
    wanted = {item.category: item.capacity for item in categories}
    for category, capacity in wanted.items():
        if category in pools:
            yield from _resize(
                pools[category], capacity, key=key, allow_overbooking=allow_overbooking, category=category.code
            )
        else:
            SeatPool.objects.create(event=event, category=category, capacity=capacity)
    leaving = [pool.pk for category, pool in pools.items() if category not in wanted]
    if not close_pools(event.pools.filter(pk__in=leaving)):
        raise FieldErrors({key: [_("People are registered in a category that you are taking out.")]})
    before = [category.code for category in pools if category]
    after = [category.code for category in wanted]
    if set(before) != set(after):
        yield Difference(EventChangeKind.EDITED, {key: before}, {key: after})


def edit_reminders(event: Event, reminders: tuple[ReminderDefinition, ...] | Unset) -> Iterator[Difference]:
    """Replace the reminders by these."""
    if reminders is UNSET:
        return
    rules = [reminder_definition_of(rule) for rule in event.reminders.all()]
    if set(rules) != set(reminders) or len(rules) != len(reminders):
        save_reminders(event, reminders)
        before, after = ([reminder_as_json(rule) for rule in some] for some in (rules, reminders))
        yield Difference(EventChangeKind.EDITED, {"reminders": before}, {"reminders": after})


def reminder_as_json(rule: ReminderDefinition) -> dict[str, object]:
    """A reminder as in the contract's body; that it is for people with a seat goes without saying."""
    said: dict[str, object] = {"channel": rule.channel.value}
    if rule.audience != ReminderAudience.CONFIRMED:
        said["audience"] = rule.audience.value
    if rule.minutes_after is not None:
        return {**said, "after": {"minutes": rule.minutes_after}}
    before = {"minutes": rule.minutes} if rule.at is None else {"days": rule.days, "at": f"{rule.at:%H:%M}"}
    return {**said, "before": before}


def save_reminders(event: Event, rules: tuple[ReminderDefinition, ...]) -> None:
    """Let these be the reminders of an event whose sessions are saved."""
    starts = event.sessions.filter(is_cancelled=False).order_by("starts_at").values_list("starts_at", flat=True)
    rows = reminder_rows(event, rules, starts=list(starts))
    event.reminders.all().delete()
    ReminderRule.objects.bulk_create(rows)


def reminder_rows(
    event: Event, rules: tuple[ReminderDefinition, ...], *, starts: Sequence[datetime]
) -> list[ReminderRule]:
    """The reminders as rows; one that could never go out is refused."""
    rows = [
        ReminderRule(
            event=event,
            channel=rule.channel,
            audience=rule.audience,
            days_before=rule.days,
            at_time=rule.at,
            minutes_before=rule.minutes,
            minutes_after=rule.minutes_after,
        )
        for rule in rules
    ]
    sentences: list[str | Promise] = []
    if len(set(rules)) < len(rules):
        sentences.append(_("Name every reminder once."))
    if not all(_counts_one_way(rule) for rule in rules):
        sentences.append(
            _("Say either the days before and an hour, or the minutes before, or the minutes after the end.")
        )
    limits = ("days_before", "minutes_before")
    if any(model_faults(row, only=limits) or _minutes_before(row) > REMINDER_MINUTES for row in rows):
        sentences.append(_("A reminder comes a year before the start at most."))
    if any(model_faults(row, only=("minutes_after",)) or (row.minutes_after or 0) > AFTER_MINUTES for row in rows):
        sentences.append(_("What is sent after the end is sent within 30 days."))
    if any(rule.minutes_after is not None and rule.audience != ReminderAudience.CONFIRMED for rule in rules):
        sentences.append(_("After the end, only people who had a seat are written to."))
    if any(rule.channel == ReminderChannel.SMS and rule.audience == ReminderAudience.SPEAKERS for rule in rules):
        sentences.append(_("People who speak or work there have not agreed to SMS; remind them by e-mail."))
    zone = ZoneInfo(event.time_zone)
    clocks = [starts_at.astimezone(zone).time() for starts_at in starts]
    if any(_comes_too_late(rule, clocks) for rule in rules):
        sentences.append(_("A reminder has to come before the start."))
    if sentences:
        raise FieldErrors({"reminders": sentences})
    return rows


def _counts_one_way(rule: ReminderDefinition) -> bool:
    """Whether it says when in exactly one of the three ways."""
    ways = [rule.days, rule.minutes, rule.minutes_after]
    return (rule.days is None) == (rule.at is None) and sum(way is not None for way in ways) == 1


def _comes_too_late(rule: ReminderDefinition, clocks: Sequence[time]) -> bool:
    """Whether it comes before none of the starts; an all-day session starts at midnight."""
    if rule.minutes is not None:
        return rule.minutes == 0
    at = rule.at
    return rule.days == 0 and at is not None and bool(clocks) and all(clock <= at for clock in clocks)


def _minutes_before(rule: ReminderRule) -> int:
    return (rule.minutes_before or 0) + (rule.days_before or 0) * 24 * 60
