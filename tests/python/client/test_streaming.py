"""Streamed replies: read as they come, held back by a slow reader, counted once at their end."""

import gzip
import hashlib
import re
import socket
from collections.abc import Callable
from typing import Any

import gevent
import pytest

from locust_like._core import Recorder, Snapshot
from locust_like.client.response import Response
from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.events import Events

from .raw_server import Peer, RawServer

MIB = 1 << 20
HEAD = b"HTTP/1.1 200 OK\r\n"


def counted(events: Events) -> Snapshot:
    recorder = events.request.recorder
    assert isinstance(recorder, Recorder)
    return recorder.collect()


def figures(events: Events) -> tuple[int, int, int]:
    """Return (requests, failures, cancelled)."""
    total = counted(events).total
    return total.num_requests, total.num_failures, total.num_cancelled


def session_of(server: RawServer, events: Events, **options: Any) -> HttpSession:
    return HttpSession(server.url, events.request, read_timeout_s=10.0, **options)


def test_the_call_returns_at_the_head_and_is_counted_at_the_end(events: Events) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Length: 10\r\n\r\n")
        peer.go_on.wait(10)
        peer.send(b"1234567890")

    with RawServer(serve) as server:
        session = session_of(server, events)
        response = session.get("/", stream=True)
        assert (response.status_code, response.ok) == (200, True)
        assert response.elapsed.total_seconds() > 0
        assert figures(events) == (0, 0, 0)
        server.peers[0].go_on.set()
        assert response.content == b"1234567890"
        assert figures(events) == (1, 0, 0)
        session.close()


def test_memory_stays_flat_whatever_the_size(
    session: HttpSession, resident_bytes: Callable[[], int]
) -> None:
    session.get("/bytes/1000000")
    before = resident_bytes()
    response = session.get(f"/bytes/{768 * MIB}", stream=True)
    size = sum(len(piece) for piece in response.iter_content(MIB))
    assert size == response.content_bytes == 768 * MIB
    assert resident_bytes() - before < 16 * MIB


