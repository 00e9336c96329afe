"""Messages over one long connection, as with WebSockets: answers come in a greenlet of their own.

Each answer is reported with `events.request`, with the time since its question was sent. The peer
here is the other end of a socket pair; put the client library of your protocol in its place.
"""

import socket
import time

import gevent
from locust import User, between, task


def peer(connection: socket.socket) -> None:
    """Send back every line, as your server would."""
    with connection, connection.makefile("rb") as lines:
        for line in lines:
            connection.sendall(line)


class Chatter(User):
    wait_time = between(0.01, 0.05)

    def on_start(self) -> None:
        self.connection, other_end = socket.socketpair()
        self.asked_s: dict[bytes, float] = {}
        self.count = 0
        # Sockets let other greenlets run while they wait, so one thread is enough.
        self.greenlets = [gevent.spawn(peer, other_end), gevent.spawn(self.listen)]

    def on_stop(self) -> None:
        gevent.killall(self.greenlets)
        self.connection.close()

    @task
    def say(self) -> None:
        self.count += 1
        text = b"message %d" % self.count
        self.asked_s[text] = time.perf_counter()
        self.connection.sendall(text + b"\n")

    def listen(self) -> None:
        with self.connection.makefile("rb") as lines:
            for line in lines:
                began_s = self.asked_s.pop(line.strip())
                self.environment.events.request.fire(
                    request_type="STREAM",
                    name="say",
                    response_time=(time.perf_counter() - began_s) * 1000,
                    response_length=len(line),
                    exception=None,
                    context={},
                )
