"""One transaction, and another try when the database broke it off for the sake of somebody else's."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

P = ParamSpec("P")
R = TypeVar("R")

TRIES: Final = 3


def retried(action: Callable[P, R]) -> Callable[P, R]:
    """Make an action one transaction that is tried again after a deadlock or a lock that took too long."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            try:
                with transaction.atomic():
                    return action(*args, **kwargs)
            except OperationalError as trouble:
                if not isinstance(trouble.__cause__, DeadlockDetected | LockNotAvailable):
                    raise
        with transaction.atomic():
            return action(*args, **kwargs)

    return run
