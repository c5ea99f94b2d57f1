"""Opening seats of a group to everybody: only free ones, with a reason, and who waits moves up in order."""

from datetime import timedelta

import pytest

from events.actions.releasing import release_seats
from events.enums import EventChangeKind
from events.errors import FieldErrors, OverCapacity
from events.models import Event, EventChange
from registrations.enums import RegistrationState
from tests.make import make_applicant, make_category, make_event, make_user
from tests.make.events import NOW
from tests.registrations.acts import counts, entered, fresh
from tests.snapshots import snapshot

pytestmark = pytest.mark.django_db

S = RegistrationState
HOUR = timedelta(hours=1)


def test_who_waits_of_whatever_group_moves_up_in_the_order_of_the_queue():
    event, boss = make_event(capacity=10, categories=[("business", 4), ("resident", 1), ("ngo", 0)]), make_user()
    entered(event, make_applicant(category="business"))
    entered(event, make_applicant(category="resident"))
    people = [entered(event, make_applicant(category=code)) for code in ("ngo", "resident", "ngo")]

    release_seats(event, category=make_category(), seats=2, reason=" Mało firm ", by=boss, at=NOW + HOUR)

    assert [(fresh(row).state, fresh(row).seat_source) for row in people] == [
        (S.CONFIRMED, "released"), (S.CONFIRMED, "released"), (S.WAITLISTED, "own"),
    ]  # fmt: skip
    assert event.pools.get(category__code="business").capacity == 2
    own = event.pools.get(category=None)
    assert (own.released, own.released_taken, own.taken) == (2, 2, 4)
    assert counts(event) == [(4, 0), (1, 0), (1, 0), (0, 1)]
    change = EventChange.objects.get(kind=EventChangeKind.SEATS_RELEASED)
    assert (change.reason, change.by, change.notify) == ("Mało firm", boss, False)
    assert change.before == {"capacity": 4, "category": "business"}
    assert change.after == {"capacity": 2, "category": "business", "released": 2}
    assert Event.objects.get(pk=event.pk).version == event.version + 1


@pytest.mark.parametrize(
    ("given", "refusal", "where"),
    [
        ({"reason": " "}, FieldErrors, ["reason"]),
        ({"seats": 0}, FieldErrors, ["seats"]),
        ({"seats": 4}, OverCapacity, []),
        ({"category": "media"}, FieldErrors, ["category"]),
        ({"category": "ngo"}, FieldErrors, ["category"]),
    ],
)
def test_what_cannot_be_given_up_stays(given, refusal, where):
    event = make_event(categories=[("business", 4), ("ngo", None)])
    entered(event, make_applicant(category="business"))
    wish = {"category": "business", "seats": 1, "reason": "Mało firm", **given}
    boss, category = make_user(), make_category(wish.pop("category"))
    before = snapshot()

    with pytest.raises(refusal) as caught:
        release_seats(event, category=category, **wish, by=boss, at=NOW)

    assert list(getattr(caught.value, "errors", [])) == where
    assert snapshot() == before
