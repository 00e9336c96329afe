"""`--otel`: the figures of a run as OpenTelemetry metrics, sent by the OpenTelemetry SDK.

Requests pay nothing for it: what is sent is made of a snapshot that every output gets. Response
times become exponential histograms, bucket by bucket, so a backend adds them up over runs and
endpoints and reads any percentile; averages and percentiles are never sent. Everything is
cumulative from the start of the run, so an export that fails loses nothing but time.

The SDK's instruments were not used: they count single calls, in Python, on the path of a request.

Source: OpenTelemetry metrics data model, exponential histograms: with base = 2**(2**-scale) bucket
i holds values in (base**i, base**(i+1)]. Names follow the semantic conventions of HTTP clients.
"""

from __future__ import annotations

import logging
import math
import os
import time
from typing import TYPE_CHECKING

import gevent

from locust_like._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk.metrics.export import Metric, MetricExporter, NumberDataPoint

    from locust_like.outputs.base import Moment, RunResult
    from locust_like.stats.core_types import EntryStats, Snapshot

_logger = logging.getLogger("locust_like.otel")

MOST_BUCKETS = 160
"""Of one histogram; as many as the SDK's own have."""
_FINEST_SCALE = 7
_DEFAULT_PERIOD_S = 10.0
_LAST_EXPORT_S = 5.0
_VERDICTS = ("OK", "LATE", "INVALID")
_MISSING = "--otel needs the OpenTelemetry SDK; install it with pip install 'locust_like[otel]'"


class OtelMetrics:
    """Sends the figures every 10 s, or as `OTEL_METRIC_EXPORT_INTERVAL` (in ms) says.

    Where to is said by OpenTelemetry's own variables: `OTEL_EXPORTER_OTLP_ENDPOINT`, `..._HEADERS`,
    `..._TIMEOUT`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES` and so on.

    Args:
        environ: where the interval and the protocol are read from.

    Raises: ValueError, with a sentence, when the extra is missing or a variable cannot be used.

    Thread: the hub's thread; exports run in a greenlet, and while one is under way none begins.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        """Connect to nothing yet."""
        self.period_s = _period_s(environ.get("OTEL_METRIC_EXPORT_INTERVAL", ""))
        protocol = (
            environ.get("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL")
            or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
            or "http/protobuf"
        )
        if protocol != "http/protobuf":
            raise ValueError(f"--otel speaks http/protobuf, and OTEL_..._PROTOCOL says {protocol}")
        self._exporter = _make_exporter()
        self._exporting: gevent.Greenlet | None = None

    def start(self) -> None:
        """A collector that is not there yet may come later."""

    def tick(self, moment: Moment) -> None:
        """Send what there is, unless the last export is still under way."""
        if self._exporting is None or self._exporting.ready():
            self._exporting = gevent.spawn(self._export, moment)

    def finish(self, result: RunResult) -> Sequence[str]:
        """Send the final figures, within some seconds."""
        if self._exporting is not None:
            self._exporting.kill()
        with gevent.Timeout(_LAST_EXPORT_S, False):
            self._export(result.moment)
        return ()

    def _export(self, moment: Moment) -> None:
        from opentelemetry.sdk.metrics.export import MetricsData, ResourceMetrics, ScopeMetrics
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope

        resource = Resource.create()
        if str(resource.attributes.get("service.name", "")).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": "locust_like"}))
        scope = InstrumentationScope("locust_like", __version__)
        metrics = metrics_of(moment, time.time_ns())
        scopes = [ScopeMetrics(scope, metrics, "")]
        try:
            self._exporter.export(MetricsData([ResourceMetrics(resource, scopes, "")]))
        except Exception as error:  # noqa: BLE001 - whatever a collector does, the run goes on
            _logger.warning("OpenTelemetry metrics could not be sent: %s", error)


def metrics_of(moment: Moment, now_ns: int) -> list[Metric]:
    """Return the figures of a moment as OpenTelemetry's values."""
    from opentelemetry.sdk.metrics.export import Gauge, Metric, NumberDataPoint

    def gauge(name: str, unit: str, value: float) -> Metric:
        point = NumberDataPoint({}, start_ns, now_ns, value)
        return Metric(name, None, unit, Gauge([point]))

    snapshot = moment.stats.snapshot()
    start_ns = int(snapshot.start_wall_s * 1e9)
    return [
        _durations(snapshot, start_ns, now_ns),
        *_counts(snapshot, start_ns, now_ns),
        gauge("locust_like.users", "{user}", moment.user_count),
        gauge("locust_like.generator.verdict", "1", _VERDICTS.index(moment.health.verdict)),
    ]


