"""Wait times, on a clock of the test's own."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locust_like.users import wait_time
from locust_like.users.tasksets import TaskSet
from locust_like.users.user import User


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def owner(clock: Clock) -> SimpleNamespace:
    return SimpleNamespace(_pace_s=clock(), _last_wait_s=0.0)


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_between_stays_in_its_bounds(low_s: float, span_s: float) -> None:
    wait_s = wait_time.between(low_s, low_s + span_s)(None)
    assert low_s <= wait_s <= (low_s + span_s) * (1 + 1e-12)


def test_constant_is_constant() -> None:
    assert wait_time.constant(4)(None) == 4


def test_pacing_fills_up_the_period() -> None:
    clock = Clock()
    pace, user = wait_time.constant_pacing(1.0, clock), owner(clock)
    clock.now_s += 0.25
    assert pace(user) == pytest.approx(0.75)
    clock.now_s += 0.75 + 0.5
    assert pace(user) == pytest.approx(0.5)


def test_pacing_corrects_a_sleep_that_was_too_long() -> None:
    clock = Clock()
    pace, user = wait_time.constant_pacing(1.0, clock), owner(clock)
    assert pace(user) == 1.0
    clock.now_s += 1.1
    assert pace(user) == pytest.approx(0.9)


def test_pacing_never_catches_up_on_missed_slots() -> None:
    clock = Clock()
    pace, user = wait_time.constant_pacing(1.0, clock), owner(clock)
    clock.now_s += 5.0
    assert pace(user) == 0.0
    clock.now_s += 0.25
    assert pace(user) == pytest.approx(0.75)


def test_two_users_of_a_class_have_two_paces() -> None:
    clock = Clock()
    pace = wait_time.constant_pacing(1.0, clock)
    first, second = owner(clock), owner(clock)
    clock.now_s += 0.5
    assert pace(first) == pytest.approx(0.5)
    clock.now_s += 0.25
    assert pace(second) == pytest.approx(0.25)


def test_throughput_is_pacing_by_its_inverse() -> None:
    user = SimpleNamespace(_pace_s=float("inf"), _last_wait_s=0.0)
    assert wait_time.constant_throughput(4)(user) == float("inf")
    user._pace_s = float("-inf")
    assert wait_time.constant_throughput(4)(user) == 0


@pytest.mark.parametrize("make", [wait_time.constant_throughput, wait_time.poisson])
@pytest.mark.parametrize("rate", [0, -1])
def test_rates_are_above_zero(make: type, rate: float) -> None:
    with pytest.raises(ValueError, match="requires a positive rate"):
        make(rate)


def test_poisson_waits_are_never_negative() -> None:
    wait = wait_time.poisson(1000)
    assert all(wait(None) >= 0 for _ in range(100))


@pytest.mark.parametrize("base", [User, TaskSet])
def test_a_plain_number_is_refused_with_what_to_write(base: type) -> None:
    with pytest.raises(TypeError, match=r"of Visitor is a number; write wait_time = constant\(5\)"):
        type("Visitor", (base,), {"wait_time": 5})


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(
        TypeError, match=r"of Visitor is '5'; write wait_time = constant\(SECONDS\)"
    ):
        type("Visitor", (User,), {"wait_time": "5"})


@pytest.mark.parametrize("base", [User, TaskSet])
def test_min_wait_and_max_wait_are_milliseconds(base: type) -> None:
    old: Any = type("Old", (base,), {"min_wait": 500, "max_wait": 1500})
    waits = [old.wait_time(None) for _ in range(50)]
    assert all(0.5 <= wait <= 1.5 for wait in waits)
    assert len(set(waits)) > 1
