"""What scripts read from a response, and what failed calls look like."""

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import gevent
import pytest

from locust_like._core import Recorder, Response, Session, Target

MakeSession = Callable[..., Session]
StartServer = Callable[..., str]


def test_attributes_of_a_plain_reply(session: Session, target: Target) -> None:
    before = time.time()
    response = session.get("/json")

    url = f"http://127.0.0.1:{target.port}/json"
    assert (response.status_code, response.ok, response.reason) == (200, True, "OK")
    assert (response.url, response.request_url) == (url, url)
    assert (response.method, response.name) == ("GET", "/json")
    assert response.http_version == "1.1"
    assert response.remote_address == f"127.0.0.1:{target.port}"
    assert (response.failure_code, response.failure_message) == ("", "")
    assert json.loads(response.content or b"")["message"] == "locust-like target"
    assert response.content_bytes == len(response.content or b"")
    assert response.get_header("content-type") == "application/json"
    assert ("Content-Type", "application/json") in response.header_list()
    assert response.get_header("X-None") is None
    assert response.request_body is None
    assert response.history_list() == []
    assert response.session is session
    assert response.catching is False
    assert response.verdict() is None
    assert before - 1 < response.start_time_s < time.time() + 1


def test_content_is_made_once(session: Session) -> None:
    response = session.get("/bytes/1000")
    assert response.content is response.content
    assert session.get("/bytes/0").content == b""


@pytest.mark.parametrize(("path", "length"), [("/bytes/100000", 100000), ("/chunked/5000", 5000)])
def test_bodies_arrive_whole(session: Session, path: str, length: int) -> None:
    response = session.get(path)
    assert len(response.content or b"") == response.content_bytes == length


def test_head_has_no_body(session: Session) -> None:
    response = session.head("/bytes/1000")
    assert (response.content, response.content_bytes) == (b"", 0)
    assert response.get_header("Content-Length") == "1000"


def test_reply_outlives_later_replies(session: Session) -> None:
    """Each response owns its buffers; the next call must not overwrite them."""
    kept = [session.get(f"/bytes/{length}") for length in range(50)]
    assert [len(response.content or b"") for response in kept] == list(range(50))


def test_response_outlives_its_session_and_recorder(make_session: MakeSession) -> None:
    response = make_session().get("/bytes/10")
    assert response.content == b"0123456789"
    assert response.session.profile.base_url in response.url


def test_redirected_reply_tells_both_ends(session: Session) -> None:
    response = session.get("/redirect/1")

    assert response.request_url.endswith("/redirect/1")
    assert response.url == response.request_url.removesuffix("redirect/1")
    assert [hop[:2] for hop in response.history_list()] == [(302, response.request_url)]


def test_times_add_up(session: Session) -> None:
    response = session.get("/delay/20")
    phases = response.timings_ms()

    assert list(phases) == ["blocked", "dns", "connect", "tls", "send", "wait", "receive"]
    assert all(ms >= 0 for ms in phases.values())
    assert phases["connect"] > 0
    assert phases["wait"] >= 20
    assert phases["tls"] == 0
    assert (response.response_time_ms or 0) >= phases["wait"]
    assert (
        abs(response.elapsed / timedelta(milliseconds=1) - (response.response_time_ms or 0)) < 0.001
    )
    assert session.get("/").timings_ms()["connect"] == 0


def test_context_and_extra_hold_what_scripts_put_there(session: Session) -> None:
    given = {"user": 7}
    response = session.get("/", context=given)
    assert response.context is given

    plain = session.get("/", context=None)
    assert plain.context == {}
    plain.context["a"] = 1
    plain.extra["b"] = 2
    assert (plain.context, plain.extra) == ({"a": 1}, {"b": 2})


@pytest.mark.parametrize(
    ("attribute", "value", "error"),
    [
        ("name", 17, TypeError),
        ("response_time_ms", "soon", TypeError),
        ("response_time_ms", -1, ValueError),
        ("response_time_ms", float("nan"), ValueError),
        ("status_code", 200, AttributeError),
        ("no_such", 1, AttributeError),
    ],
)
def test_wrong_assignments_are_refused(
    session: Session, attribute: str, value: object, error: type[Exception]
) -> None:
    response = session.get("/")
    with pytest.raises(error):
        setattr(response, attribute, value)


@pytest.mark.parametrize("attribute", ["name", "response_time_ms"])
def test_attributes_cannot_be_deleted(session: Session, attribute: str) -> None:
    response = session.get("/")
    with pytest.raises((TypeError, ValueError)):
        delattr(response, attribute)
    assert response.name == "/"


def test_response_cannot_be_made_in_python() -> None:
    with pytest.raises(TypeError):
        Response()


@pytest.mark.parametrize("status", [201, 204, 304, 399, 400, 404, 500, 503])
def test_status_from_400_is_a_failed_row(session: Session, recorder: Recorder, status: int) -> None:
    response = session.get(f"/status/{status}")

    failed = status >= 400
    total = recorder.collect().total
    assert (response.status_code, response.ok) == (status, not failed)
    assert (total.num_requests, total.num_failures) == (1, int(failed))
    assert total.status_codes() == {status: 1}
    assert total.failure_codes() == ({"status": 1} if failed else {})


