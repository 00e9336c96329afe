"""A server of which a test writes each byte; each connection is served in a thread of its own."""

import select
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Serve = Callable[["Peer"], None]


class Peer:
    """One accepted connection.

    Attributes:
        go_on: for a test to tell `serve` something.
        sent_bytes: what the kernel has taken of what `pour()` sends.
    """

    def __init__(self, connection: socket.socket, server: "RawServer") -> None:
        self.connection = connection
        self.server = server
        self.sent_bytes = 0
        self.go_on = threading.Event()

    def read_head(self) -> bytes:
        """Read a request's head; nothing of its body is lost, as it is read byte by byte."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.connection.recv(1)
            if not byte:
                return head
            head += byte
        return head

    def read_body(self, head: bytes) -> bytes:
        """Read the body behind `head` as that frames it."""
        fields = dict(line.split(b": ", 1) for line in head.splitlines()[1:] if line)
        with self.connection.makefile("rb") as stream:
            if b"Content-Length" in fields:
                return stream.read(int(fields[b"Content-Length"]))
            pieces = []
            while size := int(stream.readline() or b"0", 16):
                pieces.append(stream.read(size))
                stream.readline()
            stream.readline()
            return b"".join(pieces)

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.connection.sendall(data)

    def pour(self, data: bytes, times: int) -> None:
        """Send `data` so often; the server is `stalled` while the peer takes nothing."""
        for _ in range(times):
            rest = memoryview(data)
            while rest:
                if not select.select([], [self.connection], [], 0.3)[1]:
                    self.server.stalled.set()
                    continue
                count = self.connection.send(rest)
                self.sent_bytes += count
                rest = rest[count:]

    def read_to_end(self) -> bytes:
        """Read until the peer closes or resets."""
        data = b""
        try:
            while piece := self.connection.recv(65536):
                data += piece
        except ConnectionError:
            pass
        return data


class RawServer:
    """A listener on loopback.

    Args:
        serve: called with each connection; it is closed afterwards.

    Attributes:
        peers: connections, oldest first.
        stalled: set when a peer stopped taking what it is sent.
        ended: set when `serve` has returned for the first time.
    """

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.peers: list[Peer] = []
        self.stalled = threading.Event()
        self.ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._run, args=[connection], daemon=True).start()

    def _run(self, connection: socket.socket) -> None:
        with connection:
            peer = Peer(connection, self)
            self.peers.append(peer)
            try:
                self._serve(peer)
            except ConnectionError:
                pass
            finally:
                self.ended.set()
