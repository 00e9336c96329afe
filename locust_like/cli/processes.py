"""`--processes N`: worker processes of our own, forked when the locustfile is imported.

Forking shares what the import has made, and takes no time. It is done while the process has one
thread; otherwise, and when a process is started again later, the command line is run again.

Each process has a socket to its parent. On it comes how to reach the master, since that is not
known when it is forked; when it ends, the parent is gone and the process goes too. The other way a
process says that it ends because it should; one that ends without a word has crashed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import gevent
from gevent.socket import wait_read

from locust_like.cli.cluster import Door
from locust_like.cli.thread_watch import thread_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CHILD_VARIABLE = "LOCUST_LIKE_CHILD"
"""Holds the descriptor of the socket in a process that runs the command line again."""

_GOODBYE = b"."
_MOST_BYTES = 4096
_LOOK_EVERY_S = 0.1
_LEAVING_S = 5.0
_ENDING_S = 1.0

_logger = logging.getLogger("locust.main")


@dataclass
class _Slot:
    """One process, and what it takes to start it again."""

    number: int
    pid: int = 0
    line: int = -1
    poll: Callable[[], int | None] = int
    code: int | None = None
    restarts: int = 0


class Child:
    """The parent as one of its processes sees it.

    Args:
        line: descriptor of the socket.
    """

    def __init__(self, line: int) -> None:
        """Leave signals that people send from a terminal to the parent."""
        self._line = line
        os.set_blocking(line, False)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    @staticmethod
    def from_environment() -> Child | None:
        """Return the parent of a process that runs the command line again; None without one."""
        text = os.environ.pop(CHILD_VARIABLE, "")
        return Child(int(text)) if text.isdigit() else None

    def wait_for_door(self) -> Door | None:
        """Return how to reach the master; None when the parent has gone before it said so."""
        text = b""
        while not text.endswith(b"\n"):
            wait_read(self._line)
            data = os.read(self._line, _MOST_BYTES)
            if not data:
                return None
            text += data
        return Door(**json.loads(text))

    def wait_for_end(self) -> None:
        """Wait until the parent has gone."""
        data = b"."
        while data:
            wait_read(self._line)
            data = os.read(self._line, _MOST_BYTES)

    def say_goodbye(self) -> None:
        """Tell the parent that this process ends because it should."""
        with contextlib.suppress(OSError):
            os.write(self._line, _GOODBYE)


class Children:
    """The processes of this one.

    Args:
        count: how many.
        arguments: of the command line, to run it again.
        culprits: imports that have started threads.

    Thread: the hub's thread.
    """

    def __init__(self, count: int, arguments: Sequence[str], culprits: Sequence[str]) -> None:
        """Start nothing yet."""
        self._slots = [_Slot(number) for number in range(1, count + 1)]
        self._arguments = list(arguments)
        self._culprits = culprits
        self._door: Door | None = None
        self._watching: gevent.Greenlet | None = None
        self._on_loss: Callable[[int, str], object] | None = None

    @property
    def gone(self) -> int:
        """How many processes have ended and are not started again."""
        return sum(slot.code is not None for slot in self._slots)

    def start(self) -> Child | None:
        """Start all processes; returns in each of them, too, if they are forked.

        Returns: None in this process, the parent in a forked one.
        """
        if thread_count() > 1:
            who = ", ".join(self._culprits) or "somebody"
            _logger.warning(
                "%s has started threads, so processes cannot be forked: each imports the "
                "locustfile by itself",
                who,
            )
            for slot in self._slots:
                self._execute(slot)
            return None
        # The children share what is here as long as nobody touches it, the collector included.
        gc.freeze()
        for slot in self._slots:
            child = self._fork(slot)
            if child is not None:
                return child
        gc.unfreeze()
        return None

    def admit(self, door: Door, on_loss: Callable[[int, str], object] | None = None) -> None:
        """Let the processes join a master, and start those again that die, once.

        Args:
            door: how they reach the master.
            on_loss: called with the id of a process that has died, and how.
        """
        self._door, self._on_loss = door, on_loss
        for slot in self._slots:
            self._send_door(slot)
        self._watching = gevent.spawn(self._watch)

    def finish(self, *, hurried: Callable[[], bool] = lambda: False) -> list[int]:
        """Wait for the end of all processes, which were told to go; who stays is killed.

        Args:
            hurried: returns True when nobody wants to wait.

        Returns: their exit codes, those of processes that were killed left out.
        """
        if self._watching is not None:
            self._watching.kill()
        for slot in self._slots:
            if slot.line >= 0:
                os.close(slot.line)
                slot.line = -1
        for patience_s, number in ((_LEAVING_S, signal.SIGTERM), (_ENDING_S, signal.SIGKILL)):
            self._wait(patience_s, hurried)
            for slot in self._slots:
                if slot.code is None and not self._look_at(slot):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(slot.pid, number)
        self._wait(_ENDING_S, lambda: False)
        return [slot.code for slot in self._slots if slot.code is not None and slot.code >= 0]

    def wait(self) -> None:
        """Wait until all processes have ended and none is started again."""
        while any(slot.code is None for slot in self._slots):
            gevent.sleep(_LOOK_EVERY_S)

    def _wait(self, patience_s: float, hurried: Callable[[], bool]) -> None:
        waited_s = 0.0
        while waited_s < patience_s and any(slot.code is None for slot in self._slots):
            for slot in self._slots:
                self._look_at(slot)
            gevent.sleep(_LOOK_EVERY_S / 4)
            waited_s += _LOOK_EVERY_S / 4
            if hurried():
                return

    def _fork(self, slot: _Slot) -> Child | None:
        theirs = self._connect(slot)
        pid = os.fork()
        if pid:
            os.close(theirs)
            slot.pid, slot.poll = pid, partial(_code_of, pid)
            return None
        for other in self._slots:
            # As long as somebody has such an end, nobody sees that the parent is gone.
            if other.line >= 0:
                os.close(other.line)
        return Child(theirs)

    def _execute(self, slot: _Slot) -> None:
        theirs = self._connect(slot)
        process = subprocess.Popen(
            [sys.executable, "-m", "locust_like", *self._arguments],
            env={**os.environ, CHILD_VARIABLE: str(theirs)},
            pass_fds=(theirs,),
        )
        os.close(theirs)
        slot.pid, slot.poll = process.pid, process.poll

    def _connect(self, slot: _Slot) -> int:
        """Make the socket of a process, and return its end."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        slot.line = ours.detach()
        return theirs.detach()

    def _send_door(self, slot: _Slot) -> None:
        if self._door is not None:
            try:
                os.write(slot.line, json.dumps(asdict(self._door)).encode() + b"\n")
            except BrokenPipeError:
                return  # it has died already, which is seen elsewhere

    def _watch(self) -> None:
        while True:
            gevent.sleep(_LOOK_EVERY_S)
            for slot in self._slots:
                if slot.code is None and self._look_at(slot):
                    self._on_death(slot)

    def _look_at(self, slot: _Slot) -> bool:
        """Tell whether a process has just been found dead."""
        if slot.code is not None:
            return False
        slot.code = slot.poll()
        return slot.code is not None

    def _on_death(self, slot: _Slot) -> None:
        how = f"exit code {slot.code}"
        if slot.code is not None and slot.code < 0:
            how = signal.Signals(-slot.code).name
        name = f"worker process {slot.pid} ({slot.number} of {len(self._slots)})"
        said = _read(slot.line)
        os.close(slot.line)
        slot.line = -1
        if said.endswith(_GOODBYE):
            return
        if self._on_loss is not None:
            self._on_loss(slot.pid, how)
        if slot.restarts:
            _logger.error("%s has ended: %s; it is not started a second time", name, how)
            return
        _logger.error("%s has ended: %s; it is started again", name, how)
        slot.restarts += 1
        slot.code = None
        self._execute(slot)
        self._send_door(slot)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _MOST_BYTES)
    except OSError:
        return b""


def _code_of(pid: int) -> int | None:
    """Return the exit code of a forked process, None while it lives."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None
