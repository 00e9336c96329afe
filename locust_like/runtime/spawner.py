"""When users start and stop: pure functions of target, rate and clock.

Users come one by one at equal distances, the first at once. (Locust starts a whole second's worth
at a time, which makes a saw-tooth of the load; a rate of 100 gives us a user every 10 ms.)

Which class a user has is decided elsewhere, see `_core.UserSequence`.
"""

import math
from collections import Counter
from dataclasses import dataclass
from itertools import islice

# Times are sums and quotients of floats; a start that is due now must not slip to the next look.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Ramp:
    """The way from one number of users to another.

    Attributes:
        start_count: users at the beginning.
        target_count: users at the end, more or fewer.
        rate_per_s: users that start or stop in a second, above 0.
        started_s: when the first one starts or stops, on the clock that `now_s` comes from.
    """

    start_count: int
    target_count: int
    rate_per_s: float
    started_s: float

    def __post_init__(self) -> None:
        """Refuse what no ramp can follow."""
        if not 0 < self.rate_per_s < math.inf:
            msg = f"the spawn rate must be above 0 and finite, but is {self.rate_per_s}"
            raise ValueError(msg)
        if self.target_count < 0:
            msg = f"the number of users must not be negative, but is {self.target_count}"
            raise ValueError(msg)

    @property
    def length(self) -> int:
        """How many users start or stop in all."""
        return abs(self.target_count - self.start_count)

    def done_at(self, now_s: float) -> int:
        """Return how many users have started or stopped by `now_s`."""
        elapsed_s = now_s - self.started_s
        if elapsed_s < 0:
            return 0
        return min(self.length, int(elapsed_s * self.rate_per_s + _ROUNDING) + 1)

    def count_at(self, now_s: float) -> int:
        """Return how many users there should be at `now_s`."""
        done = self.done_at(now_s)
        return self.start_count + (done if self.target_count > self.start_count else -done)

    def next_due_s(self, now_s: float) -> float | None:
        """Return when the next user starts or stops, None when the ramp is complete."""
        done = self.done_at(now_s)
        return None if done >= self.length else self.started_s + done / self.rate_per_s


class Replacements:
    """Which classes lost a user that could not start, and when each may get the next one.

    A class gets at most one replacement in `pause_s`, so a broken `on_start` does not become a
    storm against the server.

    Args:
        pause_s: shortest time between two replacements of a class.
    """

    def __init__(self, pause_s: float = 1.0) -> None:
        """Begin with nothing lost."""
        self._pause_s = pause_s
        self._lost: Counter[str] = Counter()
        self._due_s: dict[str, float] = {}

    def add(self, class_name: str, now_s: float) -> None:
        """Remember that a user of the class died while it started."""
        self._lost[class_name] += 1
        self._due_s[class_name] = max(now_s, self._due_s.get(class_name, now_s))

    def take_due(self, now_s: float) -> list[str]:
        """Return the classes that get a user now, each at most once."""
        due = [name for name in self._lost if self._due_s[name] <= now_s]
        for name in due:
            self._due_s[name] = now_s + self._pause_s
            self._lost[name] -= 1
        self._lost = +self._lost
        return due

    def next_due_s(self) -> float | None:
        """Return when the next replacement is due, None if nothing is lost."""
        return min((self._due_s[name] for name in self._lost), default=None)

    def clear(self) -> None:
        """Forget everything."""
        self._lost.clear()
        self._due_s.clear()


def surplus(assigned: dict[str, int], wanted: dict[str, int]) -> dict[str, int]:
    """Return how many users of each class are too many; classes without surplus are left out."""
    return {
        name: count - wanted.get(name, 0)
        for name, count in assigned.items()
        if count > wanted.get(name, 0)
    }


def fewer(assigned: dict[str, int], wanted: dict[str, int]) -> dict[str, int]:
    """Return what is left when only as many users stop as there are too many in all.

    Where the mix changes too, more users may have to go; those are exchanged, not stopped.
    """
    count = max(0, sum(assigned.values()) - sum(wanted.values()))
    leaving = Counter(islice(Counter(surplus(assigned, wanted)).elements(), count))
    return {name: number - leaving[name] for name, number in assigned.items()}


def exchanges(assigned: dict[str, int], wanted: dict[str, int]) -> list[tuple[str, str]]:
    """Return which class loses and which gets a user, pair by pair, until both mixes are equal."""
    leaving = Counter(surplus(assigned, wanted)).elements()
    coming = Counter(surplus(wanted, assigned)).elements()
    return list(zip(leaving, coming, strict=False))
