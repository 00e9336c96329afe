"""Several calls at a time: order, connections, waiting, mistakes, the end of the one who waits."""

import gevent
import pytest

from locust_like._core import Recorder, Snapshot, Target
from locust_like.client.session import HttpSession
from locust_like.events import Events


def counted(events: Events) -> Snapshot:
    assert isinstance(events.request.recorder, Recorder)
    return events.request.recorder.collect()


def test_responses_come_in_the_order_of_the_calls(session: HttpSession) -> None:
    seen = session.batch(
        ["/delay/30", ("POST", "/echo", {"data": "x"}), ("GET", "/status/404"), "/", "/nowhere"]
    )
    assert [response.status_code for response in seen] == [200, 200, 404, 200, 404]
    assert seen[1].json()["body"] == "x"
    assert session.batch([]) == []


def test_each_call_is_a_row(session: HttpSession, events: Events) -> None:
    session.batch([("GET", "/", {"name": "page"})] * 7)
    entry = counted(events).entry("GET", "page")
    assert entry is not None
    assert entry.num_requests == 7


def test_what_exceeds_the_connections_is_blocked(base_url: str, events: Events) -> None:
    session = HttpSession(base_url, events.request, max_connections=2)
    seen = session.batch(["/delay/40"] * 4)
    assert all(response.ok for response in seen)
    # Two were on their way for at least 40 ms, during which the others waited.
    assert sum(response.timings["blocked"] > 35 for response in seen) >= 2
    session.close()


def test_at_once_limits_the_batch(session: HttpSession, target: Target) -> None:
    before = target.counters()["connections_accepted"]
    session.batch(["/"] * 5, at_once=1)
    assert target.counters()["connections_accepted"] - before <= 1


def test_a_call_that_cannot_be_sent_raises_after_the_others(session: HttpSession) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'nme'"):
        session.batch(["/", ("GET", "/", {"nme": "typo"}), "/"])
    assert session.get("/").ok


def test_who_is_killed_takes_the_batch_along(session: HttpSession, events: Events) -> None:
    waiting = gevent.spawn(session.batch, ["/delay/60000"] * 3)
    gevent.sleep(0)
    waiting.kill()
    total = counted(events).total
    assert total.num_cancelled + total.num_requests == total.num_cancelled
