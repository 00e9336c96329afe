"""How user code runs: in a gevent greenlet, taking turns with the others.

This is the one place in `users` that knows gevent. A user gives way whenever it waits for the
engine or for the hub. One that never waits (no request, `constant(0)`) would keep everybody else
from running, so its loop asks `Turn` whether others had theirs.
"""

from collections.abc import Callable
from typing import Any

import gevent
from gevent import Greenlet, GreenletExit, Timeout
from gevent.event import Event
from gevent.pool import Group

from locust_like.users.forks import UserGreenlet, watch_forks

__all__ = ["Event", "Greenlet", "GreenletExit", "Group", "Timeout", "Turn", "give_way", "spawn"]


class Turn:
    """Who ran last among the users of one hub.

    If a user finds itself here at its next iteration, nobody else ran in between, so it has not
    waited for anything and has to give way. With many users that wait for replies this costs an
    attribute comparison an iteration, where `gevent.sleep(0)` costs 1.3 us.
    """

    __slots__ = ("holder",)

    def __init__(self) -> None:
        """Start with nobody's turn."""
        self.holder: object = None

    @staticmethod
    def of_this_thread() -> "Turn":
        """Return the turn that all users of the calling thread's hub share."""
        hub = gevent.get_hub()
        turn: Turn | None = vars(hub).get("locust_like_turn")
        if turn is None:
            turn = hub.locust_like_turn = Turn()
        return turn


def give_way() -> None:
    """Let everybody else who is ready run once, timers and other watchers included."""
    gevent.sleep(0)


def spawn(group: Group, function: Callable[..., Any], *args: object) -> Greenlet:
    """Run a function in a new greenlet of the group; its first argument is the user."""
    watch_forks()
    greenlet = UserGreenlet(function, *args)
    group.start(greenlet)
    return greenlet
