"""A worker's runner by itself: a test is its master."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from msgspec.structs import replace

from locust_like.runtime.documents import (
    Assignment,
    ClassSetting,
    Quota,
    ScriptMessage,
    WorkerReport,
    decode,
    encode,
)
from locust_like.runtime.environment import Environment
from locust_like.runtime.worker import WorkerRunner
from locust_like.users.tasks import task
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .cluster import Event, FakeWorkerLink
from .conftest import Waiter, until

RUN = Assignment(
    run=7, phase="run", start=1, counts={"Waiter": 3}, users=3, spawn_rate_per_s=100.0,
    classes={"Waiter": ClassSetting(None, 1.0, 0)},
)  # fmt: skip


class Alone:
    """A worker, and the master's side of its link."""

    def __init__(self, *classes: type[User], **options: Any) -> None:
        self.environment = Environment(user_classes=classes or (Waiter,))
        self.link = FakeWorkerLink("me")
        self.runner = WorkerRunner(self.environment, self.link, "me", **options)
        self.environment.runner = self.runner
        self.link.put(Event("admitted", number=4, text="new-master"))
        self.version = 0

    def assign(self, order: Assignment) -> None:
        self.version += 1
        self.link.put(Event("assignment", number=self.version, document=encode(order)))

    def sent(self, kind: str) -> list[bytes]:
        return [event.document for event in self.link.waiting if event.text == kind]


@pytest.fixture
def make_worker() -> Iterator[Callable[..., Alone]]:
    made: list[Alone] = []

    def make(*classes: type[User], **options: Any) -> Alone:
        made.append(Alone(*classes, **options))
        return made[-1]

    yield make
    for alone in made:
        if alone.runner.state in ("spawning", "running"):
            alone.assign(replace(RUN, run=alone.link.runs[-1], phase="stop"))
            until(lambda runner=alone.runner: runner.state == "stopped")  # type: ignore[misc]
        alone.link.put(Event("drained"))
        alone.runner.leave()
        alone.link.close_descriptor()


def test_it_learns_its_index(make_worker: Any) -> None:
    alone = make_worker()
    until(lambda: alone.runner.worker_index == 4)
    assert alone.runner.client_id == "me"


def test_only_the_newest_assignment_matters(make_worker: Any) -> None:
    alone = make_worker()
    for count in (50, 1, 3):
        alone.assign(replace(RUN, counts={"Waiter": count}))
    until(lambda: alone.runner.user_count == 3)
    assert alone.link.runs == [7]


def test_settings_are_those_of_the_master(make_worker: Any) -> None:
    values: dict[str, object] = {}
    alone = make_worker(set_options=values.update)
    order = replace(
        RUN,
        host="http://example.org",
        stop_timeout_s=3.0,
        replace_users=False,
        options={"shop": 7},
        classes={"Waiter": ClassSetting("http://own", 2.0, 5)},
    )
    alone.assign(order)
    until(lambda: alone.runner.user_count == 3)
    environment = alone.environment
    assert (environment.host, environment.stop_timeout) == ("http://example.org", 3.0)
    assert not environment.replace_users
    assert values == {"shop": 7}
    assert (Waiter.host, Waiter.weight, Waiter.fixed_count) == ("http://own", 2, 5)
    Waiter.host, Waiter.weight, Waiter.fixed_count = None, 1, 0


