"""Every event of a run as a typed hook.

The module imports nothing of ours, so that any layer may fire or listen. What would pull another
layer in is injected or recognised by shape instead:

- the request hook counts through a *recorder* that the environment binds to it;
- exceptions that steer a task (StopUser and its kin) carry the attribute ``steers_task``; they pass
  through `fire` into the task, every other exception of a listener is logged and remembered.

A hook's payload is the TypedDict it is declared with. Listeners are called with keywords; they
should accept ``**kwargs``, because later versions may add keys.

Source: the events and their keywords follow Locust 2.47.
"""

import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypedDict, TypeVar

Listener = Callable[..., Any]
ListenerT = TypeVar("ListenerT", bound=Listener)
PayloadT = TypeVar("PayloadT")


class RequestRecorder(Protocol):
    """What the request hook needs of `_core.Recorder`."""

    def set_listeners(self, listeners: list[Listener]) -> None:
        """Share the list of callables that `fire` calls after counting."""

    @property
    def fire(self) -> Callable[..., None]:
        """Count one finished request, then call the shared listeners."""


class RequestPayload(TypedDict):
    """One finished request, successful or failed."""

    request_type: str  # method, or any word for another protocol
    name: str
    response_time: float | None  # milliseconds
    response_length: int | None  # bytes
    response: object
    context: MutableMapping[str, object]
    exception: BaseException | str | None  # None = success
    start_time: float  # wall clock, seconds
    url: str | None


class UserErrorPayload(TypedDict):
    """An exception that left a task or `on_start`."""

    user_instance: object  # the TaskSet (or User) whose code raised, as in Locust
    exception: BaseException
    tb: object


class ReportToMasterPayload(TypedDict):
    """A worker is about to report; listeners may add keys to `data`."""

    client_id: str
    data: MutableMapping[str, object]


class WorkerReportPayload(TypedDict):
    """The master received the report of a worker."""

    client_id: str
    data: MutableMapping[str, object]


class WorkerConnectPayload(TypedDict):
    """A new worker connected to the master."""

    client_id: str


class SpawningCompletePayload(TypedDict):
    """All users of the current target run."""

    user_count: int


class InitPayload(TypedDict):
    """Environment, runner and (if any) web UI exist; nothing runs yet."""

    environment: object
    runner: object
    web_ui: object


class InitParserPayload(TypedDict):
    """The command line is about to be parsed; listeners may add options."""

    parser: object


class EnvironmentPayload(TypedDict):
    """Something happened to the run of this environment."""

    environment: object


class QuitPayload(TypedDict):
    """The process ends after this event."""

    exit_code: int


class EmptyPayload(TypedDict):
    """The event carries nothing."""


class CpuWarningPayload(TypedDict):
    """The generator was short of CPU in the last 10 s."""

    environment: object
    cpu_usage: float  # percent of one core


class UsageMonitorPayload(TypedDict):
    """What the process uses, every 10 s."""

    environment: object
    cpu_usage: float  # percent of one core
    memory_usage: int  # bytes


class HeartbeatPayload(TypedDict):
    """A heartbeat went out or came in."""

    client_id: str
    timestamp: float


