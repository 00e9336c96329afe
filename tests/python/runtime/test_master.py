"""The master's runner with workers in the same process: load, loss, endings."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest

from locust_like.runtime.environment import Environment
from locust_like.runtime.state import State
from locust_like.users.tasks import task
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .conftest import FAST_PER_S, Cluster, Waiter, until

Make = Callable[..., Cluster]


class Heavy(Waiter):
    """Three times as frequent as Waiter."""

    weight = 3


def note_events(environment: Environment) -> list[str]:
    names: list[str] = []
    for name in ("test_start", "spawning_complete", "test_stopping", "test_stop"):
        getattr(environment.events, name).add_listener(
            lambda *, _name=name, **_: names.append(_name)
        )
    return names


ALL_EVENTS = ["test_start", "spawning_complete", "test_stopping", "test_stop"]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_run_from_start_to_quit(make_cluster: Make, workers: int) -> None:
    cluster = make_cluster(workers)
    nodes = [note_events(env) for env in (cluster.environment, *environments(cluster))]
    cluster.master.start(8, FAST_PER_S, wait=True)
    assert cluster.master.state == "running"
    assert cluster.users() == [8 // workers] * workers
    assert cluster.master.target_user_classes_count == {"Waiter": 8}
    until(lambda: cluster.master.user_count == 8)
    assert cluster.master.user_classes_count == {"Waiter": 8}
    cluster.master.quit()
    assert cluster.master.state == "stopped"
    assert cluster.users() == [0] * workers
    assert nodes == [ALL_EVENTS] * (workers + 1)
    assert cluster.link.is_closed


def environments(cluster: Cluster) -> list[Environment]:
    return [worker.environment for worker in cluster.workers]


def test_nothing_starts_without_a_worker(make_cluster: Make) -> None:
    with pytest.raises(ValueError, match="no worker is connected"):
        make_cluster(0).master.start(1, 1)


def test_going_up_and_down_keeps_the_classes_in_proportion(make_cluster: Make) -> None:
    cluster = make_cluster(2, Waiter, Heavy)
    for count in (4, 20, 8, 0, 12):
        cluster.master.start(count, FAST_PER_S, wait=True)
        assert sum(cluster.users()) == count
        assert cluster.master.target_user_classes_count.get("Heavy", 0) == count // 4 * 3


def test_a_second_run_begins_anew(make_cluster: Make) -> None:
    cluster = make_cluster(1)
    events = note_events(cluster.workers[0].environment)
    for _ in range(2):
        cluster.master.start(2, FAST_PER_S, wait=True)
        cluster.master.stop()
    assert events == ALL_EVENTS * 2
    assert len(set(cluster.links[0].runs)) == 2


def test_the_load_of_a_lost_worker_comes_back_without_an_option(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    cluster.master.start(10, FAST_PER_S, wait=True)
    cluster.link.lose(1, "no heartbeat for 3.0 s")
    until(lambda: cluster.workers[0].user_count == 10)
    assert cluster.master.workers.is_degraded
    lost = cluster.master.workers.rows[1]
    assert (lost.state, lost.reason, lost.is_here) == ("missing", "no heartbeat for 3.0 s", False)


def test_who_comes_back_gives_up_its_users_before_it_gets_new_ones(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    events = note_events(cluster.workers[1].environment)
    cluster.master.start(10, FAST_PER_S, wait=True)
    cluster.link.lose(1, "disconnected")
    until(lambda: cluster.workers[0].user_count == 10)
    assert cluster.workers[1].user_count == 5  # it runs on, because it knows nothing yet
    cluster.link.admit(cluster.links[1])
    until(lambda: cluster.users() == [5, 5])
    until(lambda: cluster.master.user_count == 10)
    assert events == ["test_start", "spawning_complete"]


def test_a_worker_that_leaves_while_others_run_is_a_loss(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    cluster.master.start(10, FAST_PER_S, wait=True)
    cluster.workers[1].leave()
    until(lambda: cluster.workers[0].user_count == 10)
    assert cluster.master.workers.is_degraded
    assert cluster.master.workers.rows[1].state == "missing"


def test_a_new_worker_gets_its_share(make_cluster: Make) -> None:
    cluster = make_cluster(1)
    cluster.master.start(10, FAST_PER_S, wait=True)
    events = note_events(cluster.environment)
    cluster.join()
    until(lambda: cluster.users() == [5, 5])
    assert cluster.master.state == "running"
    assert events == []


def test_a_worker_that_joins_while_nobody_runs_waits(make_cluster: Make) -> None:
    cluster = make_cluster(1)
    cluster.master.start(2, FAST_PER_S, wait=True)
    cluster.master.stop()
    late = cluster.join()
    gevent.sleep(0.05)
    assert (late.state, late.user_count) == ("ready", 0)
    cluster.master.start(2, FAST_PER_S, wait=True)
    assert cluster.users() == [1, 1]


def test_pause_and_resume_reach_all(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    cluster.master.start(4, FAST_PER_S, wait=True)
    cluster.master.pause()
    assert cluster.master.paused
    until(lambda: all(worker.paused for worker in cluster.workers))
    cluster.master.resume()
    until(lambda: not any(worker.paused for worker in cluster.workers))


def test_the_end_waits_for_the_last_figures_of_all(make_cluster: Make) -> None:
    may_finish = gevent.event.Event()

    class Busy(User):
        @task
        def work(self) -> None:
            may_finish.wait()

    cluster = make_cluster(2, Busy, stop_timeout=60)
    cluster.master.start(2, FAST_PER_S, wait=True)
    stopping = gevent.spawn(cluster.master.stop)
    until(lambda: all(worker.state == "cleanup" for worker in cluster.workers))
    assert cluster.master.state == "cleanup"
    may_finish.set()
    stopping.join()
    assert [worker.state for worker in cluster.workers] == ["stopped"] * 2
    assert not cluster.master.workers.is_degraded


def test_users_can_be_killed(make_cluster: Make) -> None:
    class Stuck(User):
        @task
        def work(self) -> None:
            gevent.sleep(1000)

    cluster = make_cluster(2, Stuck, stop_timeout=3600)
    cluster.master.start(4, FAST_PER_S, wait=True)
    stopping = gevent.spawn(cluster.master.stop)
    until(lambda: cluster.master.state == "cleanup")
    cluster.master.kill_users()
    stopping.join()
    assert cluster.users() == [0, 0]


def test_a_worker_lost_at_the_end_is_not_waited_for(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    cluster.master.start(4, FAST_PER_S, wait=True)
    cluster.links[1].is_connected = False  # it hears nothing any more
    stopping = gevent.spawn(cluster.master.stop)
    until(lambda: cluster.master.state == "cleanup")
    cluster.link.lose(1, "no heartbeat for 3.0 s")
    stopping.join()
    assert cluster.master.workers.is_degraded


@pytest.mark.parametrize("how", ["quit", "stop", "StopTest"])
def test_a_user_on_a_worker_may_end_the_test(make_cluster: Make, how: str) -> None:
    from locust_like.errors import StopTest

    class Ends(User):
        wait_time: Any = constant(1000)

        @task
        def work(self) -> None:
            if how == "StopTest":
                raise StopTest("enough")
            getattr(self.environment.runner, how)()

    cluster = make_cluster(2, Ends)
    cluster.master.start(3, FAST_PER_S)
    until(lambda: cluster.master.state is State.STOPPED)
    assert cluster.users() == [0, 0]
    if how != "stop":
        until(lambda: cluster.link.is_closed)


def test_exceptions_of_workers_are_counted_with_their_names(make_cluster: Make) -> None:
    class Failing(User):
        wait_time: Any = constant(1000)

        @task
        def work(self) -> None:
            raise KeyError("token")

    cluster = make_cluster(2, Failing)
    cluster.master.start(4, FAST_PER_S, wait=True)
    cluster.master.stop()
    (row,) = cluster.master.exceptions.values()
    assert (row["count"], row["nodes"]) == (4, {"worker-0", "worker-1"})


def test_messages_go_both_ways(make_cluster: Make) -> None:
    cluster = make_cluster(2)
    heard: list[Any] = []
    for worker in cluster.workers:

        def answer(msg: Any, environment: Any, **_kwargs: object) -> None:
            environment.runner.send_message("answer", [msg.data, environment.runner.worker_index])

        worker.register_message("question", answer)
    cluster.master.register_message(
        "answer", lambda msg, **_: heard.append((msg.node_id, msg.data))
    )
    cluster.master.send_message("question", {"a": 1})
    until(lambda: len(heard) == 2)
    cluster.master.send_message("question", 2, client_id="worker-1")
    until(lambda: len(heard) == 3)
    assert sorted(heard[:2]) == [("worker-0", [{"a": 1}, 0]), ("worker-1", [{"a": 1}, 1])]
    assert heard[2] == ("worker-1", [2, 1])


def test_what_listeners_add_to_reports_arrives(make_cluster: Make) -> None:
    cluster = make_cluster(1)
    got: list[Any] = []
    cluster.workers[0].environment.events.report_to_master.add_listener(
        lambda data, **_: data.update(bytes_read=7)
    )
    cluster.environment.events.worker_report.add_listener(
        lambda client_id, data, **_: got.append((client_id, data))
    )
    cluster.master.start(1, FAST_PER_S, wait=True)
    cluster.master.stop()
    until(lambda: got)
    assert got[0][0] == "worker-0"
    assert got[0][1]["bytes_read"] == 7
    assert got[0][1]["user_classes_count"] == {"Waiter": 1}


@pytest.mark.parametrize(("workers", "limit"), [(1, 1), (2, 7), (3, 200)])
def test_exactly_so_many_tasks_run_on_all_together(
    make_cluster: Make, workers: int, limit: int
) -> None:
    runs: list[int] = []

    class Counts(User):
        @task
        def work(self) -> None:
            runs.append(1)

    cluster = make_cluster(workers, Counts, iterations=limit)
    cluster.master.start(6, FAST_PER_S)
    assert cluster.environment.iterations is not None
    assert cluster.environment.iterations.finished.wait(timeout=30)
    cluster.master.quit()
    assert len(runs) == limit


@pytest.mark.parametrize("is_orphan", [True, False])
def test_never_more_tasks_run_although_a_lost_worker_comes_back_late(
    make_cluster: Make, monkeypatch: pytest.MonkeyPatch, is_orphan: bool
) -> None:
    from .cluster import Event

    monkeypatch.setattr("locust_like.runtime.quotas.PATIENCE_S", 0.0)
    monkeypatch.setattr("locust_like.runtime.master._LOOK_EVERY_S", 0.002)
    runs: list[int] = []

    class Counts(User):
        wait_time = constant(0.005)

        @task
        def work(self) -> None:
            runs.append(1)

    cluster = make_cluster(2, Counts, iterations=200)
    cluster.master.start(4, FAST_PER_S, wait=True)
    until(lambda: len(runs) > 20)
    cluster.link.lose(1, "no heartbeat for 3.0 s")
    if is_orphan:
        cluster.links[1].put(Event("orphaned"))
    until(lambda: len(runs) > 100)
    cluster.link.admit(cluster.links[1])
    assert cluster.environment.iterations is not None
    assert cluster.environment.iterations.finished.wait(timeout=30)
    cluster.master.quit()
    assert len(runs) == 200


def test_a_worker_that_is_drained_leaves_its_executions_to_the_others(make_cluster: Make) -> None:
    runs: list[int] = []

    class Counts(User):
        wait_time = constant(0.01)

        @task
        def work(self) -> None:
            runs.append(1)

    cluster = make_cluster(2, Counts, iterations=100)
    cluster.master.start(2, FAST_PER_S, wait=True)
    cluster.master.drain_worker(1, is_drained=True)
    assert cluster.environment.iterations is not None
    assert cluster.environment.iterations.finished.wait(timeout=30)
    cluster.master.quit()
    assert len(runs) == 100


def test_an_orphan_stops_its_load_and_goes_on_when_its_master_is_back(make_cluster: Make) -> None:
    from .cluster import Event

    cluster = make_cluster(2)
    events = note_events(cluster.workers[1].environment)
    cluster.master.start(10, FAST_PER_S, wait=True)
    cluster.link.lose(1, "no heartbeat for 3.0 s")
    cluster.links[1].put(Event("orphaned"))
    until(lambda: cluster.users() == [10, 0])
    cluster.link.admit(cluster.links[1])
    until(lambda: cluster.users() == [5, 5])
    cluster.master.stop()
    assert events == [*ALL_EVENTS]


def test_another_master_takes_over_workers_that_wait(make_cluster: Make) -> None:
    first, second = make_cluster(1), make_cluster(0)
    worker, link = first.workers[0], first.links[0]
    events = note_events(worker.environment)
    first.master.start(4, FAST_PER_S, wait=True)
    until(lambda: worker.state == "running")
    first.link.lose(0, "gone")
    second.link.admit(link)
    until(lambda: worker.user_count == 0 and second.master.worker_count == 1)
    second.master.start(2, FAST_PER_S, wait=True)
    assert worker.user_count == 2
    until(lambda: worker.state == "running")
    assert events == [*ALL_EVENTS, "test_start", "spawning_complete"]
    first.workers.clear()
    first.links.clear()
    first.link.seats.clear()
    second.links.append(link)
    second.workers.append(worker)
