"""What operators do with single workers: drain, use again, remove."""

from collections.abc import Callable

import pytest

from locust_like.errors import CommandError
from locust_like.runtime.commands import Staff
from locust_like.runtime.control import Control
from locust_like.runtime.control_checks import Load
from locust_like.runtime.environment import Environment

from .conftest import FAST_PER_S, Cluster, Waiter, until

Make = Callable[..., Cluster]


def control_of(cluster: Cluster) -> Control:
    return Control(cluster.environment, available=[Waiter], load=Load(6, FAST_PER_S, None))


def test_a_drained_worker_gives_its_users_to_the_others_and_gets_them_back(
    make_cluster: Make,
) -> None:
    cluster = make_cluster(3)
    control = control_of(cluster)
    cluster.master.start(6, FAST_PER_S, wait=True)
    control.do(Staff(1, "drain"), "web")
    until(lambda: cluster.users() == [3, 0, 3])
    assert [row.is_drained for row in cluster.master.workers.rows] == [False, True, False]
    assert not cluster.master.workers.is_degraded
    control.do(Staff(1, "use"), "web")
    until(lambda: cluster.users() == [2, 2, 2])
    assert [note.text for note in control.annotations() if note.kind == "workers"] == [
        "worker 1 gets no more users",
        "worker 1 is used again",
    ]


def test_a_removed_worker_reports_the_rest_and_the_run_is_whole(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    cluster.master.start(4, FAST_PER_S, wait=True)
    control_of(cluster).do(Staff(0, "remove"), "web")
    until(lambda: cluster.users() == [0, 4])
    until(lambda: cluster.master.worker_count == 1)
    assert not cluster.master.workers.is_degraded
    assert cluster.master.state == "running"


def test_the_last_worker_stays(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    control = control_of(cluster)
    cluster.master.start(4, FAST_PER_S, wait=True)
    control.do(Staff(0, "drain"), "web")
    for kind in ("drain", "remove"):
        with pytest.raises(CommandError, match="the last worker that can run users"):
            control.do(Staff(1, kind), "web")


@pytest.mark.parametrize("kind", ["drain", "use", "remove"])
def test_workers_that_are_not_there(make_cluster: Make, kind: str) -> None:
    cluster = make_cluster(1)
    with pytest.raises(CommandError, match="no worker with index 7"):
        control_of(cluster).do(Staff(7, kind), "web")  # type: ignore[arg-type]  # all are kinds


def test_a_run_without_workers_has_none_to_drain() -> None:
    environment = Environment(user_classes=[Waiter])
    runner = environment.create_local_runner()
    control = Control(environment, available=[Waiter], load=Load(1, FAST_PER_S, None))
    with pytest.raises(CommandError, match="in the process itself"):
        control.do(Staff(0, "drain"), "web")
    runner.quit()
