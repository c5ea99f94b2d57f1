"""Reading the operating system's own accounts: CPU time and memory of process trees."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(root: int) -> list[int]:
    """The process and all its descendants that are alive."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += parents.get(pid, [])
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """User and system seconds of whole trees, those of ended children included."""
    ticks = 0
    for root in roots:
        for pid in tree(root):
            if fields := _stat(pid):
                ticks += sum(int(fields[place]) for place in (11, 12, 13, 14))
    return ticks / _TICKS


def pss_mib(roots: Iterable[int]) -> float:
    """Proportional memory of whole trees in MiB: a shared page counts once, split among its users."""
    kib = 0
    for root in roots:
        for pid in tree(root):
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
            except (FileNotFoundError, ProcessLookupError):
                continue
            kib += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return kib / 1024


@dataclass(frozen=True)
class Figures:
    """One measured line: requests a second, latencies in milliseconds, CPU milliseconds a request of both servers."""

    name: str
    rate: float
    p50: float
    p95: float
    p99: float
    web_ms: float
    database_ms: float

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of web server and database together."""
        return self.web_ms + self.database_ms


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def verdict(what: str, value: float, limit: float, *, unit: str = "", at_least: bool = False) -> str:
    """A figure beside its limit, and whether it was held."""
    is_held = value >= limit if at_least else value <= limit
    written = f"{value:.0f}" if value == int(value) else f"{value:.2f}"
    bound = "at least" if at_least else "at most"
    return f"{what}: {written}{unit} ({bound} {limit:g}{unit}): {'held' if is_held else 'NOT HELD'}"
