"""Executions are lent so that all workers together begin exactly as many as there are."""

import random

import pytest

from locust_like.runtime.documents import Quota
from locust_like.runtime.quotas import RETURN_AFTER_S, Quotas


def test_who_asks_gets_a_share_of_what_is_left() -> None:
    quotas = Quotas(100)
    quotas.report(0, 0, 0, wanted=True)
    assert quotas.lend([0, 1]) == [0]
    assert quotas.of_worker(0) == Quota(25)
    assert quotas.of_worker(1) == Quota(0)
    quotas.report(1, 0, 0, wanted=True)
    assert quotas.lend([0, 1]) == [1]
    assert quotas.of_worker(1) == Quota(18)


def test_who_has_not_asked_gets_nothing() -> None:
    quotas = Quotas(100)
    assert quotas.lend([0, 1]) == []
    quotas.report(0, 3, 3, wanted=False)
    assert quotas.lend([0]) == []


@pytest.mark.parametrize("seed", range(20))
def test_the_sum_is_exact_in_whatever_order_workers_ask(seed: int) -> None:
    order = random.Random(seed)
    limit, workers = order.randint(1, 500), range(order.randint(1, 5))
    quotas, taken = Quotas(limit), dict.fromkeys(workers, 0)
    while not quotas.is_done:
        index = order.choice(workers)
        may = quotas.of_worker(index).limit
        taken[index] = order.randint(taken[index], may)
        quotas.report(index, taken[index], taken[index], wanted=taken[index] == may)
        quotas.lend(workers)
    assert sum(taken.values()) == limit
    assert quotas.of_worker(0).is_last


def test_what_a_lost_worker_has_is_lent_again_when_it_must_have_stopped() -> None:
    quotas = Quotas(10)
    quotas.report(0, 0, 0, wanted=True)
    quotas.lend([0])
    quotas.report(0, 4, 3, wanted=False)
    quotas.lose(0, 100.0, at_once=False)
    assert quotas.left == 5
    assert not quotas.returned(100.0 + RETURN_AFTER_S - 1)
    assert quotas.returned(100.0 + RETURN_AFTER_S)
    assert quotas.left == 7


def test_who_comes_back_in_time_keeps_what_it_has() -> None:
    quotas = Quotas(10)
    quotas.report(0, 0, 0, wanted=True)
    quotas.lend([0])
    quotas.lose(0, 100.0, at_once=False)
    quotas.regain(0)
    assert not quotas.returned(1000.0)
    assert quotas.of_worker(0) == Quota(5)


def test_who_has_said_that_it_ends_gives_back_at_once() -> None:
    quotas = Quotas(10)
    quotas.report(0, 0, 0, wanted=True)
    quotas.lend([0])
    quotas.report(0, 2, 2, wanted=False)
    quotas.lose(0, 100.0, at_once=True)
    assert quotas.returned(100.0)
    assert quotas.left == 8
