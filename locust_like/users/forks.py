"""What becomes of a process that a task forks, with `os.fork` or `multiprocessing`.

The child is a copy of the whole run: of its users, its outputs, its handlers of signals. Left to
itself, all of it would go on there as soon as the child waits for something, write over what the
parent writes, and hear no SIGTERM. So in the child the greenlet that forked goes on alone, on a hub
of its own; when it ends, or would take its next task, the process ends.

Programs that are started (`subprocess`) are not meant: they run no Python of ours.

Source: gevent's notes on `gevent.os.fork`: all greenlets and watchers exist in the child.
"""

import logging
import os
import signal
import sys
from functools import cache
from typing import Any, NoReturn

import gevent
from gevent import getcurrent, monkey
from gevent import hub as gevent_hub

from locust_like.users.states import FORKED

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_logger = logging.getLogger(__name__)


class UserGreenlet(gevent.Greenlet):  # type: ignore[misc]  # gevent ships no types for it
    """A greenlet that does not remember the stack which spawned it: that costs 10 us and 1 KB."""

    spawning_stack_limit = 0


@cache
def watch_forks() -> None:
    """From now on, what tasks fork goes on alone; called when the first user starts."""
    os.register_at_fork(before=_hear_of_the_first_child, after_in_child=_go_on_alone)


def end_child(status: int = 0) -> NoReturn:
    """End a forked process, and nothing of the run with it: no handlers, no buffers."""
    os._exit(status)


def _hear_of_the_first_child() -> None:
    """Let gevent's waitpid hear of a child that ends at once.

    gevent asks for SIGCHLD only after its first fork: who waits for a child that has ended by then
    would wait for ever.
    """
    if monkey.is_object_patched("os", "fork") and _user_of(getcurrent()) is not None:
        gevent.get_hub().loop.install_sigchld()


def _go_on_alone() -> None:
    """In the child: leave everything but the greenlet that forked, if a user's task did."""
    current = getcurrent()
    user = _user_of(current)
    if user is None:
        return
    user._state = FORKED
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The loop is not only left but destroyed: there is one that hears of children that end.
    loop = gevent.get_hub().loop
    gevent_hub.set_hub(None)
    gevent_hub.set_loop(None)
    loop.destroy()
    hub = gevent.get_hub()
    end = gevent_hub.RawGreenlet(_end, current.parent)
    end.switch(current)
    hub.parent = end
    current.parent = hub


def _user_of(started: Any) -> Any:
    """Return the user in whose greenlet, or a descendant of it, this is; None: in no one's."""
    while started is not None and not isinstance(started, UserGreenlet):
        spawned_by = getattr(started, "spawning_greenlet", None)
        started = spawned_by() if spawned_by is not None else None
    return None if started is None else started.args[0]


def _end(back: Any) -> None:
    """Wait for the end of what went on, and end the process."""
    try:
        back.switch()
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            sys.stderr.write(f"{end.code}\n")
            end_child(1)
        end_child(end.code or 0)
    except BaseException:
        _logger.exception("a process that a task forked ends with an exception")
        end_child(1)
    end_child()
