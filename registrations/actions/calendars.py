"""A person's own calendar address: made when it is first asked for, replaced when it got into wrong hands."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from registrations.errors import NotActive
from registrations.models import CalendarFeed, Registration


@transaction.atomic
def personal_feed(registration: Registration, *, at: datetime) -> CalendarFeed:
    """The calendar of the person behind a registration; the same for all their registrations."""
    if registration.email_key is None:
        raise NotActive
    feed, _made = CalendarFeed.objects.get_or_create(email_key=registration.email_key, defaults={"created_at": at})
    return feed


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, at: datetime) -> CalendarFeed:  # noqa: ARG001 - every action says when
    """Replace the address that the person saw; a second click on the same page replaces nothing more."""
    CalendarFeed.objects.filter(pk=feed.pk, generation=feed.generation).update(generation=F("generation") + 1)
    return CalendarFeed.objects.get(pk=feed.pk)
