"""Door functions: who may open what. One per kind of object; what is not yours does not exist (404)."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from events.enums import PUBLIC_STATUSES, Role, Visibility
from events.models import (
    Attachment,
    DoorActor,
    DoorPass,
    Event,
    EventSeries,
    OrganizationalUnit,
    UnitMembership,
    User,
    Venue,
)
from events.models.kept import kept

Person = User | AnonymousUser


class StaffRequest(HttpRequest):
    """A request whose sender has signed in: what views behind `login_required` get."""

    user: User


class DoorRequest(HttpRequest):
    """A request of somebody who has signed in or has a pass: what the pages of a door get."""

    user: Person
    door_pass: DoorPass | None


class May(enum.Enum):
    """What somebody may want to do with the events of a unit."""

    SEE = "see"
    EDIT = "edit"
    PUBLISH = "publish"
    OVERRIDE = "override"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    # Take the list of people away as a file.
    EXPORT_PEOPLE = "export_people"
    SEE_NEEDS = "see_needs"
    CHECK_IN = "check_in"
    SEE_MESSAGES = "see_messages"
    # Who belongs to the unit and in which roles.
    SEE_STAFF = "see_staff"
    # Who looked at personal data.
    SEE_ACCESS_LOG = "see_access_log"
    # What touches every unit, or asks people for more than a meeting needs.
    ADMINISTER = "administer"


ROLE_MAY: Final[Mapping[Role, frozenset[May]]] = {
    Role.ADMIN: frozenset(May),
    Role.OWNER: frozenset(May) - {May.ADMINISTER},
    Role.HEAD: frozenset({May.SEE, May.PUBLISH, May.OVERRIDE, May.SEE_PEOPLE, May.SEE_MESSAGES, May.SEE_ACCESS_LOG}),
    Role.EDITOR: frozenset(May) - {May.OVERRIDE, May.SEE_NEEDS, May.SEE_STAFF, May.SEE_ACCESS_LOG, May.ADMINISTER},
    Role.DOOR: frozenset({May.CHECK_IN}),
    # Needs have a door of their own; names and addresses are not part of this role.
    Role.ACCESSIBILITY: frozenset({May.SEE, May.SEE_NEEDS}),
    Role.AUDITOR: frozenset({May.SEE, May.SEE_PEOPLE, May.EXPORT_PEOPLE, May.SEE_MESSAGES, May.SEE_ACCESS_LOG}),
}


def roles_that(may: May) -> list[Role]:
    """The roles that may do this in their unit."""
    return [role for role, allowed in ROLE_MAY.items() if may in allowed]


def units_where(user: Person, may: May) -> QuerySet[OrganizationalUnit]:
    """The units in which this person may do this; none for a stranger."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return OrganizationalUnit.objects.none()
    if user.is_superuser:
        return OrganizationalUnit.objects.all()
    mine = Q(memberships__user=user, memberships__role__in=roles_that(may))
    return OrganizationalUnit.objects.filter(mine).distinct()


def managed_events(user: Person, may: May = May.SEE) -> QuerySet[Event]:
    """The events with which this person may do this, in no order."""
    return Event.objects.filter(unit__in=units_where(user, may))


def get_managed_event(user: Person, slug: str, may: May = May.SEE) -> Event:
    """The event, if this person may do this with it; else 404, as if there were none."""
    event = managed_events(user, may).filter(slug=slug).select_related("unit", "kind", "venue", "policy").first()
    if event is None:
        raise Http404
    return event


# Where a session keeps the pass with which somebody stands at a door: its number and generation.
AT_THE_DOOR: Final = "door"


def door_pass_in(session: Mapping[str, Any], *, at: datetime) -> DoorPass | None:
    """The pass with which this browser stands at a door; none once it was taken back, or its day is over."""
    number, generation = session.get(AT_THE_DOOR, (None, 0))
    if number is None:
        return None
    return usable_door_passes(at=at).filter(pk=number, generation=generation).first()


def usable_door_passes(*, at: datetime) -> QuerySet[DoorPass]:
    """The passes that open their doors now, in no order; somebody of the staff answers for each of them."""
    passes = DoorPass.objects.filter(valid_from__lte=at, valid_until__gt=at, revoked_at=None, created_by__isnull=False)
    return passes.select_related("created_by", "event__unit", "event__kind", "event__venue", "event__policy").order_by()


