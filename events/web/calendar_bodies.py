"""Finished calendar files and the memory that keeps them: each built once, as many as fit, the wanted ones longest."""

import gzip
import hashlib
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_GZIP_LEVEL: Final = 6
_LOCKS: Final = 64
# What has been asked for once gets an eighth of the memory: a crowd of addresses that nobody asks for again stays there.
_SHARE_OF_NEWCOMERS: Final = 8

Freshness = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a calendar is handed out, whatever stands in it."""

    cache_control: str
    language: str
    filename: str
    is_download: bool = False

    @property
    def disposition(self) -> str:
        """Shown by whoever subscribes, or saved under its name."""
        return f'{"attachment" if self.is_download else "inline"}; filename="{self.filename}"'


@dataclass(frozen=True, kw_only=True)
class CalendarBody:
    """A finished file, plain and compressed, with the tag of its content and the moment of its last change.

    `freshness`: the version that it shows, and the day, where its content depends on one.
    """

    plain: bytes
    compressed: bytes
    digest: str
    last_modified: datetime | None
    manner: Manner
    freshness: Freshness = (0, "")

    @property
    def tag(self) -> str:
        """The ETag of the plain bytes."""
        return f'"{self.digest}"'

    @property
    def compressed_tag(self) -> str:
        """The ETag of the compressed bytes: another encoding is another representation."""
        return f'"{self.digest}.gz"'

    @property
    def size(self) -> int:
        """What it takes in memory, by and large."""
        return sum(map(sys.getsizeof, (self, self.plain, self.compressed, self.digest)))


def finished_body(
    text: str, manner: Manner, *, last_modified: datetime | None, freshness: Freshness = (0, "")
) -> CalendarBody:
    """Compress once and hash; without a time in the gzip head, so that equal files are equal bytes."""
    plain = text.encode()
    return CalendarBody(
        plain=plain,
        compressed=gzip.compress(plain, compresslevel=_GZIP_LEVEL, mtime=0),
        digest=hashlib.sha256(plain).hexdigest()[:32],
        last_modified=last_modified,
        manner=manner,
        freshness=freshness,
    )


class KeptBodies:
    """Finished files by address, as many as fit.

    A file is built by one thread while the others that want it wait, and is kept while its freshness is not older than
    the one asked for. A newcomer that is asked for again counts as wanted, and newcomers never push out what is wanted;
    among either, what was asked for longest ago goes first.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._share = limit // _SHARE_OF_NEWCOMERS
        self._newcomers = _Group()
        self._wanted = _Group()
        self._guard = threading.Lock()
        # A fixed number of them, so that addresses that nobody asks for again leave nothing behind.
        self._turns = [threading.Lock() for _ in range(_LOCKS)]

    def get(self, key: Hashable, freshness: Freshness, build: Callable[[], CalendarBody]) -> CalendarBody:
        """The kept body, or the one that `build` makes now."""
        kept = self.fresh(key, freshness)
        if kept is not None:
            return kept
        with self._turns[hash(key) % _LOCKS]:
            kept = self.fresh(key, freshness)
            if kept is not None:
                return kept
            built = build()
            self._keep(key, built)
            return built

    def find(self, key: Hashable) -> CalendarBody | None:
        """What is kept at an address, however old it is."""
        with self._guard:
            return self._wanted.get(key) or self._newcomers.get(key)

    def fresh(self, key: Hashable, freshness: Freshness) -> CalendarBody | None:
        """What is kept at an address, unless it is older than it may be; from now on it is wanted."""
        with self._guard:
            kept = self._wanted.get(key) or self._newcomers.get(key)
            if kept is None or kept.freshness < freshness:
                return None
            self._want(key, kept)
            return kept

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._newcomers = _Group()
            self._wanted = _Group()

    @property
    def size(self) -> int:
        """The memory of everything kept, by and large."""
        return self._newcomers.size + self._wanted.size

    def _keep(self, key: Hashable, body: CalendarBody) -> None:
        with self._guard:
            if self._wanted.get(key) is not None:
                self._want(key, body)
            else:
                self._newcomers.put(key, body)
                self._trim()

    def _want(self, key: Hashable, body: CalendarBody) -> None:
        self._newcomers.drop(key)
        is_small = body.size <= self._limit - self._share
        (self._wanted if is_small else self._newcomers).put(key, body)
        if not is_small:
            self._wanted.drop(key)
        self._trim()

    def _trim(self) -> None:
        while self._wanted.size > self._limit - self._share:
            self._wanted.drop_oldest()
        # The last newcomer may be larger than the share, as long as there is room: even the largest is built once.
        while self._newcomers.size > self._share and len(self._newcomers) > 1:
            self._newcomers.drop_oldest()
        while self.size > self._limit and len(self._newcomers):
            self._newcomers.drop_oldest()


class _Group:
    """Bodies in the order in which they were last asked for; guarded by its owner."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[Hashable, CalendarBody] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._bodies)

    def get(self, key: Hashable) -> CalendarBody | None:
        return self._bodies.get(key)

    def put(self, key: Hashable, body: CalendarBody) -> None:
        self.drop(key)
        self._bodies[key] = body
        self.size += body.size

    def drop(self, key: Hashable) -> None:
        gone = self._bodies.pop(key, None)
        self.size -= gone.size if gone is not None else 0

    def drop_oldest(self) -> None:
        _key, gone = self._bodies.popitem(last=False)
        self.size -= gone.size
