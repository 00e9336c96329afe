"""The native target server through its binding."""

import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from locust_like import _core


@pytest.fixture
def target() -> Iterator[_core.Target]:
    server = _core.Target()
    yield server
    server.stop()


def get(target: _core.Target, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=20)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def test_it_listens_on_a_free_port_and_without_tls(target: _core.Target) -> None:
    assert target.port > 0
    assert target.tls_port == 0
    assert get(target, "/") == (200, b"locust-like target\n")


def test_counters_are_what_was_sent(target: _core.Target) -> None:
    for path in ("/", "/", "/status/503", "/delay/1", "/nope", "/stats"):
        get(target, path)
    counters = target.counters()
    assert counters["requests"] == 5
    assert counters["by_path"]["root"] == 2
    assert counters["by_status"] == {200: 3, 404: 1, 503: 1}
    assert counters["stats_requests"] == 1
    assert counters["connections_accepted"] == 6
    assert counters["delay_lateness"]["count"] == 1


def test_counters_and_stats_are_the_same_document(target: _core.Target) -> None:
    served: dict[str, Any] = json.loads(get(target, "/stats")[1])
    bound = target.counters()
    assert served.keys() == bound.keys()
    assert served["by_path"].keys() == bound["by_path"].keys()
    assert served["delay_lateness"].keys() == bound["delay_lateness"].keys()


def test_other_threads_run_while_it_stops(target: _core.Target) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=20)
    connection.request("GET", "/delay/100")
    while target.counters()["requests"] < 1:
        pass
    stopper = threading.Thread(target=target.stop)
    stopper.start()
    # The reply is read by this thread while the other one waits for it inside stop().
    assert connection.getresponse().status == 200
    stopper.join()
    connection.close()


def test_stop_may_be_called_again_and_counters_stay(target: _core.Target) -> None:
    get(target, "/")
    target.stop()
    target.stop()
    assert target.counters()["requests"] == 1
    with pytest.raises(ConnectionRefusedError):
        get(target, "/")


def test_a_taken_port_is_told(target: _core.Target) -> None:
    with pytest.raises(OSError, match=str(target.port)):
        _core.Target(port=target.port)


def test_wrong_arguments_are_told() -> None:
    with pytest.raises(ValueError, match="not-an-ip"):
        _core.Target(host="not-an-ip")
    with pytest.raises(ValueError, match="certificate"):
        _core.Target(tls_port=0)
    with pytest.raises(ValueError, match="no-such-file"):
        _core.Target(tls_port=0, certificate_file="/no-such-file.pem")
