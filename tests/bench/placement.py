"""What one step of the dispatcher costs where it is most: many workers, users and classes.

1,000 workers, 1,000 classes of different weights, up to 1,000,000 users and down again, 10,000
users a step. Times are CPU times of the thread, so that other work on the machine is in no figure.
Usage: placement.py
"""

import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from locust_like._core import Placement

WORKERS, CLASSES, USERS, STEP = 1_000, 1_000, 1_000_000, 10_000
MUST_MS, GOAL_MS = 5.0, 2.0


@dataclass(frozen=True)
class Figure:
    """The steps of one kind."""

    name: str
    median_ms: float
    max_ms: float
    steps: int

    @property
    def is_promised(self) -> bool:
        """The ramps are; what changes of workers cost is shown beside them."""
        return self.name.endswith((", up", ", down", ", up again"))


def measured(name: str, actions: Iterable[Callable[[], object]]) -> Figure:
    times_ms = []
    for action in actions:
        start_s = time.thread_time()
        action()
        times_ms.append((time.thread_time() - start_s) * 1e3)
    return Figure(name, statistics.median(times_ms), max(times_ms), len(times_ms))


def unsettled(placement: Placement, target: int) -> Iterable[Callable[[], object]]:
    """Yield steps until nothing is left to do."""
    while not placement.is_settled(target):
        yield partial(placement.step, target, STEP)


def ramps(kind: str, placement: Placement) -> list[Figure]:
    up = range(STEP, USERS + 1, STEP)
    down = range(USERS - STEP, -1, -STEP)
    return [
        measured(f"{kind}, {name}", [partial(placement.step, to, STEP) for to in targets])
        for name, targets in (("up", up), ("down", down), ("up again", up))
    ]


def changes(kind: str, placement: Placement, workers: list[tuple[int, str, float]]) -> list[Figure]:
    """Measure what follows when workers and classes of a million users change."""
    joined = [*workers, *((WORKERS + i, f"new{i}", 1.0) for i in range(WORKERS // 10))]
    others = [(f"User{i:04}", float(1 + i * 7 % 20), 0) for i in range(CLASSES)]
    return [
        measured(f"{kind}, set_workers: 100 join", [partial(placement.set_workers, joined)]),
        measured(f"{kind}, moves to them", unsettled(placement, USERS)),
        measured(f"{kind}, set_workers: 100 leave", [partial(placement.set_workers, workers)]),
        measured(f"{kind}, their users start", unsettled(placement, USERS)),
        measured(f"{kind}, set_classes: other weights", [partial(placement.set_classes, others)]),
        measured(f"{kind}, exchanges", unsettled(placement, USERS)),
    ]


def figures() -> list[Figure]:
    """Measure equal and different workers; the ramps are what is promised."""
    chosen = random.Random(1)
    found: list[Figure] = []
    for kind, weights in (("equal", [1.0]), ("different", [0.5, 1.0, 2.0, 4.0])):
        placement = Placement(
            [(f"User{i:04}", float(chosen.randint(1, 20)), 0) for i in range(CLASSES)]
        )
        workers = [(i, f"host{i % 100}", chosen.choice(weights)) for i in range(WORKERS)]
        placement.set_workers(workers)
        found += ramps(f"{kind} workers", placement)
        found += changes(f"{kind} workers", placement, workers)
    return found


def main() -> None:
    print(f"must {MUST_MS} ms, goal {GOAL_MS} ms for the ramps; {STEP} users a step")
    for figure in figures():
        print(
            f"{figure.name:<72} {figure.median_ms:7.2f} ms median {figure.max_ms:7.2f} ms max"
            f" {figure.steps:4} steps"
        )


if __name__ == "__main__":
    main()
