"""Keys on the terminal while a run goes on, and what Ctrl-Z does to the terminal.

Keys arrive one by one only while the terminal's line editing is off; it is on again whenever the
run ends, is suspended or is moved into the background. Ctrl-C stays SIGINT. A process in the
background must neither read the terminal nor change its settings, the kernel would stop it; so both
happen only in the foreground, which is looked at each second.
"""

from __future__ import annotations

import atexit
import os
import re
import signal
import termios
from typing import TYPE_CHECKING, Protocol

import gevent
from gevent.socket import timeout, wait_read

from locust_like.runtime.state import ACTIVE, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from locust_like.cli.ending import Cancellable, Ending

HINT = "w/W +1/+10 users   s/S -1/-10   p pause   q stop   ? help"
_HELP = (
    "w, W    1 or 10 users more             p       pause; again: go on\n"
    "s, S    1 or 10 users fewer            q       stop; again: at once\n"
    "Ctrl-Z  suspend; fg goes on            Ctrl-C  stop; again: at once\n"
)
BY_KEY = "stopped with the key q"

_CHANGES = {"w": 1, "W": 10, "s": -1, "S": -10}
_LEAST_RATE_PER_S = 100.0
"""Users a second when a key changes their number, as in Locust: a key is pressed for now."""
_LOOK_EVERY_S = 1.0
_MOST_BYTES = 1024
# What arrows and function keys send; none of its letters is a key of ours.
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?", re.DOTALL)


class Steerable(Protocol):
    """What keys need of a runner."""

    @property
    def state(self) -> str:
        """Where the run is, a word of `runtime.state`."""

    @property
    def paused(self) -> bool:
        """Whether users take no new task."""

    target_user_count: int
    spawn_rate: float

    def start(self, user_count: int, spawn_rate: float) -> None:
        """Go to another number of users."""

    def pause(self) -> None:
        """Let users take no new task."""

    def resume(self) -> None:
        """Let them go on."""


class Controls:
    """What each key does.

    Args:
        runner: whose users are changed.
        ending: is asked for the end.
        say: prints a text.
    """

    def __init__(self, runner: Steerable, ending: Ending, say: Callable[[str], object]) -> None:
        """Do nothing yet."""
        self._runner = runner
        self._ending = ending
        self._say = say

    def press(self, key: str) -> None:
        """Do what the key says; others are ignored."""
        if key in _CHANGES:
            self._change(_CHANGES[key])
        elif key == "p":
            if self._runner.paused:
                self._runner.resume()
            else:
                self._runner.pause()
        elif key == "q":
            if not self._ending.ask(BY_KEY):
                self._ending.hurried.set()
        elif key == "?":
            self._say(_HELP)

    def _change(self, difference: int) -> None:
        runner = self._runner
        users = max(0, runner.target_user_count + difference)
        if runner.state not in ACTIVE or users == runner.target_user_count:
            return
        rate_per_s = runner.spawn_rate
        if runner.state is not State.SPAWNING:
            rate_per_s = max(rate_per_s, _LEAST_RATE_PER_S)
        runner.start(users, rate_per_s)


def keys_in(data: bytes) -> Iterator[str]:
    """Return the single keys in what a terminal has sent; arrows and the like are left out."""
    yield from _SEQUENCE.sub("", data.decode(errors="ignore"))


class CharacterMode:
    """A terminal that hands over each key at once and does not print it, or its old settings."""

    def __init__(self, descriptor: int) -> None:
        """Change nothing yet."""
        self._descriptor = descriptor
        self._old: list[object] | None = None

    def in_foreground(self) -> bool:
        """Tell whether this process may use the terminal."""
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            return False

    def enter(self) -> None:
        """Change the settings, also where somebody else has changed them meanwhile."""
        settings = termios.tcgetattr(self._descriptor)
        if self._old is None:
            self._old = list(settings)
        settings[3] &= ~(termios.ICANON | termios.ECHO)
        # Without flow control: a Ctrl-S would stop our output, and with it all users.
        settings[0] &= ~termios.IXON
        settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._descriptor, termios.TCSANOW, settings)

    def leave(self) -> None:
        """Restore the settings that `enter` found; from the background nothing is changed."""
        if self._old is not None and self.in_foreground():
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._old)  # type: ignore[arg-type]
            self._old = None


class Keys:
    """Reads keys from `start` to `stop`, and lets go of the terminal when the run is suspended.

    Args:
        descriptor: the terminal to read from; None = only Ctrl-Z is looked after.
        press: is called with each key.
        wipe: takes off the screen what would be in the way of a shell.

    Thread: the hub's thread.
    """

    def __init__(
        self, descriptor: int | None, press: Callable[[str], None], wipe: Callable[[], None]
    ) -> None:
        """Change nothing yet."""
        self._descriptor = descriptor
        self._mode = None if descriptor is None else CharacterMode(descriptor)
        self._press = press
        self._wipe = wipe
        self._reader: gevent.Greenlet | None = None
        self._watchers: list[Cancellable] = []

    def start(self) -> None:
        """Take keys from now on."""
        atexit.register(self.stop)
        for number, react in (
            (signal.SIGTSTP, self._suspend),
            (signal.SIGCONT, self._enter),
            (signal.SIGQUIT, self._die),
        ):
            self._watchers.append(gevent.signal_handler(number, react))
        if self._descriptor is not None:
            self._enter()
            self._reader = gevent.spawn(self._read)

    def stop(self) -> None:
        """Give the terminal back as it was found; may be called more than once."""
        if self._reader is not None:
            self._reader.kill(block=False)
            self._reader = None
        for watcher in self._watchers:
            watcher.cancel()
        self._watchers.clear()
        self._leave()
        atexit.unregister(self.stop)

    def _read(self) -> None:
        """Hand over keys until the terminal is gone."""
        descriptor = self._descriptor
        while descriptor is not None:
            if not self._enter():
                gevent.sleep(_LOOK_EVERY_S)
                continue
            try:
                wait_read(descriptor, timeout=_LOOK_EVERY_S)
                data = os.read(descriptor, _MOST_BYTES) if self._may_use() else None
            except timeout:
                continue
            except OSError:
                return
            if data == b"":
                return
            for key in keys_in(data or b""):
                self._press(key)

    def _may_use(self) -> bool:
        return self._mode is not None and self._mode.in_foreground()

    def _enter(self) -> bool:
        if self._mode is None or not self._may_use():
            return False
        try:
            self._mode.enter()
        except termios.error:
            return False
        return True

    def _leave(self) -> None:
        if self._mode is not None:
            try:
                self._mode.leave()
            # The terminal is gone, and its settings with it.
            except termios.error:
                self._mode = None

    def _suspend(self) -> None:
        """Do what Ctrl-Z does by itself, but leave the terminal to the shell before."""
        self._wipe()
        self._leave()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._enter()

    def _die(self) -> None:
        """Die of SIGQUIT, as everybody expects of it, with the terminal restored."""
        self._wipe()
        self.stop()
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGQUIT)
