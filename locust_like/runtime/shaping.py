"""Follows a load shape: asks it once a second, and takes the runner where it says.

A tick never waits for a ramp: a new answer replaces the ramp that is under way. (In Locust the
next tick of a master waits until the ramp has ended, so stages can be missed.)

Where a tick names user classes, they are those of new users, and the others stay. So who is to run
is planned here, user by user, and the runner is told how many of each class there are to be.

Source: Locust's Runner.shape_worker, and its dispatcher, which stops the newest users first.
"""

from __future__ import annotations

import logging
from collections import Counter
from time import monotonic
from typing import TYPE_CHECKING, Any

import gevent
from gevent.event import Event

from locust_like._core import UserSequence
from locust_like.errors import TaskSignal
from locust_like.runtime.exceptions import traceback_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from locust_like.plan.shapes import LoadTestShape, Tick
    from locust_like.runtime.runner import BaseRunner
    from locust_like.users.user import User


_logger = logging.getLogger("locust.runners")


class Staffing:
    """Who runs, user by user, where the classes of new users change and those of others do not."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Begin with users who run already."""
        self._placed = list(Counter(counts).elements())
        self._counts = Counter(counts)
        self._sequence = UserSequence([])

    def choose_from(self, classes: Sequence[type[User]]) -> None:
        """Let new users be of these classes, by their weights."""
        self._sequence = UserSequence(
            [(cls.__name__, float(cls.weight), cls.fixed_count) for cls in classes]
        )

    def go_to(self, users: int) -> dict[str, int]:
        """Return how many users of each class there are to be; the newest ones leave first."""
        while len(self._placed) > users:
            self._counts[self._placed.pop()] -= 1
        while len(self._placed) < users:
            name = self._sequence.next(self._counts)
            if name is None:
                break
            self._placed.append(name)
            self._counts[name] += 1
        return dict(self._counts)


class ShapeFollower:
    """Takes a runner through the load shape of its environment.

    Args:
        runner: whose users they are.

    Attributes:
        greenlet: follows the shape; None while none is followed.
        ended: is set when a shape has come to its end by itself.
        last_tick: what the shape said last.
    """

    tick_s = 1.0
    """How often the shape is asked."""

    def __init__(self, runner: BaseRunner) -> None:
        """Tell the shape, if there is one, whose it is; do nothing else yet."""
        self.greenlet: gevent.Greenlet | None = None
        self.ended = Event()
        self.last_tick: Tick | None = None
        self._runner = runner
        self._staffing: Staffing | None = None
        self._classes: Sequence[type[User]] | None = None
        self._introduce()

    def begin(self) -> None:
        """Follow the shape from its beginning, unless it is followed already.

        Raises: ValueError when there is none.
        """
        if self.greenlet is not None:
            _logger.info("There is an ongoing shape test running. Editing is disabled")
            return
        shape = self._introduce()
        if shape is None:
            raise ValueError("the environment has no load shape")
        _logger.info("Shape test starting.")
        self.last_tick = self._staffing = self._classes = None
        self.ended.clear()
        shape.reset_time()
        self.greenlet = self._runner.greenlet.spawn(self._follow, shape)
        # Until the first tick, so that who asks next sees a run under way.
        gevent.sleep(0)

    def kill(self) -> None:
        """Follow the shape no longer, because the run stops; the caller may be the shape itself."""
        following, self.greenlet = self.greenlet, None
        if following not in (None, gevent.getcurrent()):
            following.kill(block=False)

    def _introduce(self) -> LoadTestShape | None:
        shape = self._runner.environment.shape_class
        if shape is not None:
            shape.runner = self._runner
        return shape

    def _follow(self, shape: LoadTestShape) -> None:
        """Ask the shape each second until it ends; what it raises is told, and ends it too."""
        due_s = monotonic()
        try:
            while self._go_on(shape):
                due_s += self.tick_s
                gevent.sleep(max(0.0, due_s - monotonic()))
        except TaskSignal:
            raise
        except Exception as error:
            _logger.exception("The load shape %s has failed", type(shape).__name__)
            self._runner.log_exception("local", str(error), traceback_text(error))
        self.greenlet = None
        self.ended.set()
        options = self._runner.environment.parsed_options
        if getattr(options, "headless", False):
            self._runner.quit()
        else:
            self._runner.stop()

    def _go_on(self, shape: LoadTestShape) -> bool:
        """Do what one tick says; returns False at the end of the shape."""
        tick = shape.tick()
        if tick is None:
            _logger.info("Shape test stopping")
            return False
        if tick != self.last_tick:
            self._apply(tick)
            self.last_tick = tick
        return True

    def _apply(self, tick: Tick) -> None:
        users, rate_per_s, classes = _parts(tick)
        _logger.info("Shape test updating to %d users at %.2f spawn rate", users, rate_per_s)
        if classes:
            self._choose_from(classes)
        if self._staffing is None:
            self._runner.start(users, rate_per_s)
        else:
            self._runner.staff(self._staffing.go_to(users), rate_per_s)

    def _choose_from(self, classes: Sequence[type[User]]) -> None:
        if self._staffing is None:
            self._staffing = Staffing(self._runner.user_classes_count)
        # In another order they are the same, and the sequence goes on where it is.
        if self._classes is None or set(self._classes) != set(classes):
            self._staffing.choose_from(classes)
            self._classes = classes


def _parts(tick: Any) -> tuple[int, float, Sequence[type[User]] | None]:
    """Return what a tick says. Raises: ValueError if it says something else."""
    match tick:
        case (users, rate_per_s):
            return int(users), float(rate_per_s), None
        case (users, rate_per_s, classes):
            return int(users), float(rate_per_s), classes
    raise ValueError(
        f"tick() must return (users, spawn_rate), (users, spawn_rate, user_classes) or None, but "
        f"returned {tick!r}"
    )
