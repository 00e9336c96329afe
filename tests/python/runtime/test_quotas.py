"""Executions are lent so that all workers together begin exactly as many as there are."""

import random

import pytest

from locust_like.runtime.documents import IterationsNow, Quota
from locust_like.runtime.quotas import PATIENCE_S, Quotas


def say(
    quotas: Quotas, index: int, taken: int, done: int, *, wanted: bool = False, back: int = 0
) -> None:
    quotas.report(index, IterationsNow(7, taken, done, wanted, back))


def lent(limit: int) -> Quotas:
    """Return quotas of which worker 0 has half."""
    quotas = Quotas(limit)
    say(quotas, 0, 0, 0, wanted=True)
    quotas.lend([0], 0.0)
    return quotas


def test_who_asks_gets_a_share_of_what_is_left() -> None:
    quotas = Quotas(100)
    say(quotas, 0, 0, 0, wanted=True)
    assert quotas.lend([0, 1], 0.0) == [0]
    assert quotas.of_worker(0) == Quota(25)
    assert quotas.of_worker(1) == Quota(0)
    say(quotas, 1, 0, 0, wanted=True)
    assert quotas.lend([0, 1], 0.0) == [1]
    assert quotas.of_worker(1) == Quota(18)


def test_who_has_not_asked_gets_nothing() -> None:
    quotas = Quotas(100)
    assert quotas.lend([0, 1], 0.0) == []
    say(quotas, 0, 0, 0)
    assert quotas.lend([0], 0.0) == []


def test_portions_are_about_what_a_second_needs() -> None:
    quotas = Quotas(1_000_000)
    portions, last = [], 0
    for now_s in (0.0, 0.1, 0.2, 2.0, 10.0):
        say(quotas, 0, last, last, wanted=True)
        quotas.lend([0], now_s)
        limit = quotas.of_worker(0).limit
        portions.append(limit - last)
        last = limit
    assert portions == [64, 128, 256, 256, 128]


@pytest.mark.parametrize("seed", range(50))
def test_the_sum_is_exact_whoever_asks_goes_and_comes_back(seed: int) -> None:
    order = random.Random(seed)
    limit, workers = order.randint(1, 500), range(order.randint(1, 5))
    quotas, back = Quotas(limit), dict.fromkeys(workers, 0)
    taken, gone = dict.fromkeys(workers, 0), set[int]()
    now_s = 0.0
    while not quotas.is_done:
        now_s += order.random() * PATIENCE_S
        index = order.choice(workers)
        may = quotas.of_worker(index).limit - back[index]
        taken[index] = order.randint(taken[index], may)
        assert sum(taken.values()) <= limit
        what = order.random()
        if what < 0.1 and not gone:
            gone.add(index)
            quotas.lose(index, now_s, at_once=False)
        elif index in gone:
            gone.remove(index)
            quotas.regain(index)
            back[index] += may - taken[index]
        if index not in gone:
            wanted = taken[index] == quotas.of_worker(index).limit - back[index]
            say(quotas, index, taken[index], taken[index], wanted=wanted, back=back[index])
        if len(gone) < len(workers):
            quotas.lend([one for one in workers if one not in gone], now_s)
    assert sum(taken.values()) == limit


def test_what_a_lost_worker_has_is_never_lent_again_but_waited_for() -> None:
    quotas = lent(10)
    say(quotas, 0, 4, 3)
    quotas.lose(0, 100.0, at_once=False)
    assert quotas.left == 5
    assert quotas.forfeit(100.0 + PATIENCE_S - 1) == {}
    say(quotas, 1, 0, 0, wanted=True)
    while quotas.left:
        quotas.lend([1], 101.0)
        has = quotas.of_worker(1).limit
        say(quotas, 1, has, has, wanted=True)
    waits = (quotas.is_done, quotas.forfeit(100.0 + PATIENCE_S), quotas.is_done)
    assert waits == (False, {0: 2}, True)
    assert quotas.forfeit(200.0) == {}
    assert quotas.left == 0


def test_who_comes_back_keeps_what_it_has_however_late() -> None:
    quotas = lent(10)
    quotas.lose(0, 100.0, at_once=False)
    quotas.forfeit(200.0)
    quotas.regain(0)
    assert quotas.forfeit(1000.0) == {}
    assert quotas.of_worker(0) == Quota(5)
    assert not quotas.is_done


def test_what_is_given_back_is_lent_again() -> None:
    quotas = lent(10)
    say(quotas, 0, 2, 2, back=3)
    assert quotas.left == 8
    say(quotas, 0, 2, 2, wanted=True, back=3)
    quotas.lend([0], 5.0)
    assert quotas.of_worker(0) == Quota(9), "it counts all that was ever lent"
    say(quotas, 0, 6, 6, back=3)
    assert quotas.left == 4


def test_who_has_ended_is_not_waited_for() -> None:
    quotas = lent(10)
    say(quotas, 0, 2, 2)
    quotas.lose(0, 100.0, at_once=True)
    assert quotas.forfeit(100.0) == {0: 3}


@pytest.mark.parametrize("figures", [(6, 0, 0), (1, 2, 0), (-1, -1, 0), (3, 3, 3), (0, 0, -1)])
def test_figures_that_cannot_be_are_refused(figures: tuple[int, int, int]) -> None:
    taken, done, back = figures
    quotas = lent(10)
    with pytest.raises(ValueError, match="was lent 5"):
        say(quotas, 0, taken, done, back=back)
    assert quotas.left == 5
