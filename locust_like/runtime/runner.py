"""What all runners share: the states of a run, how it begins and ends, exceptions and messages.

Who runs where:

- `start` returns at once; the spawning greenlet follows the ramp and fires `spawning_complete`.
- `stop` runs in a greenlet of its own that every caller waits for, so it may be called at once from
  a task, a listener and a signal handler; a user who calls it is stopped while it waits.

A subclass says what a ramp means (users of its own, or assignments for workers) and how users end.

Source: Locust's Runner.
"""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import gevent
from gevent.pool import Group

from locust_like.errors import StopTest
from locust_like.interfaces import WorkersNow
from locust_like.runtime.exceptions import ExceptionRow, count_exception, traceback_text
from locust_like.runtime.messages import Courier, Message, MessageListener, MessageListeners
from locust_like.runtime.shaping import ShapeFollower
from locust_like.runtime.spawner import Ramp
from locust_like.runtime.state import ACTIVE, State, changed
from locust_like.runtime.usage import watch_usage
from locust_like.runtime.user_classes import warn_of_fixed_counts

if TYPE_CHECKING:
    from locust_like.plan.shapes import Tick
    from locust_like.runtime.environment import Environment
    from locust_like.stats.view import RequestStats
    from locust_like.users.user import User

Mix = list[tuple[str, float, int]]
"""Names, weights and fixed counts of the classes that users are chosen from."""

_NO_WORKERS = "the users of this run are in the process itself, not on workers"

_logger = logging.getLogger("locust.runners")