def get_door(user: Person, door_pass: DoorPass | None, slug: str) -> tuple[Event, DoorActor]:
    """The event at whose door this person may stand, and as who they do; else 404.

    A pass opens the door of its own event and nothing else; whoever may stand there without one stands there as themselves.
    """
    if isinstance(user, User) and user.is_active:
        for event in _any_by_slug(slug) if user.is_superuser else _with_door_by_slug(slug, user.pk):
            return event, user
    if door_pass is not None and door_pass.event.slug == slug:
        return door_pass.event, door_pass
    raise Http404


@kept
def _any_by_slug(slug: Any) -> QuerySet[Event]:
    return Event.objects.filter(slug=slug).select_related("unit", "kind", "venue", "policy").order_by()


@kept
def _with_door_by_slug(slug: Any, user_id: Any) -> QuerySet[Event]:
    mine = UnitMembership.objects.filter(user=user_id, role__in=roles_that(May.CHECK_IN)).values("unit")
    events = Event.objects.filter(slug=slug, unit__in=mine)
    return events.select_related("unit", "kind", "venue", "policy").order_by()


def may_know(actor: DoorActor, event: Event) -> bool:
    """Whether somebody at a door may hear the name of another event."""
    return event.is_public or (isinstance(actor, User) and may_do(actor, event, May.CHECK_IN))


def get_managed_unit(user: Person, slug: str, may: May = May.EDIT) -> OrganizationalUnit:
    """The unit, if this person may do this in it; else 404."""
    unit = units_where(user, may).filter(slug=slug).first()
    if unit is None:
        raise Http404
    return unit


def visible_events() -> QuerySet[Event]:
    """Events that a stranger may open by address (public and unlisted), in no order."""
    return Event.objects.filter(status__in=PUBLIC_STATUSES).exclude(visibility=Visibility.RESTRICTED)


def listed_events() -> QuerySet[Event]:
    """Events that stand in public lists, search, feeds and open data, in no order."""
    return Event.objects.filter(status__in=PUBLIC_STATUSES, visibility=Visibility.PUBLIC)


def is_visible(event: Event) -> bool:
    """Whether a stranger may open this event by address."""
    return event.status in PUBLIC_STATUSES and event.visibility != Visibility.RESTRICTED


def get_visible_event(slug: str) -> Event:
    """The event as a stranger may see it; drafts and restricted events are 404."""
    for event in _visible_by_slug(slug):
        return event
    raise Http404


@kept
def _visible_by_slug(slug: Any) -> QuerySet[Event]:
    related = ("unit", "kind", "venue__district", "process", "stage", "policy")
    return visible_events().filter(slug=slug).select_related(*related).order_by()


def get_attachment(user: Person, attachment_id: UUID, file_name: str) -> tuple[Attachment, bool]:
    """The file and whether everybody may have it; else it is there for those who may see its event, or 404.

    A user who is loaded when first looked at stays unasked for a file that is for everybody.
    """
    files = Attachment.objects.filter(pk=attachment_id, file_name=file_name).order_by()
    attachment = files.filter(event__in=visible_events()).first()
    if attachment is not None:
        return attachment, True
    attachment = files.filter(event__in=managed_events(user)).first()
    if attachment is None:
        raise Http404
    return attachment, False


def allowed_in(user: Person, unit_id: int) -> frozenset[May]:
    """All that this person may do with the events of a unit, in one look."""
    return _everything_of(user, Q(unit_id=unit_id))


def allowed_anywhere(user: Person) -> frozenset[May]:
    """All that this person may do in at least one unit: what a menu shows."""
    return _everything_of(user, Q())


def _everything_of(user: Person, where: Q) -> frozenset[May]:
    if isinstance(user, AnonymousUser) or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(May)
    roles = UnitMembership.objects.filter(where, user=user).values_list("role", flat=True)
    return frozenset().union(*(ROLE_MAY[Role(role)] for role in roles))


def get_managed_series(user: Person, series_id: int, may: May = May.SEE) -> EventSeries:
    """The series, if this person may do this with the events of its unit; else 404."""
    series = EventSeries.objects.filter(pk=series_id, unit__in=units_where(user, may)).select_related("unit").first()
    if series is None:
        raise Http404
    return series


def get_editable_venue(user: Person, slug: str) -> Venue:
    """The venue, for people who edit events of any unit, because places are shared; else 404."""
    venue = Venue.objects.filter(slug=slug).select_related("district").first()
    if venue is None or May.EDIT not in allowed_anywhere(user):
        raise Http404
    return venue


def require_anywhere(user: Person, may: May) -> None:
    """404 unless this person may do this in at least one unit."""
    if may not in allowed_anywhere(user):
        raise Http404


def may_do(user: Person, event: Event, may: May) -> bool:
    """Whether to show a button; the action behind it asks the door function again."""
    return units_where(user, may).filter(pk=event.unit_id).exists()
