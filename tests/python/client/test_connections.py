"""How many connections a session makes, as the server counts them."""

from typing import Any

import gevent
import pytest

from locust_like._core import Target
from locust_like.client.session import HttpSession
from locust_like.events import Events

from .raw_server import Peer, RawServer


def accepted(target: Target) -> int:
    return int(target.counters()["connections_accepted"])


def test_connections_are_reused_unless_told_otherwise(
    target: Target, base_url: str, events: Events
) -> None:
    cases: list[tuple[Any, int]] = [({}, 1), ({"reuse_connections": False}, 5)]
    for options, expected in cases:
        before = accepted(target)
        session = HttpSession(base_url, events.request, **options)
        assert all(session.get("/").ok for _ in range(5))
        session.close()
        assert accepted(target) - before == expected


def test_each_hop_of_a_redirect_has_a_connection_without_reuse(
    target: Target, base_url: str, events: Events
) -> None:
    before = accepted(target)
    session = HttpSession(base_url, events.request, reuse_connections=False)
    assert len(session.get("/redirect/3").history) == 3
    assert accepted(target) - before == 4


def test_a_session_that_was_closed_begins_with_a_new_connection(
    target: Target, base_url: str, events: Events
) -> None:
    before = accepted(target)
    session = HttpSession(base_url, events.request)
    for _ in range(3):
        assert session.get("/").ok
        assert session.get("/").ok
        session.close()
    assert accepted(target) - before == 3


def test_idle_connections_expire(target: Target, base_url: str, events: Events) -> None:
    before = accepted(target)
    session = HttpSession(base_url, events.request, keepalive_expiry_s=0.000_001)
    assert all(session.get("/").ok for _ in range(3))
    assert accepted(target) - before == 3


def test_no_more_connections_than_allowed_are_made(
    target: Target, base_url: str, events: Events
) -> None:
    before = accepted(target)
    session = HttpSession(base_url, events.request, max_connections=2)
    assert all(seen.ok for seen in session.batch(["/delay/5"] * 8))
    assert accepted(target) - before == 2


@pytest.mark.parametrize("most", [0, -1])
def test_a_session_without_any_connection_is_refused(
    most: int, base_url: str, events: Events
) -> None:
    with pytest.raises(ValueError, match=r"no request leaves without a connection: at least 1"):
        HttpSession(base_url, events.request, max_connections=most)


def test_sessions_of_one_name_share_connections_until_the_last_is_closed(
    target: Target, base_url: str, events: Events
) -> None:
    before = accepted(target)
    options: Any = {"shared_pool": "Visitor", "max_connections": 2}
    sessions = [HttpSession(base_url, events.request, **options) for _ in range(5)]
    sessions[1].headers["X-Own"] = "1"  # sessions that differ in such things share all the same
    for session in sessions:
        assert session.get("/").ok
    assert accepted(target) - before == 1
    for session in sessions[1:]:
        session.close()
    assert sessions[0].get("/").ok
    assert accepted(target) - before == 1
    sessions[0].close()
    assert sessions[1].get("/").ok
    assert accepted(target) - before == 2


def test_calls_of_all_sessions_wait_for_what_they_share(
    target: Target, base_url: str, events: Events
) -> None:
    before = accepted(target)
    options: Any = {"shared_pool": "Waiting", "max_connections": 2}
    sessions = [HttpSession(base_url, events.request, **options) for _ in range(2)]
    calls = [gevent.spawn(session.get, "/delay/5") for session in sessions * 4]
    gevent.joinall(calls, raise_error=True)
    assert all(call.value.ok for call in calls)
    assert accepted(target) - before == 2
    assert any(call.value.timings["blocked"] > 0 for call in calls)


def test_what_a_kept_connection_lost_may_fail(events: Events) -> None:
    """The server closes each connection instead of answering the second request on it."""

    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        peer.read_head()

    with RawServer(serve) as server:
        for retry_stale, codes in ((True, [200, 200]), (False, [200, 0])):
            session = HttpSession(server.url, events.request, retry_stale=retry_stale)
            assert [session.get("/").status_code for _ in range(2)] == codes
            session.close()
