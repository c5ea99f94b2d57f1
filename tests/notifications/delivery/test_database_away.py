"""A database that goes away between a provider's answer and our row."""

from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from notifications.delivery import sending
from notifications.delivery.sending import send_due
from notifications.enums import MessageState
from notifications.models import DeliveryAttempt, Message
from tests.make import make_event, make_registration
from tests.notifications.conftest import use_mail_server
from tests.notifications.far_ends import BrokenMailServer, broken_mail_server
from tests.notifications.make_messages import make_message

pytestmark = pytest.mark.django_db(transaction=True)


def make_due() -> Message:
    now = timezone.now()
    return make_message(make_registration(make_event(at=now)), at=now)


def cut_off_behind_the_dot(server: BrokenMailServer) -> None:
    """End our connection to the database when the mail has been taken, as a server does that is stopped at once."""
    pid = connection.connection.info.backend_pid
    known = connection.settings_dict
    where = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "dbname": known["NAME"]}

    def cut_off() -> None:
        with psycopg.connect(**where, password=known["PASSWORD"], autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    server.after_dot = cut_off


def test_an_answer_is_written_down_when_the_database_is_back(settings: Any):
    message = make_due()
    with broken_mail_server() as server:
        use_mail_server(settings, server.port)
        cut_off_behind_the_dot(server)

        assert send_due().sent == 1

        message.refresh_from_db()
        assert message.state == MessageState.SENT
        assert send_due().sent == 0
    assert len(server.taken) == 1
    assert list(DeliveryAttempt.objects.values_list("result", flat=True)) == ["accepted"]


def test_a_refusal_is_written_down_too(settings: Any):
    message = make_due()
    with broken_mail_server(dot=["554 not this"]) as server:
        use_mail_server(settings, server.port)
        cut_off_behind_the_dot(server)

        assert send_due().failed == 1

    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_it_is_not_waited_for_without_end(settings: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "_PATIENCE_SECONDS", 0.0)
    message = make_due()
    with broken_mail_server() as server:
        use_mail_server(settings, server.port)
        cut_off_behind_the_dot(server)

        with pytest.raises(OperationalError):
            send_due()

    connection.close()
    message.refresh_from_db()
    assert message.state == MessageState.SENDING
