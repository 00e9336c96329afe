"""Load something that is not HTTP: report each operation yourself, the rest works as usual."""

import socket
import time
from urllib.parse import urlsplit

from locust_like import User, constant, task


class LineClient:
    """A tiny protocol over a socket of its own; any Python library could stand here."""

    def __init__(self, host: str, port: int) -> None:
        self.connection = socket.create_connection((host, port), timeout=5)

    def ask(self) -> bytes:
        self.connection.sendall(b"HEAD / HTTP/1.1\r\nHost: demo\r\n\r\n")
        return self.connection.recv(4096)


class LineUser(User):
    host = "http://127.0.0.1:8080"
    wait_time = constant(0.1)

    def on_start(self) -> None:
        address = urlsplit(str(self.host))
        self.line = LineClient(address.hostname or "127.0.0.1", address.port or 80)

    @task
    def ask(self) -> None:
        start_s = time.perf_counter()
        reply, exception = b"", None
        try:
            reply = self.line.ask()
        except OSError as error:
            exception = error
        self.environment.events.request.fire(
            request_type="LINE",
            name="ask",
            response_time=(time.perf_counter() - start_s) * 1000,
            response_length=len(reply),
            exception=exception,
            context={},
        )
