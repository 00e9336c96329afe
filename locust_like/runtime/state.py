"""The states of a run and the transitions between them.

::

    ready ──> spawning <──> running
                 │             │
                 └> stopping <─┘
                        │
                     cleanup ──> stopped ──> spawning

Source: the words are Locust's.
"""

from enum import StrEnum

from locust_like.errors import LocustError


class State(StrEnum):
    """Where a run is; compares equal to Locust's words."""

    READY = "ready"
    SPAWNING = "spawning"
    RUNNING = "running"
    STOPPING = "stopping"
    CLEANUP = "cleanup"
    STOPPED = "stopped"

    __repr__ = str.__repr__  # scripts compare and print words


LOADING = "loading"
"""The state of a worker that has not imported its locustfile, as its master sees it."""
MISSING = "missing"
"""The state of a worker that was lost, as its master sees it; no run is ever in it."""

_NEXT: dict[State, frozenset[State]] = {
    State.READY: frozenset({State.SPAWNING}),
    State.SPAWNING: frozenset({State.SPAWNING, State.RUNNING, State.STOPPING}),
    State.RUNNING: frozenset({State.SPAWNING, State.STOPPING}),
    State.STOPPING: frozenset({State.CLEANUP}),
    State.CLEANUP: frozenset({State.STOPPED}),
    State.STOPPED: frozenset({State.SPAWNING}),
}

ACTIVE = frozenset({State.SPAWNING, State.RUNNING})
ENDING = frozenset({State.STOPPING, State.CLEANUP})


def changed(current: State, to: State) -> State:
    """Return the new state.

    Raises:
        LocustError: the run cannot go from `current` to `to`.
    """
    if to not in _NEXT[current]:
        msg = f"a run that is {current} cannot become {to}"
        raise LocustError(msg)
    return to
