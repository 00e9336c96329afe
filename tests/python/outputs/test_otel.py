"""OpenTelemetry metrics: what a collector receives, and how exact its histograms are."""

import math
import sys
from random import Random

import pytest

from locust_like.outputs.otel import MOST_BUCKETS, OtelMetrics, exponential

PERCENTILES = (0.5, 0.9, 0.95, 0.99)


def value_at(share: float, scale: int, offset: int, counts: list[int]) -> float:
    """Return the middle of the bucket that holds a percentile, in seconds."""
    wanted, seen = share * sum(counts), 0
    for place, count in enumerate(counts):
        seen += count
        if seen >= wanted:
            return float(2 ** ((offset + place + 0.5) * 2**-scale))
    raise AssertionError("no value")


def test_no_request_is_lost_and_percentiles_stay() -> None:
    random = Random(1)
    times_us = sorted(int(random.lognormvariate(9, 1)) for _ in range(5000))
    scale, offset, counts = exponential([(us, us + 1, 1) for us in times_us])
    assert sum(counts) == 5000
    assert len(counts) <= MOST_BUCKETS
    width = 2 ** (2**-scale) - 1
    for share in PERCENTILES:
        exact_s = times_us[math.ceil(share * 5000) - 1] / 1e6
        assert value_at(share, scale, offset, counts) == pytest.approx(exact_s, rel=width)


def test_few_times_get_the_finest_buckets_and_many_fit() -> None:
    assert exponential([(100, 101, 7)])[0] == 7
    scale, offset, counts = exponential([(0, 1, 1), (2**32 - 1, 2**32, 2)])
    assert len(counts) <= MOST_BUCKETS
    assert (counts[0], counts[-1]) == (1, 2)
    assert value_at(0.1, scale, offset, counts) == pytest.approx(0.5e-6, rel=0.3)
    assert exponential([]) == (0, 0, [])


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"OTEL_METRIC_EXPORT_INTERVAL": "often"}, "not a number of milliseconds"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "speaks http/protobuf"),
    ],
)
def test_variables_that_cannot_be_used_are_told(variables: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        OtelMetrics(variables)


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "opentelemetry.exporter.otlp.proto.http.metric_exporter"
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ValueError, match=r"pip install 'locust_like\[otel\]'"):
        OtelMetrics({})


def test_the_interval_is_whole_seconds() -> None:
    assert OtelMetrics({"OTEL_METRIC_EXPORT_INTERVAL": "1500"}).period_s == 2
    assert OtelMetrics({}).period_s == 10
