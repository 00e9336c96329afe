"""Users go where the placement says, no faster than they may."""

from collections import Counter

from locust_like._core import Placement
from locust_like.runtime.balance import Balance
from locust_like.runtime.crew import Crew, Member
from locust_like.runtime.spawner import Ramp

from .cluster import Status

MIX = [("A", 1.0, 0), ("B", 1.0, 0)]


class Harness:
    """A balance of workers, and a clock of its own."""

    def __init__(self, workers: int) -> None:
        self.crew = Crew()
        for index in range(workers):
            self.crew.admit(Status(index, f"w{index}")).is_ready = True
        self.told: Counter[int] = Counter()
        self.balance = Balance(self.crew, self._tell, Placement)
        self.balance.begin(MIX)

    def _tell(self, member: Member) -> None:
        self.told[member.index] += 1

    def go(self, ramp: Ramp, until_s: float) -> None:
        """Follow a ramp from its start, looking twenty times a second."""
        self.balance.follow(ramp)
        self.look(ramp.started_s, until_s)

    def look(self, from_s: float, until_s: float) -> None:
        for look in range(round((until_s - from_s) * 20) + 1):
            self.balance._step(from_s + look / 20)

    def users(self) -> list[int]:
        return [sum(member.assigned.values()) for member in self.crew.here]


def test_a_ramp_is_shared_evenly_all_the_way() -> None:
    harness = Harness(4)
    harness.go(Ramp(0, 40, 10.0, 0.0), 2.0)
    assert sum(harness.users()) == 21
    assert max(harness.users()) - min(harness.users()) <= 1
    harness.look(2.0, 5.0)
    assert harness.users() == [10, 10, 10, 10]
    assert harness.balance.counts() == {"A": 20, "B": 20}


def test_users_of_a_lost_worker_are_back_in_half_a_second() -> None:
    harness = Harness(2)
    harness.go(Ramp(0, 40, 100.0, 0.0), 1.0)
    harness.crew.lose(1)
    harness.balance._placement.set_workers(harness.crew.for_placement())
    harness.balance._pacing.restore(harness.balance.placed, 10.0)
    harness.look(10.0, 10.6)
    assert harness.users() == [40]


def test_who_joins_gets_users_at_the_spawn_rate() -> None:
    harness = Harness(1)
    harness.go(Ramp(0, 40, 10.0, 0.0), 5.0)
    harness.crew.admit(Status(1, "late")).is_ready = True
    harness.balance._placement.set_workers(harness.crew.for_placement())
    harness.look(5.0, 6.0)
    moved = harness.users()[1]
    assert 8 <= moved <= 12
    assert sum(harness.users()) == 40
    harness.look(6.0, 8.0)
    assert harness.users() == [20, 20]


def test_nobody_is_told_when_nothing_changes() -> None:
    harness = Harness(2)
    harness.go(Ramp(0, 4, 100.0, 0.0), 1.0)
    told = harness.told.copy()
    harness.look(1.0, 3.0)
    assert harness.told == told


def test_other_weights_exchange_users() -> None:
    harness = Harness(2)
    harness.go(Ramp(0, 40, 100.0, 0.0), 1.0)
    harness.balance.change_mix([("A", 3.0, 0), ("B", 1.0, 0)])
    harness.go(Ramp(40, 40, 100.0, 2.0), 3.0)
    assert harness.balance.counts() == {"A": 30, "B": 10}
    assert harness.users() == [20, 20]
