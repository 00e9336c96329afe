"""How a worker uses up what it was lent, and asks for more."""

import gevent

from locust_like.runtime.documents import IterationsNow, Quota
from locust_like.runtime.loans import LentIterations


def test_it_asks_before_the_last_one_is_used() -> None:
    told: list[IterationsNow] = []
    loans = LentIterations(7, told.append)
    assert not loans.take()
    assert told == [IterationsNow(7, 0, 0, wanted=True)]
    loans.grow(Quota(8))
    assert [loans.take() for _ in range(4)] == [True] * 4
    assert told[1:] == [IterationsNow(7, 4, 0, wanted=True)]
    assert [loans.take() for _ in range(5)] == [True] * 4 + [False]
    assert len(told) == 2


def test_the_last_end_is_told_at_once() -> None:
    told: list[IterationsNow] = []
    loans = LentIterations(7, told.append)
    loans.grow(Quota(2))
    for _ in range(2):
        assert loans.take()
    loans.done()
    loans.done()
    assert told[-1] == IterationsNow(7, 2, 2, wanted=True)


def test_nothing_is_told_twice() -> None:
    told: list[IterationsNow] = []
    loans = LentIterations(7, told.append)
    loans.tell()
    loans.tell()
    assert len(told) == 1


def test_who_waits_goes_on_when_there_is_more() -> None:
    loans = LentIterations(7, lambda _: None)
    waiting = gevent.spawn(loans.wait)
    gevent.sleep(0)
    loans.grow(Quota(0))
    gevent.sleep(0)
    assert not waiting.ready()
    loans.grow(Quota(1))
    waiting.join()
    assert loans.take()


def test_what_is_given_back_can_no_longer_be_taken() -> None:
    told: list[IterationsNow] = []
    loans = LentIterations(7, told.append)
    loans.grow(Quota(8))
    assert [loans.take() for _ in range(2)] == [True, True]
    loans.give_back()
    loans.give_back()
    assert told == [IterationsNow(7, 2, 0, wanted=False, given_back=6)]
    assert not loans.take()
    assert told[1:] == [IterationsNow(7, 2, 0, wanted=True, given_back=6)]
    loans.grow(Quota(9))
    assert [loans.take() for _ in range(2)] == [True, False]
