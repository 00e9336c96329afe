"""`--otel` against a collector that speaks OTLP over HTTP."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from .conftest import Finished, Server

LOCUSTFILE = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.02)

    @task
    def front(self):
        self.client.get("/")
        self.client.get("/status/500")
"""


class Collector(ThreadingHTTPServer):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.requests: list[ExportMetricsServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        super().__init__(("127.0.0.1", 0), Receiver)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def last(self) -> dict[str, Metric]:
        (resource,) = self.requests[-1].resource_metrics
        return {metric.name: metric for metric in resource.scope_metrics[0].metrics}


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        assert self.path == "/v1/metrics"
        self.server.requests.append(ExportMetricsServiceRequest.FromString(body))
        self.server.headers.append({name.lower(): text for name, text in self.headers.items()})
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_collector_gets_what_the_summary_says(
    run: Callable[..., Finished],
    target: Server,
    collector: Collector,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=shop")
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "1000")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "load-of-shop")
    run(
        LOCUSTFILE, "-H", target.url, "-u", "4", "-r", "100", "-t", "2s",
        "--otel", "--summary", "summary.json",
    )  # fmt: skip
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert collector.headers[-1]["x-tenant"] == "shop"
    resource = collector.requests[-1].resource_metrics[0].resource
    names = {one.key: one.value.string_value for one in resource.attributes}
    assert names["service.name"] == "load-of-shop"
    metrics = collector.last()
    points = metrics["http.client.request.duration"].exponential_histogram.data_points
    assert metrics["http.client.request.duration"].unit == "s"
    told = {
        {one.key: one.value.string_value for one in point.attributes}["url.template"]: point
        for point in points
    }
    for entry in summary["entries"]:
        point = told[entry["name"]]
        times = entry["response_time"]
        assert point.count == entry["num_requests"] == sum(point.positive.bucket_counts)
        assert point.max == pytest.approx(times["max_ms"] / 1000)
        assert point.sum == pytest.approx(times["total_ms"] / 1000)
    failures = metrics["locust_like.failures"].sum.data_points
    assert sum(point.as_int for point in failures) == summary["totals"]["num_failures"]


def test_a_collector_that_is_not_there_does_not_disturb_the_run(
    run: Callable[..., Finished], target: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    done = run(LOCUSTFILE, "-H", target.url, "-t", "1s", "--otel", "--exit-code-on-error", "0")
    assert done.code == 0
    assert done.sum_of("num_requests") > 0
