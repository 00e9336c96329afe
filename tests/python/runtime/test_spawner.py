"""When users start and stop, as pure functions of a clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locust_like.runtime.spawner import Ramp, Replacements, fewer, surplus


def test_the_first_user_starts_at_once_and_the_others_at_equal_distances() -> None:
    ramp = Ramp(0, 4, rate_per_s=2.0, started_s=10.0)
    times = [9.9, 10.0, 10.4, 10.5, 11.0, 11.4, 11.5, 99.0]
    assert [ramp.count_at(t) for t in times] == [0, 1, 1, 2, 3, 3, 4, 4]


def test_a_ramp_down_is_the_same_backwards() -> None:
    ramp = Ramp(3, 1, rate_per_s=1.0, started_s=0.0)
    assert [ramp.count_at(t) for t in (0.0, 0.5, 1.0, 2.0)] == [2, 2, 1, 1]


def test_rates_below_one_have_their_pauses() -> None:
    ramp = Ramp(0, 3, rate_per_s=0.5, started_s=0.0)
    assert ramp.next_due_s(0.0) == 2.0
    assert ramp.next_due_s(2.0) == 4.0
    assert ramp.next_due_s(4.0) is None


def test_a_ramp_to_where_one_is_has_nothing_due() -> None:
    ramp = Ramp(5, 5, rate_per_s=1.0, started_s=0.0)
    assert ramp.next_due_s(0.0) is None
    assert ramp.count_at(0.0) == 5


@given(
    st.integers(0, 2000),
    st.integers(0, 2000),
    st.floats(0.01, 1e5),
    st.floats(0, 1e6),
)
def test_looking_when_something_is_due_always_gets_on(
    start: int, target: int, rate_per_s: float, started_s: float
) -> None:
    ramp = Ramp(start, target, rate_per_s, started_s)
    now_s, done = started_s, ramp.done_at(started_s)
    for _ in range(5):
        due_s = ramp.next_due_s(now_s)
        if due_s is None:
            break
        now_s = max(due_s, now_s) + 1e-3
        assert ramp.done_at(now_s) > done
        done = ramp.done_at(now_s)
    assert ramp.count_at(started_s + ramp.length / rate_per_s + 1) == target


@pytest.mark.parametrize("rate", [0, -1, float("inf"), float("nan")])
def test_a_rate_is_above_zero_and_finite(rate: float) -> None:
    with pytest.raises(ValueError, match="spawn rate"):
        Ramp(0, 1, rate, 0.0)


def test_a_target_is_not_negative() -> None:
    with pytest.raises(ValueError, match="number of users"):
        Ramp(0, -1, 1, 0.0)


def test_the_first_replacement_is_due_at_once_the_next_after_the_pause() -> None:
    lost = Replacements(pause_s=1.0)
    lost.add("A", 10.0)
    lost.add("A", 10.0)
    assert lost.next_due_s() == 10.0
    assert lost.take_due(10.0) == ["A"]
    assert lost.take_due(10.5) == []
    assert lost.next_due_s() == 11.0
    assert lost.take_due(11.0) == ["A"]
    assert lost.next_due_s() is None


def test_a_replacement_that_dies_again_waits_for_the_pause_too() -> None:
    lost = Replacements(pause_s=1.0)
    lost.add("A", 10.0)
    lost.take_due(10.0)
    lost.add("A", 10.1)
    assert lost.next_due_s() == 11.0


def test_classes_do_not_wait_for_each_other() -> None:
    lost = Replacements(pause_s=1.0)
    lost.add("A", 10.0)
    lost.take_due(10.0)
    lost.add("B", 10.2)
    assert lost.take_due(10.2) == ["B"]


def test_clearing_forgets() -> None:
    lost = Replacements()
    lost.add("A", 10.0)
    lost.clear()
    assert lost.next_due_s() is None


def test_no_more_users_stop_than_are_too_many_in_all() -> None:
    assert fewer({"A": 6, "B": 0}, {"A": 2, "B": 2}) == {"A": 4, "B": 0}
    assert fewer({"A": 3, "B": 3}, {"A": 1, "B": 1}) == {"A": 1, "B": 1}
    assert fewer({"A": 3}, {"B": 3}) == {"A": 3}


def test_surplus_names_only_classes_with_too_many() -> None:
    assert surplus({"A": 3, "B": 1, "C": 2}, {"A": 1, "B": 1}) == {"A": 2, "C": 2}
