"""The local runner: starts, counts, replaces and stops the users of one process.

It is a small driver around three pure parts: `state` says what may follow what, `spawner` when
users start and stop, `_core.UserSequence` which class comes next.

Who runs where:

- `start` returns at once; the spawning greenlet follows the ramp and fires `spawning_complete`.
- `stop` runs in a greenlet of its own that every caller waits for, so it may be called at once from
  a task, a listener and a signal handler; a user who calls it is stopped while it waits.
- `population` owns the users' greenlets.

Source: Locust's LocalRunner. We differ in what `runtime/spawner.py` says, and in that a user that
dies while it starts is replaced.
"""

import gc
import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import gevent
from gevent import monkey
from gevent.pool import Group

from locust_like._core import UserSequence
from locust_like.errors import StopTest
from locust_like.runtime.exceptions import ExceptionRow, count_exception, traceback_text
from locust_like.runtime.messages import Message, MessageListener, MessageListeners
from locust_like.runtime.population import Population
from locust_like.runtime.spawner import Ramp, exchanges, surplus
from locust_like.runtime.state import ACTIVE, State, changed
from locust_like.runtime.usage import watch_usage

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment
    from locust_like.stats.view import RequestStats
    from locust_like.users.user import User

# Ramps faster than this start several users at each look at the clock.
_SHORTEST_STEP_S = 0.01

_logger = logging.getLogger("locust.runners")


