"""Messages through faults, in full: a hundred kills while far ends fail, and a database that stops in the middle."""

import os
import signal
import sys
import time
from typing import Final

import psutil
from django.db import connection

from tests.bench.server import postmaster
from tests.notifications.chaos import Chaos, Plan, chaos, judge, patiently

DOWN_SECONDS: Final = 3.0  # less than an answer is kept in hand for, as a restart is in the service
DUE_WITHIN: Final = 120.0  # MESSAGING 2.8: what was due goes out within two minutes of the database's return


def faults(_port: int) -> None:
    """Kill a hundred times, then stop PostgreSQL; whatever is lost or repeated ends the run with 1."""
    url = os.environ["DATABASE_URL"]
    plan = Plan(
        mails=int(os.environ.get("MAILS", "1600")),
        texts=int(os.environ.get("SMS", "400")),
        kills=int(os.environ.get("KILLS", "100")),
        seed=int(os.environ.get("SEED", "1")),
    )
    sys.stdout.write(f"{plan}\n")
    with chaos(url, plan) as run:
        killed = run.go()
    _say("Kills", killed.sentences())
    with chaos(url, Plan(mails=240, texts=60, kills=0, share=0.0, seed=plan.seed)) as run:
        seconds = _stop_the_database(run)
        stopped = judge(run)
    if seconds > DUE_WITHIN:
        stopped.faults.append(f"What was due went out only {seconds:.0f} s after the database had come back.")
    _say(
        f"PostgreSQL stopped at once, away for {DOWN_SECONDS:.0f} s, all sent {seconds:.1f} s after",
        stopped.sentences(),
    )
    if killed.faults or stopped.faults:
        raise SystemExit(1)


def _say(title: str, sentences: list[str]) -> None:
    sys.stdout.write("\n".join([f"\n{title}", *(f"  {sentence}" for sentence in sentences), ""]))
    sys.stdout.flush()


def _stop_the_database(run: Chaos) -> float:
    """Stop the server as `pg_ctl stop -m immediate` does while mails go out; how long after its return all are sent."""
    run.make(300)
    run.wait_until(lambda: len(run.mail.copies) > 20, 30)
    server = postmaster()
    keeper = psutil.Process(server).parent()
    if keeper is None:
        message = "The server has no keeper."
        raise RuntimeError(message)
    # Otherwise it would be up again within half a second.
    keeper.suspend()
    try:
        os.kill(server, signal.SIGQUIT)
        time.sleep(DOWN_SECONDS)
    finally:
        keeper.resume()
    connection.close()
    patiently(postmaster)
    began = time.monotonic()
    run.settle()
    return time.monotonic() - began