def test_a_class_that_is_missing_here_is_told(
    make_worker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    alone = make_worker()
    classes = {**RUN.classes, "Stranger": ClassSetting(None, 1.0, 0)}
    with caplog.at_level(logging.ERROR):
        alone.assign(replace(RUN, classes=classes, counts={"Waiter": 1, "Stranger": 2}))
        until(lambda: alone.runner.user_count == 1)
    assert "There is no user class Stranger here" in caplog.text


def test_another_locustfile_is_told(make_worker: Any, caplog: pytest.LogCaptureFixture) -> None:
    alone = make_worker(plan="mine")
    with caplog.at_level(logging.WARNING):
        alone.assign(replace(RUN, plan="theirs"))
        until(lambda: alone.runner.user_count == 3)
    assert "The locustfile here differs from the master's" in caplog.text


def test_users_that_ended_by_themselves_come_back_with_the_next_start(make_worker: Any) -> None:
    alone = make_worker()
    alone.assign(RUN)
    until(lambda: alone.runner.user_count == 3)
    alone.runner.stop_users({"Waiter": 2})  # stands for StopUser
    alone.assign(RUN)
    gevent.sleep(0.02)
    assert alone.runner.user_count == 1
    alone.assign(replace(RUN, start=2))
    until(lambda: alone.runner.user_count == 3)


def test_a_new_run_ends_the_old_one(make_worker: Any) -> None:
    alone = make_worker()
    events: list[str] = []
    for name in ("test_start", "test_stop"):
        getattr(alone.environment.events, name).add_listener(
            lambda *, _name=name, **_: events.append(_name)
        )
    alone.assign(RUN)
    until(lambda: alone.runner.user_count == 3)
    alone.assign(replace(RUN, run=8, counts={"Waiter": 1}))
    until(lambda: alone.link.runs == [7, 8] and alone.runner.user_count == 1)
    assert events == ["test_start", "test_stop", "test_start"]


def test_the_end_of_a_run_that_it_does_not_know_is_nothing(make_worker: Any) -> None:
    alone = make_worker()
    alone.assign(replace(RUN, phase="stop"))
    gevent.sleep(0.02)
    assert (alone.runner.state, alone.link.runs) == ("ready", [])


def test_what_a_task_does_last_is_counted_before_the_run_is_finished(make_worker: Any) -> None:
    class Fires(User):
        wait_time: Any = constant(1000)

        @task
        def work(self) -> None: ...

        def on_stop(self) -> None:
            self.environment.events.request.fire(
                request_type="GET", name="last", response_time=1.0, response_length=0,
                exception=None,
            )  # fmt: skip

    alone = make_worker(Fires)
    seen: list[int] = []
    finish = alone.link.finish_run

    def finish_run() -> None:
        seen.append(alone.environment.stats.num_requests)
        finish()

    alone.link.finish_run = finish_run
    order = replace(RUN, counts={"Fires": 2}, classes={"Fires": ClassSetting(None, 1.0, 0)})
    alone.assign(order)
    until(lambda: alone.runner.user_count == 2)
    gevent.sleep(0.02)
    alone.assign(replace(order, phase="stop"))
    until(lambda: seen)
    assert seen == [2]
    assert decode(alone.sent("report")[-1], WorkerReport).counts == {"Fires": 0}


def test_executions_are_used_up_and_asked_for(make_worker: Any) -> None:
    runs: list[int] = []

    class Counts(User):
        @task
        def work(self) -> None:
            runs.append(1)

    alone = make_worker(Counts)
    order = replace(RUN, counts={"Counts": 2}, classes={"Counts": ClassSetting(None, 1.0, 0)})
    alone.assign(replace(order, quota=Quota(0)))
    until(lambda: alone.sent("iterations"))
    assert runs == []
    alone.assign(replace(order, quota=Quota(5)))
    until(lambda: len(runs) == 5)
    alone.assign(replace(order, quota=Quota(6)))
    until(lambda: len(runs) == 6)


def test_messages_of_the_master_are_heard_in_order(make_worker: Any) -> None:
    alone = make_worker()
    heard: list[Any] = []

    def listen(msg: Any, **_kwargs: object) -> None:
        gevent.sleep(0.01 if msg.data == 1 else 0)
        heard.append((msg.type, msg.data, msg.node_id))

    alone.runner.register_message("news", listen)
    for data in (1, 2):
        document = encode(ScriptMessage("news", data))
        alone.link.put(Event("order", text="message", document=document))
    until(lambda: len(heard) == 2)
    assert heard == [("news", 1, "master"), ("news", 2, "master")]


def test_a_script_that_starts_load_itself_is_told_and_nothing_happens(
    make_worker: Any, caplog: pytest.LogCaptureFixture
) -> None:
    alone = make_worker()
    with caplog.at_level(logging.WARNING):
        alone.runner.start(5, 10)
    assert "A worker starts no test" in caplog.text
    assert alone.runner.user_count == 0


@pytest.mark.parametrize(
    ("event", "failure"),
    [(Event("goodbye"), ""), (Event("gave-up", text="no master for 60 s"), "no master")],
)
def test_it_goes_when_there_is_nothing_left_to_do(
    make_worker: Any, event: Event, failure: str
) -> None:
    alone = make_worker()
    alone.link.put(event)
    assert alone.runner.greenlet.join(timeout=10)
    assert failure in alone.runner.failure
    assert alone.link.is_closed


def test_damaged_documents_change_nothing(make_worker: Any) -> None:
    alone = make_worker()
    alone.link.put(Event("assignment", number=1, document=b"\xc1"))
    alone.link.put(Event("order", text="message", document=b"\xc1"))
    alone.version = 1
    alone.assign(RUN)
    until(lambda: alone.runner.user_count == 3)
