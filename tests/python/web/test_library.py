"""The web UI of a script that makes its own environment."""

import json
import logging
from collections.abc import Callable
from contextlib import closing
from typing import Any

import gevent
import pytest
from gevent import socket

from locust_like.runtime.environment import Environment
from locust_like.web import library

from .conftest import Waiter


def got(port: int, path: str) -> Any:
    """Return the JSON of a reply; another greenlet of this thread serves it."""
    with closing(socket.create_connection(("127.0.0.1", port))) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        reply = b"".join(iter(lambda: connection.recv(65536), b""))
    return json.loads(reply.partition(b"\r\n\r\n")[2])


def until(condition: Callable[[], object]) -> None:
    for _ in range(2000):
        if condition():
            return
        gevent.sleep(0.002)
    raise AssertionError("it did not come about")


def test_it_listens_at_once_and_shows_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_BEAT_S", 0.001)
    environment = Environment(user_classes=[Waiter])
    runner = environment.create_local_runner()
    ui = environment.create_web_ui("127.0.0.1", 0)
    assert environment.web_ui is ui
    assert ui.server is not None
    port = ui.server.server_port
    assert got(port, "/stats/requests")["state"] == "ready"
    runner.start(2, spawn_rate=1000)
    until(lambda: got(port, "/stats/requests")["user_count"] == 2)
    environment.stats.log_request("GET", "/a", 5.0, 1)
    assert got(port, "/stats/requests")["stats"][0]["name"] == "/a"
    runner.quit()
    ui.stop()
    assert not ui.on_stop


def test_a_page_without_a_runner_says_so() -> None:
    environment = Environment(user_classes=[Waiter])
    ui = environment.create_web_ui("127.0.0.1", 0, delayed_start=True)
    reply = ui.app.test_client().get("/stats/requests")
    assert (reply.status_code, reply.text) == (500, library._NO_RUNNER)
    ui.stop()


def test_it_waits_when_it_is_told_to() -> None:
    environment = Environment(user_classes=[Waiter])
    handlers = list(logging.getLogger().handlers)
    ui = environment.create_web_ui("127.0.0.1", 0, delayed_start=True, stats_csv_writer=None)
    assert ui.url.endswith(":0")
    ui.start()
    assert not ui.url.endswith(":0")
    ui.stop()
    assert logging.getLogger().handlers == handlers