class BaseRunner(ABC):
    """A runner without users.

    Args:
        environment: what the users run in.
        node_id: where exceptions of this process are said to happen.

    Attributes:
        environment: as given.
        exceptions: exceptions of users' code by a hash of type and place.
        target_user_count: users that `start` was asked for.
        target_user_classes_count: the same by class; empty until the ramp ends.
        spawn_rate: users a second that `start` was asked for.
        greenlet: greenlets of the runner; joining it waits for `quit`.
        spawning_greenlet: follows the current ramp; None before the first `start`.
        cpu_warning_emitted: that this run is short of CPU was logged.
        current_cpu_usage: percent of a core that the users' thread had in the last ten seconds.
        current_memory_usage: resident bytes of the process then.
        shape: follows the load shape of the environment, if it has one.

    Thread: all methods belong to the thread of the hub.
    """

    forced_stop_s = 0.5
    """How long the end may take after `kill_users`; all of it then fits into one second."""

    def __init__(self, environment: "Environment", node_id: str = "local") -> None:
        """Make a runner in state `ready`; it watches the use of CPU and memory from now on."""
        self.environment = environment
        self.exceptions: dict[int, ExceptionRow] = {}
        self.target_user_count = 0
        self.target_user_classes_count: dict[str, int] = {}
        self.spawn_rate = 0.0
        self.greenlet = Group()
        self.spawning_greenlet: gevent.Greenlet | None = None
        self.cpu_warning_emitted = False
        self.current_cpu_usage = 0.0
        self.current_memory_usage = 0
        self.shape = ShapeFollower(self)
        self._node_id = node_id
        self._state = State.READY
        self._mix: Mix = []
        self._stopping: gevent.Greenlet | None = None
        self._quitting: gevent.Greenlet | None = None
        self._listeners = MessageListeners()
        environment.events.user_error.add_listener(self._on_user_error)
        self.greenlet.spawn(watch_usage, self)

    @property
    @abstractmethod
    def paused(self) -> bool:
        """Whether users take no new task, because of `pause`."""

    @property
    @abstractmethod
    def user_count(self) -> int:
        """How many users run now, those that finish their last task included."""

    @property
    @abstractmethod
    def user_classes_count(self) -> dict[str, int]:
        """How many users of each class run now."""

    @abstractmethod
    def pause(self) -> None:
        """Let users take no new task, and new users not start, until `resume`; calls go on."""

    @abstractmethod
    def resume(self) -> None:
        """Let paused users go on."""

    @abstractmethod
    def kill_users(self) -> None:
        """End all users at once, whatever they do; does not wait for it."""

    def drain_worker(self, index: int, *, is_drained: bool) -> None:
        """Move the users of a worker to the others and give it none, or use it again.

        Raises: ValueError if that cannot be.
        """
        del index, is_drained
        raise ValueError(_NO_WORKERS)

    def remove_worker(self, index: int) -> None:
        """Let a worker report the rest and end; its users go to the others.

        Raises: ValueError if that cannot be.
        """
        del index
        raise ValueError(_NO_WORKERS)

    @abstractmethod
    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """Send a message to the other side.

        Args:
            msg_type: the type; whoever has registered for it is called.
            data: what the listener gets as `msg.data`.
            client_id: on a master, the worker that gets it; None = all of them.
        """

    @abstractmethod
    def _go(self, ramp: Ramp, *, begins: bool, changes_mix: bool) -> None:
        """Follow a ramp in the spawning greenlet, with the classes in `_mix`."""

    @abstractmethod
    def _end_users(self) -> None:
        """End all users in an orderly way and wait for that."""

    @property
    def state(self) -> State:
        """Where the run is."""
        return self._state

    @property
    def stats(self) -> "RequestStats":
        """The statistics of the environment."""
        return self.environment.stats

    @property
    def user_classes(self) -> "list[type[User]]":
        """The classes that users are chosen from."""
        return self.environment.user_classes

    @property
    def user_classes_by_name(self) -> "Mapping[str, type[User]]":
        """The same by their names."""
        return self.environment.user_classes_by_name

    @property
    def errors(self) -> Mapping[str, Any]:
        """The failures of requests, by fingerprint."""
        return self.stats.errors

    @property
    def workers(self) -> WorkersNow | None:
        """Those who run the users; None when this process does."""
        return None

    @property
    def listener_failures(self) -> int:
        """How many exceptions event listeners have raised."""
        return self.environment.events.listener_failures

    def start(
        self,
        user_count: int,
        spawn_rate: float,
        wait: bool = False,
        user_classes: "Iterable[type[User]] | None" = None,
    ) -> None:
        """Start a test, or go to another number of users; a ramp that is under way is replaced.

        Args:
            user_count: users at the end of the ramp, 0 or more.
            spawn_rate: users that start or stop in a second, above 0.
            wait: True = return when the ramp has ended.
            user_classes: classes that new users are chosen from; None = all.

        Raises:
            ValueError: a number is out of range, there is no class to choose from, or nobody to
                run users.
        """
        classes = list(self.environment.user_classes if user_classes is None else user_classes)
        if user_count > 0 and not classes:
            msg = "There are no users with weight > 0."
            raise ValueError(msg)
        mix = [(cls.__name__, float(cls.weight), cls.fixed_count) for cls in classes]
        self._ramp_to(user_count, spawn_rate, mix)
        if wait and self.spawning_greenlet is not None:
            self.spawning_greenlet.join()

    def staff(self, counts: Mapping[str, int], spawn_rate: float) -> None:
        """Do what `start` does, towards so many users of each class.

        Raises:
            ValueError: as `start`.
        """
        mix = [(name, 1.0, count) for name, count in counts.items() if count]
        self._ramp_to(sum(counts.values()), spawn_rate, mix)

    @property
    def shape_greenlet(self) -> gevent.Greenlet | None:
        """Follows the load shape; None while none is followed."""
        return self.shape.greenlet

    @property
    def shape_last_tick(self) -> "Tick | None":
        """What the load shape said last; None while none is followed."""
        return None if self.shape_greenlet is None else self.shape.last_tick

    def start_shape(self) -> None:
        """Run the load shape of the environment from its beginning.

        Raises:
            ValueError: it has none.
        """
        # Here, because what the shape starts is itself awaited by a stop, and cannot wait for it.
        if self._stopping is not None:
            self._join(self._stopping)
        self.shape.begin()

    def _ramp_to(self, user_count: int, spawn_rate: float, mix: Mix) -> None:
        obstacle = self._obstacle()
        if obstacle:
            raise ValueError(obstacle)
        ramp = Ramp(self._placed(), user_count, spawn_rate, monotonic())
        if self._stopping is not None:
            self._join(self._stopping)
        self._kill_spawning()
        self.target_user_count = user_count
        self.spawn_rate = spawn_rate
        begins = self._state not in ACTIVE
        self._change_state(State.SPAWNING)
        if begins:
            self._begin_test()
        if self._state is not State.SPAWNING:
            return  # a listener of test_start has stopped the run
        _logger.info("Ramping to %d users at a rate of %.2f per second", user_count, spawn_rate)
        warn_of_fixed_counts(mix, user_count)
        changes_mix = not begins and mix != self._mix
        self._mix = mix
        self._go(ramp, begins=begins, changes_mix=changes_mix)

    def stop(self) -> None:
        """Stop the test and wait until all users have ended.

        A user that calls it ends in this call, as the other users end in theirs. Where the stopping
        itself is the caller (`on_stop`, a listener of test_stopping), it returns at once.
        """
        if self._state in (State.READY, State.STOPPED):
            return
        if self._stopping is None or self._stopping.ready():
            self._stopping = gevent.spawn(self._stop)
        self._join(self._stopping)

    def quit(self) -> None:
        """Stop the test and end the runner, so that joining `greenlet` returns.

        A user that calls it ends in this call; see `stop`.
        """
        if self._quitting is None:
            self._quitting = gevent.spawn(self._quit)
        self._join(self._quitting)

    def log_exception(self, node_id: str, msg: str, formatted_tb: str) -> None:
        """Count an exception of users' code.

        Args:
            node_id: where it happened; "local" in a run without workers.
            msg: its text.
            formatted_tb: its traceback; those of one type from one place are one row.
        """
        count_exception(self.exceptions, node_id, msg, formatted_tb)

    def register_message(
        self, msg_type: str, listener: MessageListener, concurrent: bool = False
    ) -> None:
        """Call `listener(environment=..., msg=...)` for messages of a type.

        Args:
            msg_type: the type.
            listener: called one message after the other.
            concurrent: True = in a distributed run the next message does not wait for the end of
                the listener; a local runner delivers in the sender's greenlet in any case.

        Raises:
            LocustError: the type has a listener already.
        """
        self._listeners.register(msg_type, listener, concurrent=concurrent)

    def deliver(self, message: Message, courier: Courier) -> None:
        """Let the courier take a message of the other side to its listener."""
        courier.put(
            message.type,
            lambda: self._listeners.deliver(message, self.environment),
            concurrent=self._listeners.is_concurrent(message.type),
        )

    def _obstacle(self) -> str:
        """Return why no test can be started now; empty if one can."""
        return ""

    def _placed(self) -> int:
        """Return from how many users a new ramp starts."""
        return self.user_count

    def _change_state(self, to: State) -> None:
        self._state = changed(self._state, to)

    def _begin_test(self) -> None:
        self.environment.filter_tasks()
        self._reset_figures()
        self.exceptions.clear()
        self.cpu_warning_emitted = False
        self.target_user_classes_count = {}
        self.environment.events.test_start.fire(environment=self.environment)

    def _reset_figures(self) -> None:
        self.environment.recorder.reset()

    def _tell_spawned(self, counts: Mapping[str, int], total: int) -> None:
        """Log and tell that the target is reached."""
        _logger.info(
            "All users spawned: %s (%d total users)",
            json.dumps(dict(sorted(counts.items()))),
            sum(counts.values()),
        )
        if self.environment.reset_stats:
            _logger.info("Resetting stats")
            self.environment.recorder.reset()
        try:
            self.environment.events.spawning_complete.fire(user_count=total)
        except StopTest:
            self.quit()

    def _stop(self) -> None:
        self._change_state(State.STOPPING)
        self.shape.kill()
        self._kill_spawning()
        with suppress(StopTest):  # what a listener asks for is under way
            self.environment.events.test_stopping.fire(environment=self.environment)
        self._change_state(State.CLEANUP)
        self._end_users()
        self._change_state(State.STOPPED)
        with suppress(StopTest):
            self.environment.events.test_stop.fire(environment=self.environment)

    def _quit(self) -> None:
        # Not this class's `stop`: a worker's asks the master.
        BaseRunner.stop(self)
        self.greenlet.kill(block=False)

    def _join(self, greenlet: gevent.Greenlet) -> None:
        """Wait for the stopping, unless the caller is something that the stopping waits for."""
        if not self._is_awaited(gevent.getcurrent()):
            greenlet.join()

    def _is_awaited(self, caller: Any) -> bool:
        """Tell whether the stopping waits for the end of this greenlet."""
        if caller in (self._stopping, self.spawning_greenlet):
            return True
        return isinstance(caller, gevent.Greenlet) and caller in self.greenlet

    def _kill_spawning(self) -> None:
        """End the current ramp; a listener of spawning_complete, which is part of it, goes on."""
        if self.spawning_greenlet not in (None, gevent.getcurrent()):
            self.spawning_greenlet.kill()

    def _on_user_error(self, exception: BaseException, **_kwargs: object) -> None:
        self.log_exception(self._node_id, str(exception), traceback_text(exception))
