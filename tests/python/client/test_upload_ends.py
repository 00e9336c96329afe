"""Bodies that are made while they are sent: what ends them early, and what sends them again."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gevent
import gevent.event
import pytest

from locust_like import _core
from locust_like.client.authentication import DigestAuth
from locust_like.events import Events

from .raw_server import Peer, RawServer
from .test_streaming import counted, figures, session_of

MIB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def until_served(server: RawServer) -> Peer:
    while not server.peers:
        gevent.sleep(0.01)
    return server.peers[0]


@pytest.mark.parametrize("catching", [False, True])
def test_a_generator_that_raises_fails_the_call(events: Events, catching: bool) -> None:
    told: list[dict[str, Any]] = []
    if catching:
        events.request.add_listener(lambda **payload: told.append(payload))
    ends: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise KeyError("no more")

    def serve(peer: Peer) -> None:
        peer.read_head()
        ends.append(peer.read_to_end())

    with RawServer(serve) as server, closing(session_of(server, events)) as session:
        with pytest.raises(KeyError, match="no more"):
            session.post("/", data=pieces(), catch_response=catching)
        assert server.ended.wait(10)
        assert ends == [b"3\r\none\r\n"]
        (error,) = counted(events).errors
        assert error.text == "making the body raised KeyError: 'no more'"
        assert figures(events) == (1, 1, 0)
    assert [str(payload["exception"]) for payload in told] == [error.text] * catching


@pytest.mark.parametrize("where", ["in the generator", "waiting for room"])
def test_a_user_that_is_stopped_leaves_a_cancelled_row(events: Events, where: str) -> None:
    started = gevent.event.Event()

    def pieces() -> Iterator[bytes]:
        yield bytes(1000 if where == "in the generator" else 32 * MIB)
        started.set()
        gevent.sleep(10)

    def serve(peer: Peer) -> None:
        peer.read_head()
        if where == "in the generator":
            peer.read_to_end()
        else:
            peer.go_on.wait(10)

    with RawServer(serve) as server, closing(session_of(server, events)) as session:
        call = gevent.spawn(session.post, "/", data=pieces())
        assert started.wait(0.5) is (where == "in the generator")
        call.kill()
        assert figures(events) == (0, 0, 1)
        until_served(server).go_on.set()
        assert server.ended.wait(10)


@pytest.mark.parametrize("how", ["stopped", "forked"])
def test_an_engine_that_is_gone_when_the_piece_is_there(events: Events, how: str) -> None:
    parent = os.getpid()

    def pieces() -> Iterator[bytes]:
        yield b"x"
        if how == "stopped":
            _core.shutdown()
        elif os.fork():
            status = os.waitstatus_to_exitcode(os.wait()[1])
            assert status == 0
        yield b"y"

    def serve(peer: Peer) -> None:
        peer.read_body(peer.read_head())
        peer.send(OK)

    with RawServer(serve) as server, closing(session_of(server, events)) as session:
        response = session.post("/", data=pieces())
        if os.getpid() != parent:
            os._exit(0 if response.failure_code == "cancelled" else 1)
        assert response.text == ("" if how == "stopped" else "ok")
        assert figures(events) == ((0, 0, 1) if how == "stopped" else (1, 0, 0))


def test_limits_of_time_hold_in_the_middle_of_a_body(events: Events) -> None:
    def slow() -> Iterator[bytes]:
        yield b"x"
        gevent.sleep(0.4)
        yield b"y"

    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.read_to_end()

    with RawServer(serve) as server, closing(session_of(server, events)) as session:
        response = session.post("/", data=slow(), total_timeout=0.2)
        assert response.failure_code == "timeout-total"
        with pytest.raises(gevent.Timeout), gevent.Timeout(0.2):
            session.post("/", data=slow())
        response = session.post("/", data=iter([b"x"]), timeout=0.2)
        assert response.failure_code == "timeout-read"
        assert figures(events) == (2, 2, 1)


def test_a_reply_before_the_end_is_the_result(events: Events) -> None:
    made = 0

    def endless() -> Iterator[bytes]:
        nonlocal made
        while True:
            made += 1
            yield bytes(10_000)

    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.connection.recv(1)
        peer.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        peer.read_to_end()

    with RawServer(serve) as server, closing(session_of(server, events)) as session:
        for _ in range(2):
            response = session.post("/", data=endless())
            assert (response.status_code, response.text) == (413, "no")
        assert len(server.peers) == 2
        assert figures(events) == (2, 2, 0)


def asks_again(peer: Peer, head: bytes) -> None:
    if head.startswith(b"POST /307"):
        peer.send(b"HTTP/1.1 307 T\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
    elif head.startswith(b"POST /401") and b"Authorization" not in head:
        challenge = b'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n'
        peer.send(b"HTTP/1.1 401 U\r\n" + challenge + b"Content-Length: 0\r\n\r\n")
    else:
        peer.send(OK)


@pytest.mark.parametrize("path", ["/307", "/401"])
def test_what_can_be_rewound_is_sent_again(events: Events, large_file: Path, path: str) -> None:
    bodies = []

    def serve(peer: Peer) -> None:
        while head := peer.read_head():
            bodies.append(peer.read_body(head))
            asks_again(peer, head)

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a", b"b"])

    with RawServer(serve) as server, closing(session_of(server, events)) as session:
        with large_file.open("rb") as file:
            file.seek(10)
            response = session.post(path, data=file, auth=DigestAuth("u", "p"))
        assert response.text == "ok", response.error
        assert bodies == [large_file.read_bytes()[10:]] * 2
        response = session.post("/307", data=Pieces(), name="pieces")
        assert (response.text, bodies[2:]) == ("ok", [b"ab", b"ab"])
        for once in (iter([b"x"]), (piece for piece in [b"x"])):
            session.close()
            response = session.post(path, data=once, auth=DigestAuth("u", "q"))
            assert response.failure_code == ("redirect" if path == "/307" else "script")
            assert "can be read only once" in str(response.error)
