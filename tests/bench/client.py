"""A small load generator: keep-alive connections to loopback, bounded in count, latencies kept.

Run as a process of its own (`python -m tests.bench.client`) with a job as JSON on standard input, so that its work is not
counted as the service's.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Job:
    """Requests to send: `count` of them over `connections`; "{n}" in path and body becomes a running number.

    `pace`: so many are due each second, however long the answers take; 0: each follows the one before at once.
    """

    port: int
    path: str
    count: int
    connections: int = 1
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    start: int = 0
    pace: float = 0


@dataclass(frozen=True)
class Outcome:
    """What came back: seconds of each request, statuses by number, bytes of the last body, seconds in all.

    `due`: when each request was to be sent, in seconds of the epoch; a late start counts as latency.
    """

    latencies: list[float]
    statuses: dict[str, int]
    length: int
    seconds: float
    due: list[float] = field(default_factory=list)


async def _one_connection(job: Job, numbers: "asyncio.Queue[int]", outcome: Outcome, *, first: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", job.port)
    head = "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
    length = 0
    while True:
        try:
            number = numbers.get_nowait()
        except asyncio.QueueEmpty:
            break
        body = job.body.replace("{n}", str(number)).encode()
        path = job.path.replace("{n}", str(number))
        lead = (
            f"{job.method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{job.port}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        )
        due = time.time()
        if job.pace:
            due = first + (number - job.start) / job.pace
            await asyncio.sleep(max(due - time.time(), 0))
        writer.write(lead.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        lines = answer.decode("latin-1").lower().split("\r\n")
        status = lines[0].split()[1]
        fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        if "chunked" in fields.get("transfer-encoding", ""):
            length = 0
            while size := int((await reader.readline()).strip() or b"0", 16):
                await reader.readexactly(size + 2)
                length += size
            await reader.readline()
        elif status != "304":
            length = int(fields.get("content-length", "0"))
            await reader.readexactly(length)
        outcome.latencies.append(time.time() - due)
        outcome.due.append(due)
        outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
        if fields.get("connection") == "close":
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", job.port)
    writer.close()
    return length


async def run(job: Job) -> Outcome:
    """Send the job's requests and keep what came back."""
    numbers: asyncio.Queue[int] = asyncio.Queue()
    for number in range(job.start, job.start + job.count):
        numbers.put_nowait(number)
    outcome = Outcome([], {}, 0, 0)
    began = time.time()
    hands = (_one_connection(job, numbers, outcome, first=began) for _ in range(job.connections))
    lengths = await asyncio.gather(*hands)
    return Outcome(outcome.latencies, outcome.statuses, max(lengths), time.time() - began, outcome.due)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(asyncio.run(run(Job(**json.load(sys.stdin)))))))
