"""How fast a master changes who runs what."""

import pytest

from locust_like.runtime.pacing import RESTORE_WITHIN_S, Pacing
from locust_like.runtime.spawner import Ramp


def test_a_ramp_is_never_held_up() -> None:
    pacing = Pacing(Ramp(0, 100, 10.0, 0.0))
    assert pacing.next(0.0, 0) == (1, 1)
    assert pacing.next(1.0, 1)[0] == 11
    assert pacing.next(1.0, 1)[1] >= 10
    assert not pacing.is_over(5.0)
    assert pacing.is_over(10.0)


def test_users_that_were_lost_come_back_within_half_a_second() -> None:
    pacing = Pacing(Ramp(0, 100, 1000.0, 0.0))
    pacing.next(60.0, 100)
    pacing.restore(50, 60.0)
    assert not pacing.is_over(60.0)
    back = 50
    for step in range(1, 11):
        target, most = pacing.next(60.0 + step * RESTORE_WITHIN_S / 10, back)
        assert target == 100
        back = min(100, back + most)
        assert back >= 50 + step * 5
    assert pacing.is_over(60.0 + RESTORE_WITHIN_S)


def test_they_come_back_evenly_when_the_spawn_rate_is_low() -> None:
    pacing = Pacing(Ramp(0, 1000, 1.0, 0.0))
    pacing.next(5000.0, 1000)
    pacing.restore(500, 5000.0)
    _, most = pacing.next(5000.0 + RESTORE_WITHIN_S / 2, 500)
    assert 250 <= most <= 252


@pytest.mark.parametrize(("rate_per_s", "in_a_minute"), [(0.5, 30), (4.0, 240), (200.0, 12_000)])
def test_exchanges_go_at_the_spawn_rate(rate_per_s: float, in_a_minute: int) -> None:
    pacing = Pacing(Ramp(10, 10, rate_per_s, 0.0))
    done = 0
    for look in range(1, 60 * 20 + 1):
        _, most = pacing.next(look / 20, 10)
        assert most <= max(1, rate_per_s / 10)
        pacing.used(most)
        done += most
    assert in_a_minute * 0.98 <= done <= in_a_minute


def test_users_that_stop_are_not_held_up_either() -> None:
    pacing = Pacing(Ramp(100, 0, 1000.0, 0.0))
    pacing.restore(100, 0.0)
    assert pacing.next(1.0, 100)[1] >= 100
