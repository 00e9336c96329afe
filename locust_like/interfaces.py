"""What layers need of each other, as protocols, and as values where these would only be repeated.

The module imports nothing of ours. A protocol holds only what some other layer really uses, so that
tests can pass small fakes and a layer never needs the class behind the face.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol


class ProfileLike(Protocol):
    """What many sessions share; see `_core.Profile`."""

    base_url: str


class RecorderLike(Protocol):
    """The statistics of one environment; see `_core.Recorder`."""

    def set_listeners(self, listeners: list[Callable[..., Any]]) -> None:
        """Share the list of callables that are called for each finished request."""

    def fire(self, **payload: Any) -> None:
        """Count one finished request that a script reports."""

    def profile(
        self, base_url: str, headers: Sequence[tuple[str, str]], **options: Any
    ) -> ProfileLike:
        """Return the shared profile of these settings."""


class HookLike(Protocol):
    """One event; see `events.EventHook`."""

    def add_listener(self, listener: Callable[..., Any]) -> Callable[..., Any]:
        """Call `listener` at each firing."""

    def fire(self, **payload: Any) -> None:
        """Call all listeners."""


class RequestHookLike(HookLike, Protocol):
    """The request event, with the recorder that counts it."""

    recorder: Any
    unverified: dict[str, bool]

    def bind(self, recorder: Any) -> None:
        """Let `recorder` count what is fired."""

    def notify(self, **payload: Any) -> None:
        """Call the listeners without counting."""

    def measure(
        self, request_type: str, name: str, response_length: int = 0
    ) -> AbstractContextManager[dict[str, Any]]:
        """Time a block and fire the result, failures included."""


class EventsLike(Protocol):
    """The events that users fire; see `events.Events`."""

    @property
    def request(self) -> RequestHookLike:
        """The request event."""

    @property
    def user_error(self) -> HookLike:
        """The event of an exception that left a task."""


class RunnerLike(Protocol):
    """What users and outputs need of a runner."""

    @property
    def state(self) -> str:
        """State of the run, one of the words in `runtime.state`."""

    @property
    def user_count(self) -> int:
        """How many users run now."""

    def stop(self) -> None:
        """Stop the test."""

    def quit(self) -> None:
        """Stop the test and end the process with complete results."""


@dataclass(frozen=True)
class WorkerNow:
    """One worker of a run, as its master sees it.

    Attributes:
        index: its number at this master; stays its own when it comes back.
        state: a word of `runtime.state`, or `paused`; `busy` while its Python computes and answers
            nobody, `stuck` when that takes long, `loading` before it has imported its locustfile,
            `missing` when it was lost: gone before all was done.
        reason: why it was lost, for example `no heartbeat for 3.0 s`; empty if it was not.
        users: users that run on it.
        target_users: users that it was told to run.
        is_drained: it is to run no users until somebody says otherwise.
        requests: its requests that are counted in this run.
        unaccounted_requests: what it had finished and could not report before it was lost, as far
            as its heartbeats told: at least so many.
        unaccounted_s: for how long before its loss, at most, nothing was reported.
        unaccounted_estimate: how many requests fit into that time at the rate of its last report:
            about so many at most.
        cpu_share: of one core, 0-1 a core.
        python_age_s: since its Python last did anything.
        blocking: where its Python computes, for example `locustfile.py:12 in parse`.
        clock_skew_s: how far its clock is ahead of the master's.
        verdict: on its generator in this run, `OK`, `LATE` or `INVALID`.
        cause: why it is not OK.
        resume_delay_p99_ms: the largest of its health intervals.
        has_other_locustfile: its locustfile is not the same as the master's.
        user_classes_count: its users by class.
    """

    index: int
    name: str
    host: str
    pid: int
    version: str
    weight: float
    is_here: bool
    state: str
    reason: str
    users: int
    target_users: int
    is_drained: bool
    requests: int
    unaccounted_requests: int
    unaccounted_s: float
    unaccounted_estimate: int
    cpu_share: float
    memory_bytes: int
    python_age_s: float
    blocking: str
    heartbeat_age_s: float
    clock_skew_s: float
    round_trip_s: float
    verdict: str
    cause: str
    resume_delay_p99_ms: float
    has_other_locustfile: bool = False
    user_classes_count: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkersNow:
    """All workers of a run, those that were lost in it included, by index.

    Attributes:
        is_degraded: a worker was lost while the run was active.
    """

    rows: tuple[WorkerNow, ...] = ()
    is_degraded: bool = False

    @property
    def here(self) -> int:
        """How many are connected and ready."""
        return sum(row.is_here and row.state != "loading" for row in self.rows)

    @property
    def lost(self) -> tuple[WorkerNow, ...]:
        """Those that were lost and have not come back."""
        return tuple(row for row in self.rows if row.state == "missing")

    @property
    def unaccounted_requests(self) -> int:
        """What lost workers are known to have finished and did not report."""
        return sum(row.unaccounted_requests for row in self.rows)

    @property
    def unaccounted_estimate(self) -> int:
        """How many requests of lost workers are missing, by their last rates."""
        return sum(row.unaccounted_estimate for row in self.rows)


class Joinable(Protocol):
    """What can be waited for, for example gevent's groups."""

    def join(self) -> object:
        """Wait until it has ended."""


