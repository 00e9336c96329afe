"""Scripts are told of heartbeats on both sides."""

from collections.abc import Callable
from typing import Any

import pytest

from locust_like.events import EventHook, Events, HeartbeatPayload
from locust_like.runtime.heartbeats import ReceivedHeartbeats, SentHeartbeats

from .cluster import FakeWorkerLink
from .conftest import Cluster, until

Make = Callable[..., Cluster]


def note(hook: EventHook[HeartbeatPayload]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    hook.add_listener(lambda **payload: told.append(payload))
    return told


def test_the_master_answers_those_that_were_heard(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    cluster.link.seats[1].status.heartbeat_age_s = 1.5
    events = Events()
    heartbeats = SentHeartbeats(events, cluster.master.crew, cluster.link)
    heartbeats.tell()
    told = note(events.heartbeat_sent)
    heartbeats.tell()
    assert [one["client_id"] for one in told] == ["worker-0"]
    cluster.master.crew[0].is_here = False
    heartbeats.tell()
    assert len(told) == 1
    cluster.master.crew[0].is_here = True


def test_a_worker_tells_each_sign_of_life_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [1000.0]
    monkeypatch.setattr("locust_like.runtime.heartbeats.time.time", lambda: now_s[0])
    events, link = Events(), FakeWorkerLink("me")
    told, heartbeats = note(events.heartbeat_received), ReceivedHeartbeats(events, "me", link)
    for passed_s, age_s in ((0.0, 0.25), (0.25, 0.5), (0.25, 0.25), (0.25, 0.5), (9.0, 9.5)):
        now_s[0] += passed_s
        link.heartbeat_age_s = age_s
        heartbeats.tell()
    link.close_descriptor()
    assert told == [
        {"client_id": "me", "timestamp": 999.75},
        {"client_id": "me", "timestamp": 1000.25},
    ]


def test_runners_tell(make_cluster: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locust_like.runtime.master._LOOK_EVERY_S", 0.01)
    monkeypatch.setattr("locust_like.runtime.worker._BEAT_EVERY_S", 0.01)
    cluster = make_cluster(1)
    sent = note(cluster.environment.events.heartbeat_sent)
    received = note(cluster.workers[0].environment.events.heartbeat_received)
    until(lambda: sent and received)
    assert sent[0]["client_id"] == received[0]["client_id"] == "worker-0"
