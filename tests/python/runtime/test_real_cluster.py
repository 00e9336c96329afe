"""Master and workers over real links, in one process."""

from collections.abc import Iterator
from typing import Any

import gevent
import pytest

from locust_like._core import ClusterKeys, Target
from locust_like.runtime.environment import Environment
from locust_like.runtime.worker import WorkerRunner
from locust_like.users.http_user import FastHttpUser
from locust_like.users.tasks import task
from locust_like.users.wait_time import constant

from .conftest import FAST_PER_S, until


class Visitor(FastHttpUser):
    """Calls the target, and what redirects once."""

    wait_time: Any = constant(0.002)

    @task(3)
    def front(self) -> None:
        self.client.get("/")

    @task
    def hop(self) -> None:
        self.client.get("/redirect/1", name="hop")


@pytest.fixture
def target() -> Iterator[Target]:
    made = Target()
    yield made
    made.stop()


def test_figures_of_all_workers_are_the_masters(target: Target) -> None:
    keys = ClusterKeys.generate()
    environment = Environment(user_classes=[Visitor], host=f"http://127.0.0.1:{target.port}")
    master = environment.create_master_runner("127.0.0.1", 0, keys=keys)
    workers: list[WorkerRunner] = [
        Environment(user_classes=[Visitor]).create_worker_runner(
            "127.0.0.1", master.server.port, token=keys.join_token
        )
        for _ in range(2)
    ]
    until(lambda: master.worker_count == 2)
    until(lambda: sorted(worker.worker_index for worker in workers) == [0, 1])
    for _ in range(2):
        before = target.counters()["requests"]
        master.start(6, FAST_PER_S, wait=True)
        assert [worker.user_count for worker in workers] == [3, 3]
        assert set(master.target_user_classes_count.values()) == {6}
        gevent.sleep(0.3)
        master.stop()
        total = environment.stats.snapshot().total
        assert total.exchanges == target.counters()["requests"] - before > 0
        assert total.num_requests == sum(
            worker.environment.stats.num_requests for worker in workers
        )
        assert total.histogram() == _merged(workers)
    master.quit()
    for worker in workers:
        worker.greenlet.join(timeout=10)
    assert [worker.user_count for worker in workers] == [0, 0]


def _merged(workers: list[WorkerRunner]) -> list[tuple[int, int, int]]:
    """Return the histogram of all workers' samples, added up bucket by bucket."""
    counts: dict[tuple[int, int], int] = {}
    for worker in workers:
        for lower, upper, count in worker.environment.stats.snapshot().total.histogram():
            counts[lower, upper] = counts.get((lower, upper), 0) + count
    return [(lower, upper, count) for (lower, upper), count in sorted(counts.items())]


def test_a_worker_needs_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="there is no join token in"):
        Environment().create_worker_runner("127.0.0.1", 1)


def test_an_environment_has_one_runner() -> None:
    environment = Environment()
    master = environment.create_master_runner("127.0.0.1", 0, keys=ClusterKeys.generate())
    with pytest.raises(RuntimeError, match="runner already exists"):
        environment.create_local_runner()
    master.quit()
