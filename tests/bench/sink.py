"""An SMTP server that takes everything and keeps nothing, as a process of its own."""

import asyncio
import sys
from collections.abc import Callable
from functools import partial

Keep = Callable[[bytes], None]


async def start(keep: Keep = lambda _mail: None) -> asyncio.Server:
    """Listen on a free loopback port; what comes in is shown to `keep`."""
    return await asyncio.start_server(partial(_converse, keep), "127.0.0.1", 0, limit=1_000_000)


def port_of(server: asyncio.Server) -> int:
    """The port it listens on."""
    port: int = server.sockets[0].getsockname()[1]
    return port


async def _converse(keep: Keep, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b"DATA":
            writer.write(b"354 go on\r\n")
            await writer.drain()
            lines = []
            while (line := await reader.readline()) != b".\r\n":
                lines.append(line)
            keep(b"".join(lines))
            writer.write(b"250 taken\r\n")
        elif word == b"EHLO":
            writer.write(b"250-sink\r\n250 PIPELINING\r\n")
        elif word == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        else:
            writer.write(b"250 ok\r\n")
    writer.close()


async def serve() -> None:
    """Say which port it is, and take mail until standard input ends."""
    server = await start()
    sys.stdout.write(f"{port_of(server)}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
