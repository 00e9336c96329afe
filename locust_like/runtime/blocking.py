"""Which function keeps all users from running: a look at the hub's stack, 5 times a second.

All users share one thread. A task that computes for 200 ms, or waits in a way that gevent does not
know, stops all of them, and the delay looks like the server's. A profiler would find the place but
costs time at every call; so a thread of its own looks at the stack now and then, and only counts
what it finds where the hub's loop has not turned between two looks.

The count of the loop's turns is libev's own, so the hub does nothing for it. When the hub waits for
events its innermost frame is its own `run`; then nothing blocks.

What it cannot see: users whose many short pieces of Python together fill a core. Each look waits
for the GIL and gets it between two pieces; then there is no single function to blame.

Source: gevent's monitoring thread has the same idea; it prints, and cannot be asked.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import time
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import gevent
from gevent import monkey

from locust_like.stats.health import Blocker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType

_LOOK_EVERY_S = 0.2
_BLOCKED_AFTER_S = 0.01
_TOLD_AFTER_S = 1.0
_MOST_PLACES = 256

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_GEVENT = os.path.dirname(os.path.abspath(gevent.__file__)) + os.sep
_LIBRARIES = tuple(
    path + os.sep
    for path in {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib")}
)


class _Place(NamedTuple):
    """A function and a line in it that blocked."""

    code: CodeType
    line: int


class _Reading(NamedTuple):
    """The time, and how much CPU the sampled thread has used."""

    wall_s: float
    cpu_s: float


def _held_s(before: _Reading, now: _Reading, pause_s: float) -> float:
    """Return by how much a look came late while the sampled thread computed, not the machine."""
    late_s = now.wall_s - before.wall_s - pause_s
    return late_s if now.cpu_s - before.cpu_s >= late_s / 2 else 0.0


class BlockingSampler:
    """Samples the stack of the thread that makes it, from `start` to `stop`.

    Args:
        tell: called in the sampler's thread with a place that has blocked for a second, and with ""
            when it does not any more; for those who have to know while Python is blocked.

    Thread: `start`, `stop` and `take` belong to the sampled thread; the looks are made by an OS
    thread, which gevent's patches do not touch. It costs less than a thousandth of a core, three
    thousandths while something blocks.

    Example:
        sampler = BlockingSampler()
        sampler.start()
        ...
        sampler.take()  # [Blocker("locustfile.py:12 in parse", 1.25)]
    """

    def __init__(self, tell: Callable[[str], object] | None = None) -> None:
        """Know the calling thread and its hub; nothing is started yet."""
        self._tell = tell
        self._blocked_s = 0.0
        self._loop = gevent.get_hub().loop
        self._thread_id: int = monkey.get_original("_thread", "get_ident")()
        self._cpu_clock = time.pthread_getcpuclockid(self._thread_id)
        # Held while the thread shall go on, so that waiting for it is also the pause between looks.
        self._ending = monkey.get_original("_thread", "allocate_lock")()
        self._ended = monkey.get_original("_thread", "allocate_lock")()
        self._seen_s: Counter[_Place] = Counter()

    def start(self) -> None:
        """Start looking."""
        self._ending.acquire()
        self._ended.acquire()
        monkey.get_original("_thread", "start_new_thread")(self._look_until_told, ())

    def stop(self) -> None:
        """Stop looking; returns when the thread is gone. Without a `start` nothing happens."""
        if self._ending.locked():
            self._ending.release()
            self._ended.acquire()
            self._ended.release()

    def take(self) -> list[Blocker]:
        """Return what has blocked since the last call, longest first."""
        seen, self._seen_s = self._seen_s, Counter()
        by_function: dict[CodeType, Counter[_Place]] = {}
        # A copy in one step, because the thread may be adding to it.
        for place, seconds in dict(seen).items():
            by_function.setdefault(place.code, Counter())[place] = seconds
        blockers = [
            # The line that was seen longest stands for its function.
            Blocker(_text(places.most_common(1)[0][0]), sum(places.values()))
            for places in by_function.values()
        ]
        return sorted(blockers, key=lambda one: -one.seconds)

    def _look_until_told(self) -> None:
        # The first look of a pair finds something that runs, the second whether it still does.
        pause_s, last_turn, before = _LOOK_EVERY_S, -1, None
        while not self._ending.acquire(timeout=pause_s):
            frame = self._working_frame()
            if frame is None:
                pause_s, last_turn, before = _LOOK_EVERY_S, -1, None
                self._tell_free()
                continue
            now, turn = self._now(), self._loop.iteration
            if turn == last_turn:
                self._count(frame, _LOOK_EVERY_S)
                self._tell_of(frame, pause_s)
                pause_s = _LOOK_EVERY_S
            else:
                # A call into C that keeps the GIL delays the look itself.
                late_s = _held_s(before, now, pause_s) if before else 0.0
                if late_s > _BLOCKED_AFTER_S:
                    self._count(frame, late_s)
                pause_s, last_turn = _BLOCKED_AFTER_S, turn
                self._tell_free()
            before = now
            del frame
        self._ending.release()
        self._ended.release()

    def _now(self) -> _Reading:
        return _Reading(time.monotonic(), time.clock_gettime(self._cpu_clock))

    def _working_frame(self) -> FrameType | None:
        """Return the innermost frame of the sampled thread, None where the hub waits for events."""
        frame = sys._current_frames().get(self._thread_id)
        if frame is not None and frame.f_code.co_filename.startswith(_GEVENT):
            return None if frame.f_code.co_name == "run" else frame
        return frame

    def _tell_of(self, frame: FrameType, seconds: float) -> None:
        before_s, self._blocked_s = self._blocked_s, self._blocked_s + seconds
        place = _place_of(frame)
        # Once, when it has lasted; where exactly it goes on matters less than a quiet thread.
        if self._tell is not None and place and before_s < _TOLD_AFTER_S <= self._blocked_s:
            self._tell(_text(place))

    def _tell_free(self) -> None:
        if self._tell is not None and self._blocked_s >= _TOLD_AFTER_S:
            self._tell("")
        self._blocked_s = 0.0

    def _count(self, frame: FrameType, seconds: float) -> None:
        place = _place_of(frame)
        if place is None:
            return
        if place in self._seen_s or len(self._seen_s) < _MOST_PLACES:
            self._seen_s[place] += seconds  # type: ignore[assignment]  # Counter is typed for int


def _place_of(frame: FrameType) -> _Place | None:
    """Return the innermost place that is a user's; None where there is none."""
    blamed = next((f for f in _outwards(frame) if not _is_library(f)), None)
    return None if blamed is None else _Place(blamed.f_code, blamed.f_lineno)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_library(frame: FrameType) -> bool:
    """Tell whether a function is no user's: ours, Python's or installed."""
    name = frame.f_code.co_filename
    return name.startswith((_OURS, *_LIBRARIES, "<frozen"))


def _text(place: _Place) -> str:
    """Return the place as people look for it: the path from here, or its last two parts."""
    path = place.code.co_filename
    here = os.getcwd() + os.sep
    parts = path.split(os.sep)
    name = path.removeprefix(here) if path.startswith(here) else os.sep.join(parts[-2:])
    return f"{name}:{place.line} in {place.code.co_name}"
