"""What stands already: rooms are booked for the sessions in them, search knows the words, interpreters are usual."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# The city has announced an interpreter for its hearings and debates since 2021.
WITH_INTERPRETER = ("public_hearing", "open_debate")

# Whoever came second into a room shares it: what is announced is not taken back.
BOOK = """
INSERT INTO events_roombooking (session_id, room_id, begins_at, ends_at, is_shared)
SELECT session.id, session.room_id, session.starts_at, session.ends_at,
       EXISTS (SELECT 1
                 FROM events_session earlier
                 JOIN events_event other ON other.id = earlier.event_id
                WHERE earlier.room_id = session.room_id AND earlier.id < session.id AND NOT earlier.is_cancelled
                  AND other.status NOT IN ('cancelled', 'postponed')
                  AND earlier.starts_at < session.ends_at AND session.starts_at < earlier.ends_at)
  FROM events_session session
  JOIN events_event event ON event.id = session.event_id
 WHERE session.room_id IS NOT NULL AND NOT session.is_cancelled AND event.status NOT IN ('cancelled', 'postponed')
"""


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the rows that the actions keep from now on; stems follow when an event is saved."""
    schema_editor.execute(BOOK)
    schema_editor.execute("UPDATE events_event SET search_words = to_tsvector('simple', search_text)")
    kinds = apps.get_model("events", "EventKind").objects.filter(code__in=WITH_INTERPRETER, default_accessibility={})
    kinds.update(default_accessibility={"pjm": "yes"})


class Migration(migrations.Migration):
    """Going back leaves nothing: the tables go with the migration before."""

    dependencies: ClassVar = [("events", "0003_agenda_series_bookings")]

    operations: ClassVar = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=False)]
