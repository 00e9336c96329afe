"""What a user is doing, and what becomes of it when it is paused and resumed."""

from types import SimpleNamespace
from typing import Any

import pytest

from locust_like.errors import StopUser
from locust_like.users.states import (
    LOCUST_STATE_RUNNING,
    LOCUST_STATE_STOPPING,
    LOCUST_STATE_WAITING,
    PAUSED,
    PAUSING,
    obey,
    paused,
    resumed,
)


@pytest.mark.parametrize(
    ("state", "pausing", "again"),
    [
        (None, PAUSED, LOCUST_STATE_WAITING),
        (LOCUST_STATE_RUNNING, PAUSING, LOCUST_STATE_RUNNING),
        (LOCUST_STATE_WAITING, PAUSED, LOCUST_STATE_WAITING),
        (LOCUST_STATE_STOPPING, LOCUST_STATE_STOPPING, LOCUST_STATE_STOPPING),
    ],
)
def test_pausing_and_resuming(state: str | None, pausing: str, again: str) -> None:
    assert paused(state) == pausing
    assert paused(pausing) == pausing
    assert resumed(pausing) == again


class Gate:
    """A gate that opens when somebody waits at it."""

    def __init__(self, user: Any, then: str) -> None:
        self.user, self.then, self.waits = user, then, 0

    def wait(self) -> None:
        self.waits += 1
        assert self.user._state == PAUSED
        self.user._state = self.then


@pytest.mark.parametrize("state", [None, LOCUST_STATE_RUNNING, LOCUST_STATE_WAITING])
def test_nobody_wants_anything_of_the_user(state: str | None) -> None:
    user: Any = SimpleNamespace(_state=state)
    obey(user)
    assert user._state == LOCUST_STATE_RUNNING


@pytest.mark.parametrize("state", [PAUSING, PAUSED])
def test_a_paused_user_waits_at_its_gate(state: str) -> None:
    user: Any = SimpleNamespace(_state=state)
    user.gate = Gate(user, LOCUST_STATE_WAITING)
    obey(user)
    assert (user._state, user.gate.waits) == (LOCUST_STATE_RUNNING, 1)


def test_a_user_that_is_stopped_at_its_gate_stops() -> None:
    user: Any = SimpleNamespace(_state=PAUSING)
    user.gate = Gate(user, LOCUST_STATE_STOPPING)
    with pytest.raises(StopUser):
        obey(user)