def test_gzip_is_decoded_when_read(session: Session) -> None:
    response = session.get("/gzip", fields=[("Accept-Encoding", "gzip")])

    assert response.get_header("Content-Encoding") == "gzip"
    content = response.content or b""
    assert json.loads(content)["gzipped"] is True
    assert 0 < response.content_bytes != len(content)


def encoded(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


BROKEN = [b"not gzip at all", gzip.compress(b"x" * 1000, mtime=0)[:-12]]


@pytest.mark.parametrize("body", BROKEN, ids=["garbage", "cut short"])
def test_decode_error_empties_the_body_and_fails_the_row(
    make_session: MakeSession, recorder: Recorder, start_server: StartServer, body: bytes
) -> None:
    session = make_session(base_url=start_server(encoded(body)))

    with session.get("/", catch_response=True) as response:
        assert response.content == b""
        assert response.failure_code == "decode"
        assert response.failure_message != ""

    total = recorder.collect().total
    assert (total.num_requests, total.failure_codes()) == (1, {"decode": 1})


def test_decode_error_found_after_the_row_was_counted_takes_its_success_back(
    make_session: MakeSession, recorder: Recorder, start_server: StartServer
) -> None:
    response = make_session(base_url=start_server(encoded(b"not gzip at all"))).get("/")
    assert recorder.collect().total.num_failures == 0

    assert response.content == b""
    assert response.content == b""

    snapshot = recorder.collect()
    assert (snapshot.total.num_requests, snapshot.total.failure_codes()) == (1, {"decode": 1})
    assert [(error.code, error.occurrences) for error in snapshot.errors] == [("decode", 1)]
    assert (response.status_code, response.failure_code) == (200, "decode")


def test_body_that_nobody_reads_is_not_decoded(
    make_session: MakeSession, recorder: Recorder, start_server: StartServer
) -> None:
    make_session(base_url=start_server(encoded(b"not gzip at all"))).get("/")
    assert recorder.collect().total.num_failures == 0


def send_nothing(connection: socket.socket) -> None:
    connection.recv(65536)


def send_fin(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.shutdown(socket.SHUT_RDWR)


def send_rst(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def send_half(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (send_fin, "closed-early"),
        (send_half, "closed-early"),
        (send_rst, "reset"),
        (b"\x16\x03\x01 no HTTP\r\n\r\n", "protocol"),
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", "protocol"),
        (b"HTTP/1.1 302 Found\r\nLocation: gopher://x/\r\nContent-Length: 0\r\n\r\n", "redirect"),
    ],
)
def test_fault_is_one_failed_row_of_its_class(
    make_session: MakeSession,
    recorder: Recorder,
    start_server: StartServer,
    reply: Any,
    code: str,
) -> None:
    response = make_session(base_url=start_server(reply)).get("/")

    assert (response.status_code, response.ok, response.content) == (0, False, None)
    assert (response.failure_code, response.get_header("A")) == (code, None)
    snapshot = recorder.collect()
    assert (snapshot.total.num_requests, snapshot.total.num_failures) == (1, 1)
    assert [(error.code, error.occurrences) for error in snapshot.errors] == [(code, 1)]
    assert snapshot.errors[0].text == response.failure_message != ""


def test_refused_connection_is_a_failed_row_that_was_never_sent(
    make_session: MakeSession, recorder: Recorder
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    session = make_session(base_url=f"http://127.0.0.1:{port}")

    response = session.get("/")

    assert response.failure_code == "connect"
    assert f"127.0.0.1:{port}" in response.failure_message
    assert "refused" in response.failure_message
    total = recorder.collect().total
    assert (total.num_failures, total.exchanges, total.never_sent) == (1, 0, 1)


def test_tls_to_a_plain_port_is_a_failed_row(session: Session, target: Target) -> None:
    response = session.get(f"https://127.0.0.1:{target.port}/")
    assert (response.status_code, response.failure_code) == (0, "tls")


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        ({"timeout": 0.02}, "timeout-read"),
        ({"timeout": (5, 0.02)}, "timeout-read"),
        ({"timeout": (None, 0.02)}, "timeout-read"),
        ({"total_timeout": 0.02}, "timeout-total"),
        ({"timeout": None, "total_timeout": 0.02}, "timeout-total"),
    ],
)
def test_timeouts_end_a_call_of_a_hanging_server(
    make_session: MakeSession,
    recorder: Recorder,
    start_server: StartServer,
    keywords: dict[str, Any],
    code: str,
) -> None:
    session = make_session(base_url=start_server(send_nothing))

    with gevent.Timeout(10):
        response = session.get("/", **keywords)

    assert (response.status_code, response.failure_code) == (0, code)
    assert (response.response_time_ms or 0) >= 20
    assert recorder.collect().total.failure_codes() == {code: 1}


@pytest.mark.parametrize(
    ("options", "code"),
    [({"read_timeout_s": 0.02}, "timeout-read"), ({"total_timeout_s": 0.02}, "timeout-total")],
)
def test_timeouts_of_the_profile(
    make_session: MakeSession, start_server: StartServer, options: dict[str, float], code: str
) -> None:
    session = make_session(base_url=start_server(send_nothing), **options)
    assert session.get("/").failure_code == code


def test_generous_timeouts_let_a_call_through(make_session: MakeSession) -> None:
    session = make_session(read_timeout_s=None, total_timeout_s=None, connect_timeout_s=None)
    for timeout in (30, 30.5, (30, 30), None, (None, None)):
        assert session.get("/delay/5", timeout=timeout, total_timeout=30).status_code == 200
