"""Viewers: what each of them is told, and when."""

import json
from typing import Any

import pytest

from locust_like.errors import FilterError, TooManyViewersError
from locust_like.outputs.base import Moment
from locust_like.stats.health import RunHealth
from locust_like.web import schemas
from locust_like.web.feed import MOST_ROWS, MOST_VIEWERS, Viewer
from locust_like.web.stream import events

from .conftest import Site


def tick(site: Site) -> None:
    """Let a second pass for the feed."""
    stats = site.environment.stats.freeze()
    moment = Moment("running", 1.0, None, 2, 2, stats, RunHealth())
    site.past.tick(moment)
    site.feed.tick(moment)


def told(site: Site, viewer: Viewer) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(site.feed.tick_for(viewer)[1])
    return body


def test_names_are_told_once_and_only_changed_rows_again(site: Site) -> None:
    site.fire("/a")
    site.fire("/b")
    viewer = site.feed.open()
    first = told(site, viewer)
    assert [name[2] for name in first["names"]] == ["/a", "/b"]
    assert len(first["rows"]) == 2
    site.fire("/c")
    tick(site)
    second = told(site, viewer)
    assert [name[2] for name in second["names"]] == ["/c"]
    assert 2 in [row[0] for row in second["rows"]]


def test_a_late_viewer_is_told_everything(site: Site) -> None:
    site.fire("/a")
    early = site.feed.open()
    told(site, early)
    tick(site)
    late = told(site, site.feed.open())
    assert [name[2] for name in late["names"]] == ["/a"]
    assert len(late["rows"]) == 1


def test_above_200_endpoints_the_server_sorts(site: Site) -> None:
    for number in range(MOST_ROWS + 50):
        site.fire(f"/{number:03}", 1 + number)
    viewer = site.feed.open()
    assert told(site, viewer)["server_sorts"]
    view = schemas.View(viewer.stream, sort="p95_ms", filter="p95>200", first=10, count=5)
    rows = site.feed.look(viewer, view)
    assert (rows.row_count, rows.first_row, len(rows.rows)) == (50, 10, 5)
    assert [row.p95_ms for row in rows.rows] == sorted(
        (row.p95_ms for row in rows.rows if row.p95_ms is not None), reverse=True
    )
    tick(site)
    assert [row[0] for row in told(site, viewer)["rows"]] == [row.id for row in rows.rows]
    with pytest.raises(FilterError):
        site.feed.look(viewer, schemas.View(viewer.stream, filter="p95>much"))


def test_figures_equal_those_of_the_statistics(site: Site) -> None:
    for millis in range(1, 1001):
        site.fire("/a", millis)
    row = schemas.Row(*told(site, site.feed.open())["rows"][0])
    entry = site.environment.stats.snapshot().entries[0]
    assert (row.p50_ms, row.p99_ms) == (entry.percentile(0.5), entry.percentile(0.99))
    assert row.max_ms == entry.max_response_time_ms


def test_too_many_viewers_are_refused(site: Site) -> None:
    viewers = [site.feed.open() for _ in range(MOST_VIEWERS)]
    with pytest.raises(TooManyViewersError):
        site.feed.open()
    assert site.client.get("/api/v1/stream").status_code == 503
    site.feed.leave(viewers[0])
    site.feed.open()


def test_the_stream_says_hello_ticks_and_bye(site: Site) -> None:
    site.fire("/a")
    stream = events(site.feed, site.feed.open())
    hello, first = next(stream), next(stream)
    assert b"event: hello\ndata: {" in hello
    assert first.startswith(b"id: 0.")
    tick(site)
    assert b"event: tick" in next(stream)
    site.feed.close()
    assert b"event: bye" in next(stream)
    assert list(stream) == []


def test_a_new_run_is_told_from_its_beginning(site: Site) -> None:
    viewer = site.feed.open()
    site.fire("/old")
    tick(site)
    told(site, viewer)
    site.client.post("/api/v1/start", json={})
    site.fire("/new")
    tick(site)
    body = told(site, viewer)
    assert body["status"]["run"] == 1
    assert [note["kind"] for note in body["annotations"]][:1] == ["start"]
    assert [row[1] for row in body["rows"]] == [1]
