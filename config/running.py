"""Which service of this checkout runs, and where: a lock that the kernel lets go of however its holder ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class AlreadyRuns(Exception):
    """Another service of this checkout is up; the text is its address."""


@contextlib.contextmanager
def only_one(var: Path, base_url: str) -> Iterator[None]:
    """Be the one service of the checkout: two would send each other's addresses out of one database."""
    var.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (var / "running").open("a+", encoding="utf-8") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRuns(_address(note.fileno())) from error
        note.truncate(0)
        note.write(base_url)
        note.flush()
        yield


def running_at(var: Path) -> str | None:
    """The address of the running service, or None."""
    try:
        with (var / "running").open("r", encoding="utf-8") as note:
            try:
                fcntl.flock(note, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _address(note.fileno())
    except FileNotFoundError:
        return None
    return None


def _address(descriptor: int) -> str:
    return os.pread(descriptor, 500, 0).decode()
