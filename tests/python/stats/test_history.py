"""A long history is thinned without losing a request or a percentile."""

import pytest

from locust_like import _core
from locust_like.stats.history import Interval, Sample, thinned


def points_of(*times_ms: float) -> list[_core.TimelinePoint]:
    recorder = _core.Recorder()
    for time_ms in times_ms:
        recorder.fire(request_type="GET", name="/", response_time=time_ms, response_length=10)
    recorder.collect()
    return recorder.timeline()


def test_joined_points_have_the_percentiles_of_all_their_requests() -> None:
    fast, slow = points_of(*[1.0] * 99), points_of(*[500.0] * 99)
    joined = _core.TimelinePoint.joined([*fast, *slow])
    assert joined.num_requests == 198
    assert joined.content_bytes == 1980
    assert joined.percentile(0.25) == pytest.approx(1, rel=0.01)
    assert joined.percentile(0.75) == pytest.approx(500, rel=0.01)


def test_nothing_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="nothing to join"):
        _core.TimelinePoint.joined([])


def test_a_short_history_stays_as_it_is() -> None:
    rows = [Interval(float(second), float(second), 1.0, None, None) for second in range(10)]
    assert thinned(rows, 10) == rows


def test_a_long_history_is_joined_and_adds_up() -> None:
    (point,) = points_of(5.0, 7.0)
    rows = [
        Interval(
            float(second),
            1000.0 + second,
            1.0,
            point if second % 2 else None,
            Sample(second, 100, "LATE" if second == 4 else "OK", {"status": 1}),
        )
        for second in range(25)
    ]
    thin = thinned(rows, 10)
    assert len(thin) == 9
    assert sum(row.seconds for row in thin) == 25
    assert sum(row.counts.num_requests for row in thin if row.counts) == 24
    samples = [row.sample for row in thin if row.sample]
    assert sum(sample.errors["status"] for sample in samples) == 25
    assert [sample.verdict for sample in samples[:3]] == ["OK", "LATE", "OK"]
    assert samples[-1].users == 24
