"""What a user is doing, and how it is told to stop or to pause.

::

    running ──> waiting ──> running      between two tasks
    running ──> stopping                 ends after its task
    running ──> pausing ──> paused       takes no other task until it is resumed
    waiting ──> paused ──> running

Whoever wants something of a user changes its state; the user looks between two tasks. So the loop
of tasks compares the state once an iteration, and pausing costs nothing while nobody pauses.

Source: the first three words are Locust's.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from locust_like.errors import StopUser

if TYPE_CHECKING:
    from locust_like.users.user import User

_logger = logging.getLogger(__name__)

LOCUST_STATE_RUNNING = "running"
LOCUST_STATE_WAITING = "waiting"
LOCUST_STATE_STOPPING = "stopping"
PAUSING = "pausing"
PAUSED = "paused"
FORKED = "forked"
"""In a process that a task forked: there is no next task."""

IDLE = frozenset({None, LOCUST_STATE_WAITING, PAUSED})
"""States in which a user has nothing to finish, so that it may be ended at once."""


def paused(state: str | None) -> str | None:
    """Return what a state becomes when the user is paused; one that stops goes on stopping."""
    if state in (LOCUST_STATE_RUNNING, PAUSING):
        return PAUSING
    return PAUSED if state in IDLE else state


def resumed(state: str | None) -> str | None:
    """Return what a state becomes when the user goes on."""
    return {PAUSING: LOCUST_STATE_RUNNING, PAUSED: LOCUST_STATE_WAITING}.get(state or "", state)


def obey(user: User) -> None:
    """Do what a user was told before it takes a task: stop, or wait until it is resumed.

    Raises:
        StopUser: the user is stopping.
        SystemExit: this is a process that the user's task forked.
    """
    while user._state in (PAUSING, PAUSED):
        user._state = PAUSED
        user.gate.wait()
    if user._state == FORKED:
        _logger.warning(
            "a task forked process %d and let it come back to the run: it ends here "
            "(end it with os._exit(0))",
            os.getpid(),
        )
        raise SystemExit
    if user._state == LOCUST_STATE_STOPPING:
        raise StopUser
    user._state = LOCUST_STATE_RUNNING