def test_a_slow_reader_holds_the_server_back(events: Events) -> None:
    piece = bytes(range(256)) * 256

    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Length: %d\r\n\r\n" % (64 * MIB))
        peer.pour(piece, 64 * MIB // len(piece))
        peer.read_head()
        peer.send(HEAD + b"Content-Length: 2\r\n\r\nok")

    with RawServer(serve) as server:
        session = session_of(server, events)
        response = session.get("/", stream=True)
        assert server.stalled.wait(20)
        assert server.peers[0].sent_bytes < 32 * MIB
        digest = hashlib.sha256()
        for part in response.iter_content(300_000):
            digest.update(part)
        assert digest.digest() == hashlib.sha256(piece * (64 * MIB // len(piece))).digest()
        assert session.get("/next").text == "ok"  # on the same connection
        assert len(server.peers) == 1
        session.close()


def test_pieces_are_decoded_as_they_come(events: Events) -> None:
    plain = b"".join(b"line %d\n" % number for number in range(200_000))

    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Encoding: gzip, gzip\r\n\r\n")
        packed = gzip.compress(gzip.compress(plain))
        for start in range(0, len(packed), 1000):
            peer.send(packed[start : start + 1000])

    with RawServer(serve) as server:
        session = session_of(server, events)
        response = session.get("/", stream=True)
        lines = list(response.iter_lines(decode_unicode=True))
        assert lines == plain.decode().splitlines()
        assert 0 < response.content_bytes < len(plain)
        session.close()


def test_a_bomb_is_decoded_a_piece_at_a_time(
    events: Events, resident_bytes: Callable[[], int]
) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        packed = gzip.compress(bytes(64 * MIB), 9)
        peer.send(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed))
        peer.send(packed)

    with RawServer(serve) as server:
        session = session_of(server, events)
        response = session.get("/", stream=True)
        first = response.raw.read(100)
        before = resident_bytes()
        size = sum(len(piece) for piece in response.iter_content(None))
        assert (first, size) == (bytes(100), 64 * MIB - 100)
        assert resident_bytes() - before < 16 * MIB
        assert figures(events) == (1, 0, 0)
        session.close()


def test_a_body_can_be_read_in_parts(session: HttpSession) -> None:
    whole = session.get("/bytes/100000").content
    assert whole is not None
    response = session.get("/bytes/100000", stream=True)
    parts = [response.raw.read(10), response.raw.read(70_000)]
    parts.append(next(response.iter_content(100)))
    assert [len(part) for part in parts] == [10, 70_000, 100]
    rest = response.content
    assert rest is not None
    assert whole.startswith(b"".join(parts))
    assert len(rest) <= 100_000 - 70_110  # what an iterator had taken is gone
    assert response.raw.read() == b""


def test_chunks_have_the_size_asked_for(session: HttpSession) -> None:
    response = session.get("/chunked/100000", stream=True)
    chunks = list(response.iter_content(1234))
    assert {len(chunk) for chunk in chunks[:-1]} == {1234}
    assert b"".join(chunks) == session.get("/chunked/100000").content


@pytest.mark.parametrize("how", ["close", "with", "drop"])
def test_leaving_early_drops_the_connection_and_counts_once(events: Events, how: str) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Length: 1000000000\r\n\r\n")
        peer.pour(bytes(65536), 16000)

    with RawServer(serve) as server:
        session = session_of(server, events)
        response = session.get("/", stream=True)
        assert next(response.iter_content(10)) == bytes(10)
        if how == "close":
            response.close()
            assert (response.content, response.error) == (b"", None)
        elif how == "with":
            with response:
                pass
        del response
        assert figures(events) == (1, 0, 0)
        assert server.ended.wait(20)  # its sending failed
        session.close()


def test_a_cut_body_is_a_failure_that_ends_the_iteration(events: Events) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Length: 1000\r\n\r\n12345")

    with RawServer(serve) as server:
        session = session_of(server, events)
        response = session.get("/", stream=True)
        assert b"".join(response.iter_content(2)) == b"12345"
        assert (response.status_code, response.failure_code) == (200, "closed-early")
        assert response.error is not None
        assert figures(events) == (1, 1, 0)
        session.close()


def test_damaged_data_are_a_decode_failure(events: Events) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 1000\r\n\r\nno gzip at all")
        peer.read_to_end()

    with RawServer(serve) as server:
        session = session_of(server, events)
        response = session.get("/", stream=True)
        assert list(response.iter_content(10)) == []
        assert response.failure_code == "decode"
        assert [row.occurrences for row in counted(events).errors] == [1]
        assert figures(events) == (1, 1, 0)
        session.close()


def test_limits_of_time(events: Events) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Length: 10\r\n\r\n1")
        peer.read_to_end()

    with RawServer(serve) as server:
        session = session_of(server, events)
        silent = session.get("/", stream=True, timeout=0.2)
        gevent.sleep(0.5)  # a reader may take its time: only waiting counts
        assert b"".join(silent.iter_content(5)) == b"1"
        assert silent.failure_code == "timeout-read"
        whole = session.get("/", stream=True, total_timeout=0.2)
        gevent.sleep(0.5)
        assert b"".join(whole.iter_content(5)) == b"1"
        assert whole.failure_code == "timeout-total"
        assert figures(events) == (2, 2, 0)
        session.close()


def test_the_script_judges_a_stream(session: HttpSession, events: Events) -> None:
    seen: list[dict[str, Any]] = []
    events.request.add_listener(lambda **payload: seen.append(payload))
    with session.get("/bytes/1000000", stream=True, catch_response=True) as response:
        assert len(b"".join(response.iter_content(65536))) == 1_000_000
        response.failure("too slow")
    with session.get("/bytes/1000000", stream=True, catch_response=True) as response:
        response.request_meta["response_time"] = 7.0
        response.success()  # and the rest of the body is dropped
    assert figures(events) == (2, 1, 0)
    assert [str(payload["exception"]) for payload in seen] == ["too slow", "None"]
    assert seen[1]["response_time"] == 7.0
    assert seen[0]["response_length"] == 1_000_000


def test_listeners_hear_of_a_stream_when_it_has_ended(session: HttpSession, events: Events) -> None:
    seen: list[dict[str, Any]] = []
    events.request.add_listener(lambda **payload: seen.append(payload))
    response = session.get("/bytes/300000", stream=True)
    assert seen == []
    assert len(response.text) == 300_000
    assert [payload["response_length"] for payload in seen] == [300_000]


def test_a_killed_reader_is_a_cancelled_row(events: Events) -> None:
    kept: list[Response] = []

    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Length: 10\r\n\r\n1")
        peer.read_to_end()

    def read(session: HttpSession) -> None:
        kept.append(session.get("/", stream=True))
        for _ in kept[0].iter_content(1):
            pass

    with RawServer(serve) as server:
        session = session_of(server, events)
        reader = gevent.spawn(read, session)
        while not kept:
            gevent.sleep(0.01)
        gevent.sleep(0.05)
        reader.kill()
        assert figures(events) == (0, 0, 1)
        assert server.ended.wait(10)
        assert (kept[0].status_code, kept[0].content) == (200, None)
        session.close()


def test_redirects_and_failures_before_the_head_are_as_ever(
    session: HttpSession, events: Events
) -> None:
    response = session.get("/redirect/2", stream=True)
    assert (len(response.history), response.status_code) == (2, 200)
    assert response.content is not None
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    refused = session.get(nobody, stream=True)
    assert (refused.status_code, refused.failure_code) == (0, "connect")
    assert list(refused.iter_content(10)) == []
    assert figures(events) == (2, 1, 0)


def test_two_greenlets_cannot_read_one_stream(events: Events) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"Content-Length: 1\r\n\r\n")
        peer.go_on.wait(10)
        peer.send(b"1")

    with RawServer(serve) as server:
        session = session_of(server, events)
        response = session.get("/", stream=True)
        reader = gevent.spawn(lambda: response.content)
        gevent.sleep(0)
        with pytest.raises(RuntimeError, match=re.escape("another greenlet reads the body")):
            response.next_piece()
        server.peers[0].go_on.set()
        assert reader.get() == b"1"
        session.close()


def test_lines_come_one_by_one_from_a_fast_session(events: Events) -> None:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(HEAD + b"\r\ndata: 1\r\ndata: ")
        peer.go_on.wait(10)
        peer.send(b"2\n\nend")

    with RawServer(serve) as server:
        session = FastHttpSession(server.url, events.request)
        lines = session.iter_lines("/")
        assert next(lines) == "data: 1"
        server.peers[0].go_on.set()
        assert list(lines) == ["data: 2", "", "end"]
        assert figures(events) == (1, 0, 0)
        session.close()
