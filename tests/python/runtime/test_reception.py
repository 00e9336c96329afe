"""What workers send is taken in, or its sender is shown the door."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from locust_like.runtime.documents import (
    BundlePart,
    BundleRequest,
    ExceptionDelta,
    Failure,
    Ready,
    WorkerReport,
    decode,
    encode,
)

from .cluster import Event
from .conftest import Cluster, until

Make = Callable[..., Cluster]


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("report", b"\xc1"),
        ("report", encode(WorkerReport(data=b"\xc1"))),
        ("report", encode(WorkerReport(data=msgspec.msgpack.encode([1])))),
        ("log", b""),
        ("message", b"\x90"),
        ("iterations", msgspec.msgpack.encode({"run": "x"})),
        ("end", b"\xc0"),
        ("ready", b""),
        ("failure", b"\x90"),
        ("bundle", msgspec.msgpack.encode({"part": 1.5})),
        ("nonsense", b""),
    ],
)
def test_who_sends_nonsense_is_removed_and_the_others_go_on(
    make_cluster: Make, kind: str, document: bytes
) -> None:
    cluster = make_cluster(2)
    cluster.link.put(Event("parcel", 1, kind, document=document))
    until(lambda: cluster.master.worker_count == 1)
    cluster.link.put(
        Event("parcel", 0, "report", document=encode(WorkerReport(counts={"Waiter": 2})))
    )
    until(lambda: cluster.master.user_count == 2)


def test_another_version_is_told_with_the_name(
    make_cluster: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("locust_like.runtime.reception.__version__", "1")  # as the fakes have
    cluster = make_cluster(1)
    assert "version" not in caplog.text
    monkeypatch.setattr("locust_like.runtime.reception.__version__", "2")
    cluster.join()
    assert "worker worker-1 has version 1 of locust_like, this master 2;" in caplog.text


def test_another_locustfile_is_told_with_the_name(
    make_cluster: Make, caplog: pytest.LogCaptureFixture
) -> None:
    cluster = make_cluster(2, plan="a" * 64)
    for index, plan in enumerate(("", "b" * 64)):
        cluster.link.put(Event("parcel", index, "ready", document=encode(Ready(plan))))
    until(lambda: cluster.master.workers.rows[1].has_other_locustfile)
    assert not cluster.master.workers.rows[0].has_other_locustfile
    assert "worker worker-1 has another locustfile than this master" in caplog.text
    assert cluster.master.worker_count == 2


def test_who_cannot_use_the_locustfile_is_told_with_its_traceback(
    make_cluster: Make, caplog: pytest.LogCaptureFixture
) -> None:
    cluster = make_cluster(1)
    failure = Failure("x.py:3: no such module.", "Traceback ...")
    cluster.link.put(Event("parcel", 0, "failure", document=encode(failure)))
    until(lambda: "Traceback ..." in caplog.text)
    assert "worker worker-0 cannot use the locustfile: x.py:3: no such module." in caplog.text


def test_nobody_runs_users_before_it_is_ready(make_cluster: Make) -> None:
    from .cluster import FakeWorkerLink

    cluster = make_cluster(1)
    loading = FakeWorkerLink("loading")
    cluster.link.admit(loading)
    cluster.master.start(4, 1e4, wait=True)
    assert cluster.users() == [4]
    assert cluster.master.worker_count == 1
    assert [row.state for row in cluster.master.workers.rows][1] == "loading"
    loading.send("ready", encode(Ready()))
    until(lambda: cluster.master.worker_count == 2)
    cluster.link.lose(1, "the test is over")
    loading.close_descriptor()


def test_what_a_stranger_sends_is_not_looked_at(make_cluster: Make) -> None:
    cluster = make_cluster(1)
    cluster.link.put(Event("parcel", 99, "report", document=b"\xc1"))
    cluster.link.put(Event("finished", 99, number=1))
    cluster.link.put(Event("applied", 99, number=1))
    cluster.link.put(Event("lost", 99, "whoever"))
    cluster.join()
    assert cluster.master.worker_count == 2


def test_figures_of_python_reach_the_master(make_cluster: Make) -> None:
    cluster = make_cluster(1)
    environment = cluster.environment
    report = WorkerReport(
        exceptions=[ExceptionDelta("text", "trace", 3)],
        listener_exceptions=[ExceptionDelta("other", "", 2)],
        listener_failures=2,
        unverified={"Visitor": True},
    )
    cluster.link.put(Event("parcel", 0, "report", document=encode(report)))
    until(lambda: cluster.master.exceptions)
    (row,) = cluster.master.exceptions.values()
    assert (row["count"], row["nodes"]) == (3, {"worker-0"})
    (listener,) = environment.listener_exceptions.values()
    assert listener["count"] == 2
    assert cluster.master.listener_failures == 2
    assert environment.unverified_users == ("Visitor",)


def test_a_master_without_a_locustfile_says_so(make_cluster: Make) -> None:
    cluster = make_cluster(1)
    sent: list[Any] = []
    cluster.link.send = lambda *what: sent.append(what)  # type: ignore[method-assign]  # looks at it
    cluster.link.put(Event("parcel", 0, "bundle", document=encode(BundleRequest(0))))
    until(lambda: sent)
    index, kind, document = sent[0]
    assert (index, kind) == (0, "bundle")
    assert decode(document, BundlePart).refusal == "this master has no locustfile to send"