class Waitable(Protocol):
    """What can be waited for, for example gevent's events."""

    def wait(self) -> object:
        """Wait until it is set."""


class ShapeLike(Protocol):
    """What follows a load shape; see `runtime.shaping`."""

    @property
    def ended(self) -> Waitable:
        """Is set when the shape has come to its end by itself."""

    @property
    def greenlet(self) -> object:
        """Follows the shape; None while none is followed."""


class Runner(RunnerLike, Protocol):
    """What controls, outputs, the web UI and the command line need of a runner.

    `LocalRunner`, `MasterRunner` and `WorkerRunner` meet it; nobody outside `runtime` asks which of
    them it is.
    """

    target_user_count: int
    spawn_rate: float

    @property
    def forced_stop_s(self) -> float:
        """How long the end may still take after `kill_users`."""

    @property
    def greenlet(self) -> Joinable:
        """Ends when the runner has quit."""

    @property
    def shape(self) -> ShapeLike:
        """What follows the load shape of the environment, if it has one."""

    @property
    def exceptions(self) -> MutableMapping[int, Any]:
        """Exceptions of users' code, rows by a hash of type and place."""

    @property
    def listener_failures(self) -> int:
        """How many exceptions event listeners have raised, in all processes of the run."""

    @property
    def paused(self) -> bool:
        """Whether users take no new task, because of `pause`."""

    @property
    def user_classes_count(self) -> Mapping[str, int]:
        """How many users of each class run now."""

    @property
    def workers(self) -> WorkersNow | None:
        """Those who run the users; None when this process does."""

    def start(
        self,
        user_count: int,
        spawn_rate: float,
        wait: bool = False,
        user_classes: Any = None,
    ) -> None:
        """Start a test, or go to another number of users.

        Raises: ValueError when nothing can be run.
        """

    def start_shape(self) -> None:
        """Run the load shape of the environment from its beginning.

        Raises: ValueError when there is none.
        """

    def pause(self) -> None:
        """Let users take no new task until `resume`."""

    def resume(self) -> None:
        """Let paused users go on."""

    def kill_users(self) -> None:
        """End all users at once, whatever they do; does not wait for it."""

    def drain_worker(self, index: int, *, is_drained: bool) -> None:
        """Move the users of a worker to the others and give it none, or use it again.

        Raises: ValueError if that cannot be.
        """

    def remove_worker(self, index: int) -> None:
        """Let a worker report the rest and end; its users go to the others.

        Raises: ValueError if that cannot be.
        """


class IterationsLike(Protocol):
    """The task executions that a run has left; see `runtime.iterations`."""

    def take(self) -> bool:
        """Take one execution; returns False when none is left."""

    def wait(self) -> None:
        """Wait until there may be one again; for ever where there will be none."""

    def done(self) -> None:
        """Count an execution that was taken as ended."""


class EnvironmentLike(Protocol):
    """What users need of the environment they run in."""

    host: str | None
    catch_exceptions: bool
    parsed_options: Any

    @property
    def iterations(self) -> IterationsLike | None:
        """The limit of task executions, or None when there is none."""

    @property
    def events(self) -> EventsLike:
        """The events of the run."""

    @property
    def runner(self) -> RunnerLike | None:
        """The runner, or None when a user runs by itself."""


class UserLike(Protocol):
    """What the HTTP session needs of the user that owns it."""

    def context(self) -> MutableMapping[str, object]:
        """Return what goes into the `context` of each request event."""
