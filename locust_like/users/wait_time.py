"""Wait times: functions that make a `wait_time` for a user or a task set.

Each returns a function of the instance that owns the wait time; its result is seconds. State that a
wait needs between calls lives on that instance, so two users never share a pace.

Source: Locust's `between`, `constant`, `constant_pacing`, `constant_throughput` and `poisson`.
"""

import random
from collections.abc import Callable, MutableMapping
from time import perf_counter
from typing import Any, Protocol

WaitFunction = Callable[[Any], float]

_MS_PER_S = 1000


class _Paced(Protocol):
    """What pacing keeps on the user or task set; `users` sets `_pace_s` when it makes one."""

    _pace_s: float  # when the wait time was last asked for, first: when the owner was made
    _last_wait_s: float


def between(min_wait_s: float, max_wait_s: float) -> WaitFunction:
    """Wait a uniformly distributed time.

    Args:
        min_wait_s: shortest wait, seconds.
        max_wait_s: longest wait, seconds.

    Example:
        class Visitor(User):
            wait_time = between(3.0, 10.5)
    """
    span_s = max_wait_s - min_wait_s

    def wait_time(_owner: object) -> float:
        return min_wait_s + random.random() * span_s

    return wait_time


def constant(wait_s: float) -> WaitFunction:
    """Wait the same time, in seconds, after each task."""

    def wait_time(_owner: object) -> float:
        return wait_s

    return wait_time


def constant_pacing(period_s: float, clock: Callable[[], float] = perf_counter) -> WaitFunction:
    """Start tasks at least `period_s` apart, however long they take.

    The wait is what is left of the period after the task. A task that takes longer is followed by
    the next at once; missed starts are never caught up.

    Args:
        period_s: seconds from start to start.
        clock: monotonic seconds; tests put in their own.
    """

    def wait_time(owner: _Paced) -> float:
        now_s = clock()
        wait_s = max(0.0, period_s - (now_s - owner._pace_s - owner._last_wait_s))
        owner._pace_s = now_s
        owner._last_wait_s = wait_s
        return wait_s

    return wait_time


def constant_throughput(tasks_per_s: float) -> WaitFunction:
    """Run at most this many tasks a second per user.

    Raises:
        ValueError: the rate is not above 0.
    """
    if tasks_per_s <= 0:
        msg = f"constant_throughput() requires a positive rate, got: {tasks_per_s}"
        raise ValueError(msg)
    return constant_pacing(1 / tasks_per_s)


def poisson(rate_per_s: float) -> WaitFunction:
    """Wait exponentially distributed times, so that tasks form a Poisson process.

    Args:
        rate_per_s: mean number of waits that end in a second.

    Raises:
        ValueError: the rate is not above 0.
    """
    if rate_per_s <= 0:
        msg = f"poisson() requires a positive rate, got: {rate_per_s}"
        raise ValueError(msg)

    def wait_time(_owner: object) -> float:
        return random.expovariate(rate_per_s)

    return wait_time


def settle_wait_time(class_name: str, members: MutableMapping[str, Any]) -> None:
    """Check the `wait_time` of a class body, or make it of the old `min_wait` and `max_wait` (ms).

    Raises:
        TypeError: it is a plain number.

    Source: Locust before 1.0 for `min_wait` and `max_wait`; old scripts still have them.
    """
    wait = members.get("wait_time")
    if isinstance(wait, int | float):
        msg = f"wait_time of {class_name} is a number; write wait_time = constant({wait})"
        raise TypeError(msg)
    if wait is None and {"min_wait", "max_wait"} <= members.keys():
        members["wait_time"] = between(
            members["min_wait"] / _MS_PER_S, members["max_wait"] / _MS_PER_S
        )
