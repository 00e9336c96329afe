"""States follow one another only as the drawing says."""

import pytest

from locust_like.errors import LocustError
from locust_like.runtime.state import ACTIVE, State, changed


def test_states_are_locusts_words() -> None:
    words = ["ready", "spawning", "running", "stopping", "cleanup", "stopped"]
    assert list(State) == words
    assert [f"{state}" for state in State] == words


def test_a_whole_life_is_legal() -> None:
    life = [
        "ready",
        "spawning",
        "running",
        "spawning",
        "stopping",
        "cleanup",
        "stopped",
        "spawning",
    ]
    state = State.READY
    for word in life[1:]:
        state = changed(state, State(word))
    assert state in ACTIVE


@pytest.mark.parametrize(
    ("current", "to"),
    [("ready", "running"), ("running", "stopped"), ("stopped", "running"), ("cleanup", "spawning")],
)
def test_short_cuts_are_refused(current: str, to: str) -> None:
    with pytest.raises(LocustError, match=f"{current} cannot become {to}"):
        changed(State(current), State(to))
