"""Locust's `UsersDispatcher` as a thin face of the core's placement.

A run does not use it: our runners ask the placement themselves. It is for scripts that want to know
which users a ramp gives to which workers.

Source: Locust 2.47, dispatch.py. Differs where workers come and go: only the difference moves.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Protocol

import gevent

from locust_like._core import Placement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from locust_like.users.user import User

Users = dict[str, dict[str, int]]
"""Worker -> user class -> how many."""


class Worker(Protocol):
    """What is needed of a worker node."""

    @property
    def id(self) -> str:
        """Its name; what comes before the first `_` is its host."""


class UsersDispatcher:
    """Iterates over the steps of a ramp, and waits between them as the spawn rate says.

    Args:
        worker_nodes: workers; users go round them, evenly over hosts (the part of `id` before `_`).
        user_classes: classes that users are chosen from.

    Example:
        dispatcher = UsersDispatcher(worker_nodes=[worker], user_classes=[Visitor])
        dispatcher.new_dispatch(target_user_count=10, spawn_rate=2)
        for users in dispatcher:
            print(users)
    """

    dispatch_in_progress = False
    dispatch_iteration_durations: Sequence[float] = ()

    def __init__(self, worker_nodes: Sequence[Worker], user_classes: Sequence[type[User]]) -> None:
        """Begin without users."""
        self._classes = list(user_classes)
        self._all_classes = sorted(cls.__name__ for cls in user_classes)
        self._placement = Placement(_mix(self._classes))
        self._workers: dict[int, Worker] = {}
        self._next_index = 0
        for worker in sorted(worker_nodes, key=lambda one: one.id):
            self._take_in(worker)
        self._tell_placement()
        self._steps: Iterator[Users] = iter(())
        self._wait_between_dispatch = 0.0
        self._rebalance = False

    def new_dispatch(
        self,
        target_user_count: int,
        spawn_rate: float,
        user_classes: Sequence[type[User]] | None = None,
    ) -> None:
        """Begin a ramp from the users there are.

        Args:
            target_user_count: users at its end, 0 or more.
            spawn_rate: users that start or stop in a second, above 0.
            user_classes: classes that new users are chosen from; None = as before.

        Raises:
            ValueError: a number is out of range.
        """
        if target_user_count < 0:
            msg = f"target_user_count must be >= 0, got {target_user_count}"
            raise ValueError(msg)
        if not (math.isfinite(spawn_rate) and spawn_rate > 0):
            word = "> 0" if math.isfinite(spawn_rate) else "a finite number"
            msg = f"spawn_rate must be {word}, got {spawn_rate}"
            raise ValueError(msg)
        if user_classes is not None and set(user_classes) != set(self._classes):
            self._classes = list(user_classes)
            self._placement.set_classes(_mix(self._classes))
        most = max(1, math.floor(spawn_rate))
        self._wait_between_dispatch = most / spawn_rate
        self.dispatch_iteration_durations = []
        self._steps = self._ramp(target_user_count, most)

    def get_current_user_count(self) -> int:
        """Return the users of all workers."""
        return self._placement.placed

    def add_worker(self, worker_node: Worker) -> None:
        """Let a worker take users over from the others with the next steps."""
        self._take_in(worker_node)
        self._tell_placement()
        self._rebalance = True

    def remove_worker(self, worker_node: Worker) -> None:
        """Give a worker's users to the others with the next steps."""
        self._workers = {
            index: worker for index, worker in self._workers.items() if worker.id != worker_node.id
        }
        self._tell_placement()
        self._rebalance = True

    def __iter__(self) -> UsersDispatcher:
        return self

    def __next__(self) -> Users:
        return next(self._steps)

    def _ramp(self, target: int, most: int) -> Iterator[Users]:
        self.dispatch_in_progress = True
        if self._placement.placed == target and not self._rebalance:
            yield self._users()
        due_s = time.monotonic()
        while not self._placement.is_settled(target):
            start_s = time.monotonic()
            before = self._users()
            self._placement.step(target, most)
            self._rebalance = False
            took_s = time.monotonic() - start_s
            self.dispatch_iteration_durations = [*self.dispatch_iteration_durations, took_s]
            users = self._users()
            if users == before:
                break  # nobody is left who could be chosen
            yield users
            if not self._placement.is_settled(target):
                due_s += self._wait_between_dispatch
                gevent.sleep(max(0.0, due_s - time.monotonic()))
        self.dispatch_in_progress = False

    def _users(self) -> Users:
        zeros = dict.fromkeys(self._all_classes, 0)
        return {
            worker.id: {**zeros, **self._placement.of_worker(index)}
            for index, worker in self._workers.items()
        }

    def _take_in(self, worker: Worker) -> None:
        self._workers[self._next_index] = worker
        self._next_index += 1

    def _tell_placement(self) -> None:
        hosts = {index: worker.id.split("_")[0] for index, worker in self._workers.items()}
        self._placement.set_workers([(index, host, 1.0) for index, host in hosts.items()])


def _mix(classes: Sequence[type[User]]) -> list[tuple[str, float, int]]:
    return [(cls.__name__, float(cls.weight), cls.fixed_count) for cls in classes]
