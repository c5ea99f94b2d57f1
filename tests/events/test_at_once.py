"""Two organisers at once, each over a connection of their own: nobody is sent away because of the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from queue import Queue
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from events.actions.definitions import EventEdit, definition_of
from events.actions.editing import create_event, edit_event
from events.models import Event, Room, RoomBooking
from tests.make import make_kind, make_venue
from tests.make.definitions import a_definition, a_session
from tests.make.events import NOW

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(minutes=5)


def while_it_waits(act: Callable[[], Any], *, first: Callable[[], Any], then: Callable[[], Any]) -> None:
    """Do `first` here; begin `act` over another connection; when it waits for this one, do `then` here and end."""
    pids: Queue[int] = Queue()

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.put(cursor.fetchone()[0])
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            first()
            other = thread.submit(run)
            pid = pids.get(timeout=10)
            while not _waits(pid) and not other.done():
                sleep(0.01)
            then()
        other.result()


def _waits(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
        return bool(cursor.fetchone()[0])


def test_an_edit_that_waited_in_a_circle_is_tried_again():
    make_kind("open_district_meeting")
    room = Room.objects.create(venue=make_venue(), name="Sala")
    event = create_event(a_definition(venue=room.venue), by=None, at=NOW)
    [session] = definition_of(event).sessions
    edit = EventEdit(sessions=(a_session(room=room, id=session.id),))

    # Of two that wait for each other the database sends away the one that began to wait first.
    while_it_waits(
        lambda: edit_event(event, edit, by=None, at=LATER),
        first=lambda: Room.objects.select_for_update(no_key=True).get(pk=room.pk),
        then=lambda: Event.objects.filter(pk=event.pk).update(contact_phone="221"),
    )

    event.refresh_from_db()
    assert (RoomBooking.objects.get().room, event.contact_phone) == (room, "221")
