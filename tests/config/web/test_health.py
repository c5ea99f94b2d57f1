"""What monitors are told."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from notifications.actions.channel_states import note
from notifications.enums import Channel, Job
from notifications.errors import ChannelError
from notifications.models import Heartbeat

WORKS = {"works": True, "paused_for_seconds": None, "failures": 0, "slowed": False}


@pytest.fixture
def beat(db):
    def beat(*, seconds_ago: int) -> None:
        finished_at = timezone.now() - timedelta(seconds=seconds_ago)
        Heartbeat.objects.update_or_create(name=Job.TICK, defaults={"finished_at": finished_at})

    return beat


def test_a_living_process_asks_no_database(client: Client, django_assert_num_queries):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", _unreachable)
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def _unreachable(*_arguments: object) -> None:
    raise OperationalError("nobody answers at 10.0.0.7")


def test_ready_while_the_tick_runs(client, beat):
    beat(seconds_ago=30)

    response = client.get("/readyz")

    assert response.status_code == 200
    said = response.json()
    assert 29 <= said["periodic"]["last_run_seconds"] <= 60
    assert {**said, "periodic": ...} == {
        "ready": True,
        "database": "ok",
        "queue": {"oldest_due_seconds": None, "unknown": 0},
        "periodic": ...,
        "sending_enabled": True,
        "mail": "kept",
        "sms": "kept",
        "failed_today": 0,
        "channels": {"email": WORKS, "sms": WORKS},
    }


def test_a_channel_that_is_left_alone_is_shown_without_what_was_said(client, beat):
    beat(seconds_ago=0)
    note(Channel.EMAIL, fault=ChannelError("535", "b.kowalska", is_outage=True, is_locked_out=True))
    note(Channel.SMS, fault=ChannelError("20429", is_outage=True, retry_after=30))

    response = client.get("/readyz")

    assert response.status_code == 200
    assert b"kowalska" not in response.content
    channels = response.json()["channels"]
    assert (channels["email"]["works"], channels["email"]["failures"], channels["email"]["slowed"]) == (False, 1, False)
    assert 58 <= channels["email"]["paused_for_seconds"] <= 60
    assert (channels["sms"]["works"], channels["sms"]["failures"], channels["sms"]["slowed"]) == (False, 0, True)


@pytest.mark.parametrize("seconds_ago", [None, 241])
def test_not_ready_when_the_tick_stands_still(client, beat, seconds_ago):
    if seconds_ago is not None:
        beat(seconds_ago=seconds_ago)

    response = client.get("/readyz")

    assert (response.status_code, response.json()["ready"]) == (503, False)
    assert response["Retry-After"] == "30"


def test_not_ready_without_a_database_and_nothing_of_it_is_told(client, monkeypatch):
    monkeypatch.setattr("config.web.health.due_state", _unreachable)

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (503, {"ready": False, "database": "unreachable"})


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_monitors_only_ask(client, address):
    assert client.post(address).status_code == 405
    assert client.head(address).status_code in {200, 503}
