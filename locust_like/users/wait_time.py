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


def between(min_wait: float, max_wait: float) -> WaitFunction:
    """Wait a uniformly distributed time.

    Args:
        min_wait: shortest wait, seconds.
        max_wait: longest wait, seconds.

    Example:
        class Visitor(User):
            wait_time = between(3.0, 10.5)
    """
    span_s = max_wait - min_wait

    def seconds(_owner: object) -> float:
        return min_wait + random.random() * span_s

    return seconds


def constant(wait_time: float) -> WaitFunction:
    """Wait the same time, in seconds, after each task."""

    def seconds(_owner: object) -> float:
        return wait_time

    return seconds


def constant_pacing(wait_time: float, clock: Callable[[], float] = perf_counter) -> WaitFunction:
    """Start tasks at least `wait_time` apart, however long they take.

    The wait is what is left of the period after the task. A task that takes longer is followed by
    the next at once; missed starts are never caught up.

    Args:
        wait_time: seconds from start to start.
        clock: monotonic seconds; tests put in their own.
    """

    def seconds(owner: _Paced) -> float:
        now_s = clock()
        wait_s = max(0.0, wait_time - (now_s - owner._pace_s - owner._last_wait_s))
        owner._pace_s = now_s
        owner._last_wait_s = wait_s
        return wait_s

    return seconds


def constant_throughput(task_runs_per_second: float) -> WaitFunction:
    """Run at most this many tasks a second per user.

    Raises:
        ValueError: the rate is not above 0.
    """
    if task_runs_per_second <= 0:
        msg = f"constant_throughput() requires a positive rate, got: {task_runs_per_second}"
        raise ValueError(msg)
    return constant_pacing(1 / task_runs_per_second)


def poisson(rate: float) -> WaitFunction:
    """Wait exponentially distributed times, so that tasks form a Poisson process.

    Args:
        rate: mean number of waits that end in a second.

    Raises:
        ValueError: the rate is not above 0.
    """
    if rate <= 0:
        msg = f"poisson() requires a positive rate, got: {rate}"
        raise ValueError(msg)

    def seconds(_owner: object) -> float:
        return random.expovariate(rate)

    return seconds


def settle_wait_time(class_name: str, members: MutableMapping[str, Any]) -> None:
    """Check the `wait_time` of a class body, or make it of the old `min_wait` and `max_wait` (ms).

    Raises:
        TypeError: it is nothing that can be called, such as a plain number.

    Source: Locust before 1.0 for `min_wait` and `max_wait`; old scripts still have them.
    """
    wait = members.get("wait_time")
    if isinstance(wait, int | float):
        msg = f"wait_time of {class_name} is a number; write wait_time = constant({wait})"
        raise TypeError(msg)
    if not (wait is None or callable(wait) or hasattr(wait, "__get__")):
        msg = f"wait_time of {class_name} is {wait!r}; write wait_time = constant(SECONDS)"
        raise TypeError(msg)
    if wait is None and {"min_wait", "max_wait"} <= members.keys():
        members["wait_time"] = between(
            members["min_wait"] / _MS_PER_S, members["max_wait"] / _MS_PER_S
        )