class EventHook(Generic[PayloadT]):
    """A list of listeners that are called when the event fires.

    Args:
        payload: the TypedDict of the keywords, for documentation and checks; None for hooks that
            scripts make for themselves.

    Attributes:
        listener_failures: exceptions that listeners have raised.
        on_failure: is told each of them; an environment counts them by kind.

    Thread: the hub's thread; a listener may wait, add and remove listeners.
    """

    def __init__(self, payload: type[PayloadT] | None = None) -> None:
        """Make a hook without listeners."""
        self.payload = payload
        self.listener_failures = 0
        self.on_failure: Callable[[BaseException], None] | None = None
        self._handlers: list[Listener] = []  # plug-ins of Locust read it under this name

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens; for who would have to find out first what there is to tell."""
        return bool(self._handlers)

    def add_listener(self, handler: ListenerT) -> ListenerT:
        """Call `handler` at each firing from now on; usable as a decorator."""
        self._handlers.append(handler)
        return handler

    def remove_listener(self, handler: Listener) -> None:
        """Stop calling `handler`.

        Raises:
            ValueError: it was not registered.
        """
        self._handlers.remove(handler)

    def fire(self, *, reverse: bool = False, **kwargs: Any) -> None:
        """Call the listeners that are registered now, in order of registration.

        An exception in a listener is logged, counted in `listener_failures` (so that the exit code
        can tell) and does not stop the others, unless it steers the task (StopUser, StopTest,
        Reschedule*, InterruptTaskSet).

        Args:
            reverse: call the listener that came last first.
            kwargs: the payload.
        """
        self.notify(reverse=reverse, **kwargs)

    def notify(self, *, reverse: bool = False, **kwargs: Any) -> None:
        """Call the listeners and do nothing else; what `fire` does besides differs by hook."""
        for listener in self._handlers[::-1] if reverse else self._handlers[:]:
            try:
                listener(**kwargs)
            except Exception as error:
                if getattr(error, "steers_task", False):
                    raise
                self.listener_failures += 1
                _log_failure()
                if self.on_failure is not None:
                    self.on_failure(error)

    @contextmanager
    def measure(
        self,
        request_type: str,
        name: str,
        response_length: int = 0,
        context: MutableMapping[str, object] | None = None,
        **extra: object,
    ) -> Iterator[dict[str, Any]]:
        """Time a block and fire the result; an exception in the block is a failure and ends there.

        Args:
            request_type: method, or any word for another protocol.
            name: name of the entry in the statistics.
            response_length: bytes; may be set later in the yielded dict.
            context: handed on to the listeners.
            extra: further keys for the listeners.

        Yields:
            The payload, which the block may change.

        Source: Locust's EventHook.measure, which swallows the exception too.
        """
        meta: dict[str, Any] = {
            "request_type": request_type,
            "name": name,
            "response_length": response_length,
            "context": {} if context is None else context,
            "exception": None,
            "start_time": time.time(),
            **extra,
        }
        started_s = time.perf_counter()
        try:
            yield meta
        except Exception as error:  # noqa: BLE001 - the failure is the measured result
            meta["exception"] = error
        finally:
            meta["response_time"] = (time.perf_counter() - started_s) * 1000
            self.fire(**meta)


def _log_failure() -> None:
    # Late, because importing the package must not take the time that logging needs.
    import logging
    import traceback

    # By the root logger, because handlers and filters of users are set up for Locust's.
    logging.getLogger().error("Uncaught exception in event handler: \n%s", traceback.format_exc())


class RequestHook(EventHook[RequestPayload]):
    """The request event: counted natively, told to listeners only when there are any.

    The recorder shares a list that holds our dispatcher while somebody listens and is empty
    otherwise, so a firing that nobody listens to never enters Python.

    Attributes:
        recorder: what counts; None until it is bound.
        unverified: who calls without checking certificates (class name of the user), with whether
            its base URL is https; reports tell it.
    """

    def __init__(self) -> None:
        """Make a hook that counts nothing until a recorder is bound."""
        self._shared: list[Listener] = []
        super().__init__(RequestPayload)
        self.recorder: RequestRecorder | None = None
        self.unverified: dict[str, bool] = {}

    def add_listener(self, handler: ListenerT) -> ListenerT:
        """Call `handler` after each finished request; usable as a decorator."""
        super().add_listener(handler)
        self._share()
        return handler

    def remove_listener(self, handler: Listener) -> None:
        """Stop calling `handler`.

        Raises:
            ValueError: it was not registered.
        """
        super().remove_listener(handler)
        self._share()

    def bind(self, recorder: RequestRecorder) -> None:
        """Let `recorder` count what is fired; its native `fire` replaces ours on this instance.

        The last binding wins: two environments that share one hook count in the later one.
        """
        self.recorder = recorder
        recorder.set_listeners(self._shared)
        self.fire = recorder.fire  # type: ignore[method-assign]  # saves a Python frame a request

    @property
    def _handlers(self) -> list[Listener]:
        """The listeners; a plug-in may assign others."""
        return self._heard

    @_handlers.setter
    def _handlers(self, handlers: list[Listener]) -> None:
        self._heard = handlers
        self._share()

    def _share(self) -> None:
        self._shared[:] = [self.notify] if self._handlers else []


class Events:
    """All events of one environment."""

    def __init__(self) -> None:
        """Make every hook, without listeners."""
        self.request = RequestHook()
        self.user_error = EventHook(UserErrorPayload)
        self.report_to_master = EventHook(ReportToMasterPayload)
        self.worker_report = EventHook(WorkerReportPayload)
        self.worker_connect = EventHook(WorkerConnectPayload)
        self.spawning_complete = EventHook(SpawningCompletePayload)
        self.init = EventHook(InitPayload)
        self.init_command_line_parser = EventHook(InitParserPayload)
        self.test_start = EventHook(EnvironmentPayload)
        self.test_stopping = EventHook(EnvironmentPayload)
        self.test_stop = EventHook(EnvironmentPayload)
        self.quitting = EventHook(EnvironmentPayload)
        self.quit = EventHook(QuitPayload)
        self.reset_stats = EventHook(EmptyPayload)
        self.cpu_warning = EventHook(CpuWarningPayload)
        self.usage_monitor = EventHook(UsageMonitorPayload)
        self.heartbeat_sent = EventHook(HeartbeatPayload)
        self.heartbeat_received = EventHook(HeartbeatPayload)

    def hooks(self) -> dict[str, EventHook[Any]]:
        """Return the hooks by name, including those that a script added."""
        return {name: hook for name, hook in vars(self).items() if isinstance(hook, EventHook)}

    @property
    def listener_failures(self) -> int:
        """Return how many exceptions listeners have raised; the exit code is 2 if that is all."""
        return sum(hook.listener_failures for hook in self.hooks().values())
