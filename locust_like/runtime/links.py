"""What the runners need of the link and of the placement, which the core provides.

The faces are those of `_core.MasterLink`, `_core.WorkerLink` and `_core.Placement`; tests put fakes
in their place, which need neither sockets nor threads.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def worker_name() -> str:
    """Return a name for this process that people find in their lists of hosts and processes."""
    return f"{socket.gethostname()}_{os.getpid()}"


class LinkEvent(Protocol):
    """Something that happened on a link; which fields mean something depends on `kind`.

    Attributes:
        kind: what happened, for example `joined`.
        index: the worker it is about.
        text: a name, a reason or a kind of document.
        number: a version, a run or an index.
        document: what was sent.
    """

    kind: str
    index: int
    text: str
    number: int
    document: bytes


class WorkerStatus(Protocol):
    """What the link knows of a worker; see `interfaces.WorkerNow` for most of the words.

    Attributes:
        state: what its Python has said.
        recorded_requests: what it has finished in this run.
        counted_requests: what of that has been reported and counted.
    """

    index: int
    name: str
    host: str
    pid: int
    weight: float
    is_here: bool
    reason: str
    state: str
    users: int
    applied_version: int
    recorded_requests: int
    counted_requests: int
    unaccounted_requests: int
    unaccounted_s: float
    unaccounted_estimate: int
    cpu_share: float
    rss_bytes: int
    python_age_s: float
    blocking: str
    heartbeat_age_s: float
    clock_skew_s: float
    round_trip_s: float
    product_version: str


class MasterLink(Protocol):
    """The master's side; see `_core.MasterLink`."""

    @property
    def port(self) -> int:
        """Where workers connect to."""

    def fileno(self) -> int:
        """Return a descriptor that is readable while events wait."""

    def take_events(self) -> Sequence[LinkEvent]:
        """Return what has happened since the last call."""

    def workers(self) -> Sequence[WorkerStatus]:
        """Return all that were ever admitted, by index."""

    def begin_run(self, run: int) -> None:
        """Count only what belongs to this run from now on."""

    def assign(self, index: int, run: int, document: bytes) -> int:
        """Let a worker have this document, whatever was before; returns its version."""

    def send(self, index: int, kind: str, document: bytes) -> None:
        """Send a message. Raises: ValueError too large, OSError queue full."""

    def remove(self, index: int, text: str) -> None:
        """Take a worker out and refuse it from now on."""

    def close(self, timeout_s: float = 1.0) -> None:
        """Say goodbye to all."""


class WorkerLink(Protocol):
    """The worker's side; see `_core.WorkerLink`."""

    @property
    def heartbeat_age_s(self) -> float:
        """Since the master was last heard."""

    def fileno(self) -> int:
        """Return a descriptor that is readable while events wait."""

    def take_events(self) -> Sequence[LinkEvent]:
        """Return what has happened since the last call."""

    def beat(self, state: str, users: int, applied_version: int) -> None:
        """Say that Python is alive, and how it is."""

    def begin_run(self, run: int) -> None:
        """Report from zero; the recorder has just been reset."""

    def finish_run(self) -> None:
        """Send the final report of the run."""

    def send(self, kind: str, document: bytes) -> None:
        """Send a parcel."""

    def close(self, timeout_s: float = 1.0) -> None:
        """Say goodbye."""


class Placement(Protocol):
    """Who runs how many users of which class; see `_core.Placement`."""

    def set_classes(self, classes: Sequence[tuple[str, float, int]]) -> None:
        """Choose from other classes from now on."""

    def set_workers(
        self, workers: Sequence[tuple[int, str, float]]
    ) -> Mapping[int, Mapping[str, int]]:
        """Place users on these only; returns the users of those that are gone."""

    def step(self, target: int, most: int) -> Mapping[int, Mapping[str, int]]:
        """Change at most so many users; returns by how much, worker by worker."""

    def is_settled(self, target: int) -> bool:
        """Tell whether nothing is left to change."""

    def counts(self) -> Mapping[str, int]:
        """Return the users of each class."""

    @property
    def placed(self) -> int:
        """How many users there are in all."""
