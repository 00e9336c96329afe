"""Workers that run the master's locustfile, or another one: when they are ready, what is told."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cluster import PLAIN, Cluster
from .conftest import ENOUGH_S, Server

LOAD = ("-u", "4", "-r", "100")
TOUCHY = (
    """
import os
import time

def import_slowly():
    open(os.environ["SHOP_IMPORTS"], "w").close()
    time.sleep(float(os.environ["SHOP_SECONDS"]))
    os.remove(os.environ["SHOP_IMPORTS"])

def look_up():
    return {}["the shop"]

if "SHOP_IMPORTS" in os.environ:
    import_slowly()
if "SHOP_FAILS" in os.environ:
    look_up()
"""
    + PLAIN
)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    made = Cluster(tmp_path, TOUCHY)
    yield made
    made.stop()


def bundles(cluster: Cluster) -> list[Path]:
    return list((cluster.folder / "temporary").glob("locust_like-bundle-*"))


def imports_slowly(cluster: Cluster, monkeypatch: pytest.MonkeyPatch, seconds: str) -> Path:
    """Let workers take their time from now on, and return the file that says that one does."""
    flag = cluster.folder / "imports"
    monkeypatch.setenv("SHOP_IMPORTS", str(flag))
    monkeypatch.setenv("SHOP_SECONDS", seconds)
    return flag


def wait_until_it_imports(flag: Path) -> None:
    deadline_s = time.monotonic() + ENOUGH_S
    while not flag.exists():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_a_worker_is_ready_when_it_has_imported_the_locustfile(
    cluster: Cluster, target: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = cluster.master("-H", target.url, *LOAD, "-t", "1s")
    flag = imports_slowly(cluster, monkeypatch, "1.5")
    worker = cluster.worker("-f", "-")
    wait_until_it_imports(flag)
    master.wait_for("reported as ready. 1 workers connected.")
    assert not flag.exists()
    done = master.finish()
    assert done.code == 0
    assert done.accounting["exchanges"] == target.counters()["requests"] > 0
    assert worker.finish().code == 0
    assert bundles(cluster) == []


def test_the_master_tells_why_a_worker_cannot_import(
    cluster: Cluster, target: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = cluster.master("-H", target.url, *LOAD, "-t", "1s")
    monkeypatch.setenv("SHOP_FAILS", "1")
    worker = cluster.worker("-f", "-").finish()
    assert worker.code == 1
    assert "KeyError: 'the shop'" in worker.stderr
    master.wait_for_text(r"worker (\S+) cannot use the locustfile: \S+/locustfile.py:\d+: KeyError")
    master.wait_for("in look_up")
    assert bundles(cluster) == []
    monkeypatch.delenv("SHOP_FAILS")
    another = cluster.worker("-f", "-")
    assert master.finish().code == 0
    assert another.finish().code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_while_it_imports_leaves_no_folder(
    cluster: Cluster, target: Server, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    cluster.master("-H", target.url, *LOAD)
    flag = imports_slowly(cluster, monkeypatch, "60")
    worker = cluster.worker("-f", "-")
    wait_until_it_imports(flag)
    assert len(bundles(cluster)) == 1
    worker.signal(number)
    assert worker.finish().code != 0
    assert bundles(cluster) == []


def test_processes_have_a_folder_each_and_leave_none(cluster: Cluster, target: Server) -> None:
    master = cluster.master("-H", target.url, *LOAD, "--expect-workers", "2")
    workers = cluster.worker("-f", "-", "--processes", "2")
    master.wait_for("All users spawned")
    assert len(bundles(cluster)) == 2
    workers.signal(signal.SIGTERM)
    workers.finish()
    assert bundles(cluster) == []
    master.signal(signal.SIGTERM)
    master.finish()


def test_the_master_names_a_worker_that_has_another_locustfile(
    cluster: Cluster, target: Server
) -> None:
    master = cluster.master("-H", target.url, *LOAD)
    (cluster.folder / "other.py").write_text(PLAIN)
    workers = [cluster.worker("-f", "other.py")]
    name = master.wait_for_text(r"worker (\S+) has another locustfile than this master")
    master.wait_for(f"workers 1, other locustfile: {name}")
    master.signal(signal.SIGTERM)
    done = master.finish()
    assert f"  {name} had another locustfile than the master" in done.stderr
    assert [worker.finish().code for worker in workers] == [0]
