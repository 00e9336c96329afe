"""How far the histogram's percentiles are from the exact ones."""

import random
from collections.abc import Iterator

from locust_like._core import Recorder

SHARES = (0.01, 0.1, 0.25, 0.5, 0.66, 0.75, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999)


def samples(count: int, seed: int) -> list[float]:
    """Return times from 0.1 ms to one minute, every decade equally likely, in whole us."""
    source = random.Random(seed)
    return sorted(round(10 ** source.uniform(-1, 4.78), 3) for _ in range(count))


def errors(count: int = 20_000, seed: int = 1) -> Iterator[float]:
    """Yield the relative error at each share; ranks as docs/statistics.md defines them."""
    times = samples(count, seed)
    recorder = Recorder()
    for time_ms in times:
        recorder.fire(request_type="GET", name="/", response_time=time_ms, response_length=1)
    total = recorder.collect().total
    for share in SHARES:
        exact = times[min(count - 1, int(count * share))]
        found = total.percentile(share)
        assert found is not None
        yield abs(found - exact) / exact


def histogram_error() -> float:
    """Return the largest error seen over several seeds."""
    return max(error for seed in range(5) for error in errors(seed=seed))
