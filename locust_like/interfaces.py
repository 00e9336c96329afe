"""What layers need of each other, as protocols.

The module imports nothing of ours. A protocol holds only what some other layer really uses, so that
tests can pass small fakes and a layer never needs the class behind the face.
"""

from collections.abc import Callable, MutableMapping, Sequence
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


class IterationsLike(Protocol):
    """The task executions that a run has left; see `runtime.iterations`."""

    def take(self) -> bool:
        """Take one execution; returns False when none is left."""

    def done(self) -> None:
        """Count an execution that was taken as ended."""


class EnvironmentLike(Protocol):
    """What users need of the environment they run in."""

    host: str | None
    catch_exceptions: bool

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
