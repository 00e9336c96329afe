"""The one interface between a run and whatever shows or writes its results.

An output gets finished values and never reaches back into the run. All figures of one call come
from one snapshot, so two outputs never disagree about the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from locust_like.stats.health import RunHealth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from locust_like.interfaces import WorkersNow
    from locust_like.stats.view import FrozenStats


@dataclass(frozen=True)
class Moment:
    """The run as it is now.

    Attributes:
        state: a word of `runtime.state`, for example `spawning` or `running`.
        run_time_s: the time limit; None = no limit.
        health: what the generator said about itself since the output's clock last ticked.
        workers: who runs the users; None when this process does.
    """

    state: str
    elapsed_s: float
    run_time_s: float | None
    user_count: int
    target_user_count: int
    stats: FrozenStats
    health: RunHealth
    workers: WorkersNow | None = None


@dataclass(frozen=True)
class ScriptException:
    """An exception that left a task, a hook or a user, with how often it happened.

    Attributes:
        title: its type and text.
        message: its text.
    """

    count: int
    title: str
    message: str
    traceback: str
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """A finished run.

    Attributes:
        moment: the final figures; its `health` is the verdict over the whole run.
        ending: why the run ended, as part of a sentence, for example `time limit reached`.
        files: what other outputs have written, absolute or as the user named it.
        unverified: user classes that used TLS without verifying certificates.
        exit_code: what the process will tell; an output that fails may make a 0 a 1, therefore the
            last outputs know it best.
        start_wall_s: when the load began, in seconds since the epoch.
        end_wall_s: when the last snapshot was taken.
        unseen_health: what the generator said about itself since the output's last tick.
        unwritten: what other outputs could not write, each with the reason.
    """

    moment: Moment
    ending: str
    exceptions: tuple[ScriptException, ...] = ()
    files: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    exit_code: int = 0
    start_wall_s: float = 0.0
    end_wall_s: float = 0.0
    unseen_health: RunHealth = field(default_factory=RunHealth)
    unwritten: tuple[str, ...] = ()


class Output(Protocol):
    """Shows or writes results.

    Thread: all methods are called from one greenlet of the hub's thread. They must not wait for
    anything but a local file: while an output works, no user runs.

    Errors: an OSError from `start` refuses the run before it begins. A later one is logged, and the
    output is called again at its next beat, since a disk may have room again. After any other
    exception, a defect, it is not called again until `finish`.
    """

    @property
    def period_s(self) -> float:
        """Seconds between two calls of `tick`; a multiple of 1."""

    def start(self) -> None:
        """Check that results can go where they should, before any load is made."""

    def tick(self, moment: Moment) -> None:
        """Take the figures of one beat."""

    def finish(self, result: RunResult) -> Sequence[str]:
        """Take the final figures; called exactly once. Returns: the files written."""
