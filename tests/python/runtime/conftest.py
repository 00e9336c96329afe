"""Users and environments for the runner."""

from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest

from locust_like._core import Placement
from locust_like.runtime.environment import Environment
from locust_like.runtime.master import MasterRunner
from locust_like.runtime.worker import WorkerRunner
from locust_like.users.tasks import task
from locust_like.users.user import User
from locust_like.users.wait_time import constant

from .cluster import FakeMasterLink, FakeWorkerLink

FAST_PER_S = 10_000.0


class Waiter(User):
    """A user that waits between its tasks for as long as it lives."""

    wait_time = constant(1000)

    @task
    def work(self) -> None: ...


@pytest.fixture
def make_environment() -> Iterator[Callable[..., Environment]]:
    """Make environments whose runners end with the test."""
    made: list[Environment] = []

    def make(*classes: type[User], **options: Any) -> Environment:
        environment = Environment(user_classes=classes or (Waiter,), **options)
        environment.create_local_runner()
        made.append(environment)
        return environment

    yield make
    for environment in made:
        assert environment.runner is not None
        environment.runner.quit()


def until(condition: Callable[[], object], turns: int = 1000) -> None:
    """Let other greenlets run until something is so."""
    for _ in range(turns):
        if condition():
            return
        gevent.sleep(0.002)
    raise AssertionError("it did not come about")


class Cluster:
    """A master and workers in this process, over links without sockets."""

    def __init__(self, *classes: type[User], plan: str = "", **options: Any) -> None:
        self.classes = classes or (Waiter,)
        self.environment = Environment(user_classes=self.classes, **options)
        self.link = FakeMasterLink()
        self.master = MasterRunner(self.environment, self.link, Placement, plan=plan)
        self.environment.runner = self.master
        self.workers: list[WorkerRunner] = []
        self.links: list[FakeWorkerLink] = []

    def join(self, **options: Any) -> WorkerRunner:
        """Let another worker join."""
        environment = Environment(user_classes=self.classes)
        link = FakeWorkerLink(f"worker-{len(self.workers)}")
        worker = WorkerRunner(environment, link, link.name, **options)
        environment.runner = worker
        self.workers.append(worker)
        self.links.append(link)
        self.link.admit(link)
        connected = sum(link.is_connected for link in self.links)
        until(lambda: self.master.worker_count == connected)
        return worker

    def users(self) -> list[int]:
        """Return how many users each worker has."""
        return [worker.user_count for worker in self.workers]

    def end(self) -> None:
        """End everything; who was cut off comes back to hear of it."""
        for link in self.links:
            if not link.is_connected and not link.is_closed:
                self.link.admit(link)
        self.master.quit()
        self.link.close_descriptor()
        for link in self.links:
            link.close_descriptor()


@pytest.fixture
def make_cluster() -> Iterator[Callable[..., Cluster]]:
    """Make clusters that end with the test; an integer says how many workers join at once."""
    made: list[Cluster] = []

    def make(workers: int, *classes: type[User], **options: Any) -> Cluster:
        made.append(Cluster(*classes, **options))
        for _ in range(workers):
            made[-1].join()
        return made[-1]

    yield make
    for cluster in made:
        cluster.end()
