"""Placement from Python: its words and types; what it decides is tested in C++."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locust_like._core import Placement, UserSequence

CLASSES = [("B", 1.0, 0), ("A", 3.0, 0), ("F", 1.0, 2)]
WORKERS = [(4, "two", 1.0), (3, "one", 2.0), (7, "one", 1.0)]


@pytest.fixture
def placement() -> Placement:
    """Return 40 users on three workers, one of which is twice as heavy."""
    placement = Placement(CLASSES)
    assert placement.set_workers(WORKERS) == {}
    placement.step(40, 100)
    return placement


def test_counts_are_those_of_the_sequence_and_zeros_are_named(placement: Placement) -> None:
    assert placement.placed == 40
    assert placement.counts() == UserSequence(CLASSES).users_at(40)
    placement.step(0, 100)
    assert placement.counts() == {"A": 0, "B": 0, "F": 0}
    assert placement.of_worker(3) == {"A": 0, "B": 0, "F": 0}


def test_a_heavier_worker_has_more_users(placement: Placement) -> None:
    assert [sum(placement.of_worker(i).values()) for i in (3, 4, 7)] == [20, 10, 10]
    assert placement.of_worker(5) == {}


def test_a_step_tells_what_it_changed(placement: Placement) -> None:
    assert placement.is_settled(40)
    assert placement.step(40, 10) == {}
    before = {index: placement.of_worker(index) for index in (3, 4, 7)}
    for target in (42, 11, 25):
        changed = placement.step(target, 100)
        after = {index: placement.of_worker(index) for index in before}
        assert changed == {
            index: differences
            for index, counts in after.items()
            if (differences := {
                name: count - before[index][name]
                for name, count in counts.items()
                if count != before[index][name]
            })
        }  # fmt: skip
        before = after


def test_users_of_a_worker_that_is_gone_are_returned_and_placed_again(placement: Placement) -> None:
    had = placement.of_worker(3)
    assert placement.set_workers([WORKERS[0], WORKERS[2]]) == {3: had}
    assert placement.placed == 20
    assert not placement.is_settled(40)
    placement.step(40, 20)
    assert placement.is_settled(40)
    assert placement.counts() == UserSequence(CLASSES).users_at(40)


def test_classes_can_be_replaced_while_they_run(placement: Placement) -> None:
    new = [("A", 1.0, 0), ("C", 1.0, 0)]
    placement.set_classes(new)
    assert placement.counts()["B"] > 0
    while not placement.is_settled(40):
        placement.step(40, 3)
        assert placement.placed == 40
    assert placement.counts() == {"A": 20, "C": 20, "B": 0, "F": 0}


def test_wrong_values_are_refused_with_what_is_wrong(placement: Placement) -> None:
    with pytest.raises(ValueError, match="class A is there twice"):
        Placement([("A", 1.0, 0), ("A", 2.0, 0)])
    with pytest.raises(ValueError, match="class B is there twice"):
        placement.set_classes([("B", 1.0, 0), ("B", 2.0, 0)])
    with pytest.raises(ValueError, match="worker 4 is there twice"):
        placement.set_workers([(4, "a", 1.0), (4, "b", 1.0)])
    with pytest.raises(ValueError, match=r"worker 1: a weight is 0\.001 to 1000"):
        placement.set_workers([(1, "a", 0.0)])
    assert placement.is_settled(40)


@settings(deadline=None)
@given(
    workers=st.dictionaries(st.integers(0, 30), st.sampled_from([0.5, 1.0, 1.0, 4.0]), min_size=1),
    later=st.dictionaries(st.integers(0, 30), st.sampled_from([0.5, 1.0, 1.0, 4.0]), min_size=1),
    targets=st.lists(st.integers(0, 200), min_size=1, max_size=5),
    most=st.integers(1, 50),
)
def test_it_settles_where_it_should_whatever_comes(
    workers: dict[int, float], later: dict[int, float], targets: list[int], most: int
) -> None:
    placement = Placement(CLASSES)
    for here in (workers, later):
        placement.set_workers([(i, f"host{i % 3}", weight) for i, weight in here.items()])
        for target in targets:
            steps = 0
            while not placement.is_settled(target):
                placement.step(target, most)
                steps += 1
                assert steps <= 800 / most + 5
            assert placement.counts() == UserSequence(CLASSES).users_at(target)
            for index, weight in here.items():
                users = sum(placement.of_worker(index).values())
                assert abs(users - target * weight / sum(here.values())) < 1
