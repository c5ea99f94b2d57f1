"""The same request twice, at the same time and over real connections."""

import threading
from collections.abc import Mapping

import pytest
from django.db import connection

from registrations.actions.idempotency import answer_once
from registrations.models import IdempotentAnswer
from tests.make import make_event
from tests.make.events import NOW


@pytest.mark.django_db(transaction=True)
def test_two_at_once_act_once_and_are_answered_alike():
    event = make_event()
    barrier = threading.Barrier(4)
    acts: list[int] = []
    answers: list[Mapping[str, object]] = []

    def act() -> Mapping[str, object]:
        acts.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        return {"state": f"number {len(acts)}"}

    def ask() -> None:
        try:
            barrier.wait()
            answers.append(answer_once(event, key="k", body={"a": 1}, act=act, at=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert answers == [{"state": "number 1"}] * 4
    assert len(acts) == 1
    assert IdempotentAnswer.objects.count() == 1
