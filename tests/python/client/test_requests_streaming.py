"""Bodies of the genuine library that are read while they come."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from locust_like._core import EntryStats
from locust_like.client.requests_session import RequestsSession
from locust_like.events import Events

from .conftest import rows
from .raw_server import Peer, RawServer

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
PIECE = b"0123456789abcdef" * 4096

Row = Callable[[str, str], EntryStats]


@contextmanager
def served(
    serve: Callable[[Peer], None], events: Events
) -> Iterator[tuple[RequestsSession, RawServer]]:
    with RawServer(serve) as server:
        session = RequestsSession(server.url, events.request, read_timeout_s=10.0)
        yield session, server
        session.close()


def test_a_body_comes_as_it_is_read(events: Events, row: Row) -> None:
    """The server sends the second line when the first was read."""

    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"first\n")
        assert peer.go_on.wait(10)
        peer.send(b"second\n")

    with served(serve, events) as (session, server):
        response = session.get("/", stream=True)
        assert rows(events) == {}
        lines = response.iter_lines()
        assert next(lines) == b"first"
        server.peers[0].go_on.set()
        assert list(lines) == [b"second"]
        assert row("GET", "/").num_failures == 0
        assert row("GET", "/").content_bytes == len(b"first\nsecond\n")


def test_who_reads_slowly_holds_the_server_back(events: Events) -> None:
    with served(pour, events) as (session, server):
        with session.get("/", stream=True) as response:
            assert next(response.iter_content(1000))
            assert server.stalled.wait(10)
            assert server.peers[0].sent_bytes < 600 * len(PIECE)
        assert server.ended.wait(10)
        assert rows(events) == {("GET", "/"): (1, 0)}


def pour(peer: Peer) -> None:
    peer.read_head()
    peer.send(HEAD)
    peer.pour(PIECE, 1000)


def test_coded_bodies_are_decoded_by_urllib3(events: Events) -> None:
    packed = gzip.compress(PIECE)

    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") + packed)

    with served(serve, events) as (session, _server):
        pieces = list(session.get("/", stream=True).iter_content(1000))
        assert b"".join(pieces) == PIECE
        assert max(map(len, pieces)) <= 1000
        assert session.get("/", stream=True).raw.read() == packed
        assert session.get("/", stream=True).content == PIECE
        assert rows(events) == {("GET", "/"): (3, 0)}


def test_a_body_that_ends_early_raises_as_in_the_library(events: Events) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")

    with served(serve, events) as (session, _server):
        for chunk in (1, 100):
            response = session.get("/", stream=True)
            with pytest.raises(requests.ConnectionError):
                list(response.iter_content(chunk))
            assert response.error is not None
        assert rows(events) == {("GET", "/"): (2, 2)}


def test_redirects_before_a_stream_are_one_row(genuine: RequestsSession, row: Row) -> None:
    with genuine.get("/to?url=/plain%3Fbody=there", name="hops", stream=True) as response:
        assert response.content == b"there"
    seen = row("GET", "hops")
    assert (seen.num_requests, seen.hops, seen.exchanges) == (1, 1, 2)


@pytest.mark.parametrize("reads", [True, False])
def test_a_block_judges_a_stream(genuine: RequestsSession, events: Events, reads: bool) -> None:
    url = "/plain?body=there"
    with genuine.get(url, name="a", stream=True, catch_response=True) as response:
        if reads:
            assert response.content == b"there"
        response.failure("said so")
    assert rows(events) == {("GET", "a"): (1, 1)}


def test_a_stream_that_is_closed_or_dropped_is_counted(
    genuine: RequestsSession, events: Events, row: Row
) -> None:
    genuine.get("/plain?body=x", name="closed", stream=True).close()
    genuine.get("/plain?body=x", name="dropped", stream=True)
    assert row("GET", "closed").num_requests == 1
    assert row("GET", "dropped").num_cancelled == 1


@contextmanager
def mounted(
    serve: Callable[[Peer], None], events: Events
) -> Iterator[tuple[requests.Session, RawServer]]:
    """A session as SDKs make it, with nothing of ours but the adapter."""
    with served(serve, events) as (session, server), requests.Session() as theirs:
        theirs.mount("http://", session.adapter)
        yield theirs, server


def test_a_session_of_others_reads_bodies_as_they_come(events: Events) -> None:
    with mounted(pour, events) as (session, server):
        with session.get(f"{server.url}/", stream=True) as response:
            assert next(response.iter_content(1000))
            assert server.stalled.wait(30)
            assert rows(events) == {}
        assert server.ended.wait(30)
        assert rows(events) == {("GET", "/"): (1, 0)}
        whole = session.get(f"{server.url}/")
        assert len(whole.content) == 1000 * len(PIECE)
        pieces = session.get(f"{server.url}/", stream=True).iter_content(65536)
        assert sum(map(len, pieces)) == 1000 * len(PIECE)
        assert rows(events) == {("GET", "/"): (3, 0)}


def test_a_streamed_body_of_others_that_ends_early_is_a_failure(events: Events) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 10\r\n\r\nhalf")

    with mounted(serve, events) as (session, server):
        response = session.get(f"{server.url}/", stream=True)
        with pytest.raises(requests.ConnectionError, match="expected 10 bytes, got 4"):
            assert response.content
        response.close()
        assert rows(events) == {("GET", "/"): (1, 1)}
        assert session.cookies["a"] == "1"
