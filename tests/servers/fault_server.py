"""An HTTP server that misbehaves as the path says; for tests of what clients make of it.

Every fault is a path, so one locustfile can mix good and bad calls:

    /ok             a correct reply, the connection stays open
    /hang           reads the request and never replies
    /close-early    half a header block, then FIN
    /reset          half a body, then RST
    /short-body     a body shorter than its Content-Length, then FIN
    /drip           a correct reply, one byte each 20 ms
    /drip-for-ever  a body without end, one byte each 200 ms
    /garbage        bytes that are no HTTP
    /close-idle     a correct reply that promises keep-alive, then FIN at once
    /no-reply       FIN without a byte

It runs as a process of its own, so that a test can end it in the middle of a run:
`python tests/servers/fault_server.py` prints the base URL, and on SIGTERM what it served.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import struct
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import cast

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_DRIP_S = 0.02

Fault = Callable[[asyncio.StreamWriter], Awaitable[bool]]


async def _ok(writer: asyncio.StreamWriter) -> bool:
    writer.write(_OK)
    return True


async def _hang(_writer: asyncio.StreamWriter) -> bool:
    await asyncio.Event().wait()
    return False


async def _close_early(writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    return False


async def _reset(writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
    await writer.drain()
    # Lets the half arrive before the RST, which would discard it.
    await asyncio.sleep(_DRIP_S)
    linger_0 = struct.pack("ii", 1, 0)
    connection = cast("socket.socket", writer.get_extra_info("socket"))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_0)
    return False


async def _short_body(writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
    return False


async def _drip(writer: asyncio.StreamWriter) -> bool:
    for byte in _OK:
        writer.write(bytes([byte]))
        await asyncio.sleep(_DRIP_S)
    return True


async def _drip_for_ever(writer: asyncio.StreamWriter) -> bool:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(10 * _DRIP_S)


async def _garbage(writer: asyncio.StreamWriter) -> bool:
    writer.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
    return False


async def _close_idle(writer: asyncio.StreamWriter) -> bool:
    writer.write(_OK)
    return False


async def _no_reply(_writer: asyncio.StreamWriter) -> bool:
    return False


FAULTS: dict[str, Fault] = {
    "/ok": _ok,
    "/hang": _hang,
    "/close-early": _close_early,
    "/reset": _reset,
    "/short-body": _short_body,
    "/drip": _drip,
    "/drip-for-ever": _drip_for_ever,
    "/garbage": _garbage,
    "/close-idle": _close_idle,
    "/no-reply": _no_reply,
}


class FaultServer:
    """The server; `served` counts the requests that were read completely, by path."""

    def __init__(self) -> None:
        self.served: Counter[str] = Counter()
        # The loop's own references are weak: a reply that never ends would be collected.
        self._replying: set[asyncio.Task[None] | None] = set()

    async def run(self) -> None:
        """Print the base URL, serve until SIGTERM, then print what was served as JSON."""
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        sys.stdout.write(f"http://{host}:{port}\n")
        sys.stdout.flush()
        await ended.wait()
        server.close()
        sys.stdout.write(json.dumps(self.served) + "\n")

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._replying.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._serve(reader, writer):
                await writer.drain()
        writer.close()
        self._replying.discard(asyncio.current_task())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        self.served[path] += 1
        return await FAULTS[path](writer)


if __name__ == "__main__":
    asyncio.run(FaultServer().run())