class LocalRunner:
    """Runs the users of an environment in this process.

    Attributes:
        environment: what the users run in.
        exceptions: exceptions of users' code by a hash of type and place.
        target_user_count: users that `start` was asked for.
        target_user_classes_count: the same by class; empty until the ramp ends.
        spawn_rate: users a second that `start` was asked for.
        greenlet: greenlets of the runner; joining it waits for `quit`.
        spawning_greenlet: follows the current ramp; None before the first `start`.
        cpu_warning_emitted: the cpu_warning event was fired in this run.

    Thread: all methods belong to the thread of the hub.
    """

    def __init__(self, environment: "Environment") -> None:
        """Make a runner in state `ready`; it watches the use of CPU and memory from now on."""
        self.environment = environment
        self.exceptions: dict[int, ExceptionRow] = {}
        self.target_user_count = 0
        self.target_user_classes_count: dict[str, int] = {}
        self.spawn_rate = 0.0
        self.greenlet = Group()
        self.spawning_greenlet: gevent.Greenlet | None = None
        self.cpu_warning_emitted = False
        self._state = State.READY
        self._population = Population(environment, partial(self.log_exception, "local"))
        # Users by class that the ramp has placed, those that ended by themselves included.
        self._assigned: dict[str, int] = {}
        # Names, weights and fixed counts that the sequence is made of.
        self._mix: list[tuple[str, float, int]] = []
        self._sequence = UserSequence(self._mix)
        self._stopping: gevent.Greenlet | None = None
        self._quitting: gevent.Greenlet | None = None
        self._listeners = MessageListeners()
        environment.events.user_error.add_listener(self._on_user_error)
        self.greenlet.spawn(watch_usage, self)
        if not monkey.is_module_patched("socket"):
            _logger.warning(
                "time.sleep, sockets and locks in tasks stop all users while they wait, because "
                "this process is not patched; call locust_like.patch() before other imports"
            )

    @property
    def user_greenlets(self) -> Group:
        """Greenlets of the users."""
        return self._population.greenlets

    @property
    def state(self) -> State:
        """Where the run is."""
        return self._state

    @property
    def paused(self) -> bool:
        """Whether users take no new task, because of `pause`."""
        return self._population.is_paused

    @property
    def stats(self) -> "RequestStats":
        """The statistics of the environment."""
        return self.environment.stats

    @property
    def errors(self) -> Mapping[str, Any]:
        """The failures of requests, by fingerprint."""
        return self.stats.errors

    @property
    def user_count(self) -> int:
        """How many users run now, those that finish their last task included."""
        return len(self._population)

    @property
    def user_classes_count(self) -> dict[str, int]:
        """How many users of each class run now."""
        return self._population.counts()

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
            ValueError: a number is out of range, or there is no class to choose from.
        """
        classes = list(self.environment.user_classes if user_classes is None else user_classes)
        if user_count > 0 and not classes:
            msg = "There are no users with weight > 0."
            raise ValueError(msg)
        ramp = Ramp(self.user_count, user_count, spawn_rate, monotonic())
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
        self._population.replace(1 / spawn_rate)
        _logger.info("Ramping to %d users at a rate of %.2f per second", user_count, spawn_rate)
        _warn_of_fixed_counts(classes, user_count)
        mix = [(cls.__name__, float(cls.weight), cls.fixed_count) for cls in classes]
        exchanges_classes = not begins and mix != self._mix
        self._mix, self._sequence = mix, UserSequence(mix)
        self._assigned = self.user_classes_count
        self.spawning_greenlet = self.greenlet.spawn(self._follow, ramp, exchanges_classes)
        if wait:
            self.spawning_greenlet.join()

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

    def pause(self) -> None:
        """Let users take no new task, and new users not start, until `resume`; calls go on."""
        if self._state in ACTIVE and not self.paused:
            _logger.info("Pausing: running tasks are finished, no new task starts")
            self._population.pause()

    def resume(self) -> None:
        """Let paused users go on."""
        if self.paused:
            _logger.info("Resuming")
            self._population.resume()

    def spawn_users(
        self, user_classes_spawn_count: Mapping[str, int], wait: bool = False
    ) -> "list[User]":
        """Start users now, besides what a ramp does.

        Args:
            user_classes_spawn_count: how many of each class.
            wait: True = return when all users of the runner have ended.

        Returns:
            The users that could be made.
        """
        by_name = self.environment.user_classes_by_name
        users = [
            user
            for name, count in user_classes_spawn_count.items()
            for _ in range(count)
            if (user := self._spawn(by_name[name])) is not None
        ]
        if wait:
            self._population.greenlets.join()
        return users

    def stop_users(self, user_classes_stop_count: Mapping[str, int]) -> None:
        """Stop users, the youngest first, and wait until they have ended.

        Args:
            user_classes_stop_count: how many of each class.
        """
        self._population.stop(user_classes_stop_count)

    def log_exception(self, node_id: str, msg: str, formatted_tb: str) -> None:
        """Count an exception of users' code.

        Args:
            node_id: where it happened; "local" in this process.
            msg: its text.
            formatted_tb: its traceback; those of one type from one place are one row.
        """
        count_exception(self.exceptions, node_id, msg, formatted_tb)

    def register_message(
        self,
        msg_type: str,
        listener: MessageListener,
        concurrent: bool = False,
    ) -> None:
        """Call `listener(environment=..., msg=...)` for messages of a type.

        Args:
            msg_type: the type.
            listener: called in the sender's greenlet.
            concurrent: for distributed runs; a local runner delivers at once in any case.

        Raises:
            LocustError: the type has a listener already.
        """
        self._listeners.register(msg_type, listener)

    def send_message(
        self,
        msg_type: str,
        data: Any = None,
        client_id: str | None = None,
    ) -> None:
        """Send a message to oneself; its listener has been called when this returns.

        Args:
            msg_type: the type.
            data: what the listener gets as `msg.data`.
            client_id: for distributed runs; there is nobody else here.
        """
        self._listeners.deliver(Message(msg_type, data), self.environment)

    def _change_state(self, to: State) -> None:
        self._state = changed(self._state, to)

    def _begin_test(self) -> None:
        self.environment.filter_tasks()
        self.environment.recorder.reset()
        self.exceptions.clear()
        self.cpu_warning_emitted = False
        self.target_user_classes_count = {}
        self.environment.events.test_start.fire(environment=self.environment)

    def _follow(self, ramp: Ramp, exchanges_classes: bool) -> None:
        """Start and stop users as the ramp says, then tell that the target is reached."""
        endings: list[gevent.Greenlet] = []
        while True:
            now_s = monotonic()
            self._go_to(ramp.count_at(now_s), endings)
            due_s = ramp.next_due_s(now_s)
            if due_s is None:
                break
            gevent.sleep(max(due_s - monotonic(), _SHORTEST_STEP_S))
        if exchanges_classes:
            self._exchange(ramp, endings)
        gevent.joinall(endings)
        if self._quitting is not None:
            return
        # A collection that looks at ten thousand users stops all of them for 20 ms.
        gc.freeze()
        self._change_state(State.RUNNING)
        self.target_user_classes_count = self._wanted(ramp.target_count)
        self._tell_spawned()

    def _go_to(self, count: int, endings: list[gevent.Greenlet]) -> None:
        by_name = self.environment.user_classes_by_name
        missing = count - sum(self._assigned.values())
        for _ in range(missing):
            name = self._sequence.next(self._assigned)
            if name is None or self._quitting is not None:
                break
            self._assigned[name] = self._assigned.get(name, 0) + 1
            self._spawn(by_name[name])
        if missing < 0:
            too_many = surplus(self._assigned, self._wanted(count))
            for name, excess in too_many.items():
                self._assigned[name] -= excess
            gc.unfreeze()
            endings.append(self.greenlet.spawn(self.stop_users, too_many))

    def _exchange(self, ramp: Ramp, endings: list[gevent.Greenlet]) -> None:
        """Where the weights have changed, replace users one for one, at the ramp's rate."""
        pairs = exchanges(self._assigned, self._wanted(ramp.target_count))
        steps = Ramp(0, len(pairs), ramp.rate_per_s, monotonic())
        done = 0
        while done < len(pairs) and self._quitting is None:
            now_s = monotonic()
            due = pairs[done : steps.count_at(now_s)]
            done += len(due)
            gc.unfreeze()
            endings.append(self.greenlet.spawn(self.stop_users, Counter(old for old, _ in due)))
            for old, new in due:
                self._assigned[old] -= 1
                self._assigned[new] = self._assigned.get(new, 0) + 1
                self._spawn(self.environment.user_classes_by_name[new])
            due_s = steps.next_due_s(now_s)
            if due_s is not None:
                gevent.sleep(max(due_s - monotonic(), _SHORTEST_STEP_S))

    def _wanted(self, count: int) -> dict[str, int]:
        return dict.fromkeys(self._assigned, 0) | self._sequence.users_at(count)

    def _tell_spawned(self) -> None:
        counts = self.user_classes_count
        _logger.info(
            "All users spawned: %s (%d total users)",
            json.dumps(dict(sorted(counts.items()))),
            sum(counts.values()),
        )
        if self.environment.reset_stats:
            _logger.info("Resetting stats")
            self.environment.recorder.reset()
        try:
            self.environment.events.spawning_complete.fire(user_count=self.target_user_count)
        except StopTest:
            self.quit()

    def _spawn(self, cls: "type[User]") -> "User | None":
        try:
            return self._population.spawn(cls)
        except StopTest as signal:
            _logger.error("%s", signal)
            self.log_exception("local", str(signal), "")
            _logger.info("Stopping Locust...")
            self.quit()
            return None

    def _stop(self) -> None:
        self._change_state(State.STOPPING)
        self._kill_spawning()
        with suppress(StopTest):  # what a listener asks for is under way
            self.environment.events.test_stopping.fire(environment=self.environment)
        self._change_state(State.CLEANUP)
        gc.unfreeze()
        self._population.stop_all()
        self._assigned = {}
        self._change_state(State.STOPPED)
        with suppress(StopTest):
            self.environment.events.test_stop.fire(environment=self.environment)

    def _quit(self) -> None:
        self.stop()
        self.greenlet.kill(block=False)

    def _join(self, greenlet: gevent.Greenlet) -> None:
        """Wait for the stopping, unless the caller is something that the stopping waits for."""
        caller = gevent.getcurrent()
        if caller in (self._stopping, self.spawning_greenlet):
            return
        if caller in self._population and not self._population.resign(caller):
            return
        if isinstance(caller, gevent.Greenlet) and caller in self.greenlet:
            return
        greenlet.join()

    def _kill_spawning(self) -> None:
        """End the current ramp; a listener of spawning_complete, which is part of it, goes on."""
        if self.spawning_greenlet not in (None, gevent.getcurrent()):
            self.spawning_greenlet.kill()

    def _on_user_error(self, exception: BaseException, **_kwargs: object) -> None:
        self.log_exception("local", str(exception), traceback_text(exception))


def _warn_of_fixed_counts(classes: "list[type[User]]", user_count: int) -> None:
    fixed = sum(cls.fixed_count for cls in classes)
    if fixed > user_count:
        _logger.info(
            "Total fixed_count of User classes (%d) is greater than the specified number of users "
            "(%d), so not all will be spawned.",
            fixed,
            user_count,
        )