def _durations(snapshot: Snapshot, start_ns: int, now_ns: int) -> Metric:
    from opentelemetry.sdk.metrics.export import (
        AggregationTemporality,
        Buckets,
        ExponentialHistogram,
        ExponentialHistogramDataPoint,
        Metric,
    )

    points = []
    for entry in snapshot.entries:
        scale, offset, counts = exponential(entry.histogram())
        if counts:
            points.append(
                ExponentialHistogramDataPoint(
                    attributes=_attributes(entry),
                    start_time_unix_nano=start_ns,
                    time_unix_nano=now_ns,
                    count=sum(counts),
                    sum=entry.total_response_time_ms / 1000,
                    scale=scale,
                    zero_count=0,
                    positive=Buckets(offset, counts),
                    negative=Buckets(0, []),
                    flags=0,
                    min=(entry.min_response_time_ms or 0.0) / 1000,
                    max=(entry.max_response_time_ms or 0.0) / 1000,
                )
            )
    return Metric(
        "http.client.request.duration",
        "Response times of all requests, failed ones too.",
        "s",
        ExponentialHistogram(points, AggregationTemporality.CUMULATIVE),
    )


def _counts(snapshot: Snapshot, start_ns: int, now_ns: int) -> list[Metric]:
    from opentelemetry.sdk.metrics.export import (
        AggregationTemporality,
        Metric,
        NumberDataPoint,
        Sum,
    )

    def count(name: str, unit: str, points: list[NumberDataPoint]) -> Metric:
        return Metric(name, None, unit, Sum(points, AggregationTemporality.CUMULATIVE, True))

    requests = [
        NumberDataPoint(_attributes(entry), start_ns, now_ns, entry.num_requests)
        for entry in snapshot.entries
    ]
    failures = [
        NumberDataPoint({**_attributes(entry), "error.type": code}, start_ns, now_ns, number)
        for entry in snapshot.entries
        for code, number in entry.failure_codes().items()
    ]
    return [
        count("locust_like.requests", "{request}", requests),
        count("locust_like.failures", "{request}", failures),
    ]


def exponential(buckets: Sequence[tuple[int, int, int]]) -> tuple[int, int, list[int]]:
    """Return scale, offset and counts of an exponential histogram in seconds.

    Each of our buckets, at most 0.8 % wide, goes where its middle falls. The scale is the finest
    that needs no more than `MOST_BUCKETS`.

    Args:
        buckets: (lower us, upper us, count), ascending.
    """
    if not buckets:
        return 0, 0, []
    factor = 2**_FINEST_SCALE
    placed = [
        (math.ceil(math.log2((lower_us + upper_us) / 2e6) * factor) - 1, count)
        for lower_us, upper_us, count in buckets
    ]
    coarser = 0
    while (placed[-1][0] >> coarser) - (placed[0][0] >> coarser) >= MOST_BUCKETS:
        coarser += 1
    offset = placed[0][0] >> coarser
    counts = [0] * ((placed[-1][0] >> coarser) - offset + 1)
    for index, count in placed:
        counts[(index >> coarser) - offset] += count
    return _FINEST_SCALE - coarser, offset, counts


def _attributes(entry: EntryStats) -> dict[str, str]:
    return {"http.request.method": entry.method, "url.template": entry.name}


def _period_s(text: str) -> float:
    """Return the interval of a variable in ms as whole seconds, at least one."""
    if not text:
        return _DEFAULT_PERIOD_S
    try:
        return float(max(1, math.ceil(float(text) / 1000)))
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"OTEL_METRIC_EXPORT_INTERVAL is {text!r}, and not a number of milliseconds"
        ) from error


def _make_exporter() -> MetricExporter:
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    except ImportError as error:
        raise ValueError(_MISSING) from error
    return OTLPMetricExporter()
