"""What the generator reports about itself."""

import time
from collections.abc import Callable

import gevent
import pytest

from locust_like import _core
from locust_like._core import HealthInterval, Session


@pytest.fixture
def intervals(
    session: Session, until: Callable[[Callable[[], object]], None]
) -> list[HealthInterval]:
    """Return the intervals of about two seconds with some load, the last one spoiled."""
    _core.engine_health()
    found: list[HealthInterval] = []

    def call_until_reported(count: int) -> None:
        while len(found) < count:
            session.get("/")
            found.extend(_core.engine_health())

    call_until_reported(1)
    users = [gevent.spawn(session.get, "/delay/1") for _ in range(50)]
    gevent.idle()
    keep_busy_until = time.monotonic() + 0.1
    until(lambda: time.monotonic() > keep_busy_until or sum(range(100_000)) < 0)
    gevent.joinall(users)
    call_until_reported(2)
    return found


def test_health_is_reported_for_each_second(intervals: list[HealthInterval]) -> None:
    """One load, all figures: a second test would cost two more seconds."""
    first, second = intervals[:2]
    assert second.start_s == pytest.approx(first.start_s + first.seconds, abs=0.5)
    for interval in intervals:
        assert 0.5 < interval.seconds < 5
        assert interval.verdict in {"OK", "LATE", "INVALID"}
        assert (interval.causes == []) == (interval.verdict == "OK")
        assert 0 <= interval.python_busy <= 1.5
        assert 0 < interval.io_busy <= 1.5
        assert 0 <= interval.steal <= 1
        assert interval.resume_delay_p99_ms >= 0
        assert interval.send_lateness_p99_ms >= 0
        assert interval.loop_gap_ms >= 0
        assert interval.run_queue_wait >= 0
        assert interval.resource_errors == 0
    assert _core.engine_health() == []


def test_health_of_a_stopped_engine_is_empty() -> None:
    _core.sleep(0)
    _core.shutdown()
    assert _core.engine_health() == []
