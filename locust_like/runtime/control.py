"""The one door for operators: every change of a run, from wherever it comes, passes through here.

It keeps what belongs to a run and no runner knows: its number, the version that grows with each
change (so that a change based on an old one can be refused), who did what when, and the change that
can be undone.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gevent

from locust_like._core import UserSequence
from locust_like.errors import CommandError, StaleCommand
from locust_like.runtime.checks import check_users
from locust_like.runtime.class_settings import ClassSettings, change_text
from locust_like.runtime.commands import Edit, Mark, Order, Staff, Start
from locust_like.runtime.control_checks import Arguments, Load, check_host, check_load
from locust_like.runtime.control_values import Annotation, PlanNow, Preview, Status, duration_text
from locust_like.runtime.endings import BY_SCRIPT, ITERATIONS_DONE, SHAPE_ENDED, TIME_LIMIT
from locust_like.runtime.iterations import Iterations
from locust_like.runtime.shape_choice import find_shape, shape_name, shapes_now, tell_load
from locust_like.runtime.state import ACTIVE, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locust_like.interfaces import Runner, ShapeLike
    from locust_like.runtime.commands import ClassChange, Command
    from locust_like.runtime.control_values import Kind
    from locust_like.runtime.environment import Environment
    from locust_like.users.user import User

UNDO_S = 10.0
"""For how long a change of the load can be taken back."""
MOST_ANNOTATIONS = 10_000
_TURNS_TO_BEGIN = 10
"""Turns of the hub in which a stop begins, so that the answer can say so."""


@dataclass(frozen=True)
class _Before:
    """What an undo brings back, until a moment of the clock."""

    load: Load
    classes: tuple[ClassChange, ...]
    until_s: float


class Control:
    """Does what operators ask, and knows what the run is.

    Args:
        environment: its runner must exist.
        available: all user classes of the locustfiles; those of the environment are enabled.
        load: users, spawn rate and run time that the next run has if nobody says otherwise.
        arguments: what the locustfile has added to the command line.
        clock: monotonic seconds.
        wall_clock: seconds since the epoch.

    Attributes:
        on_begin: called with the run time of each run that begins.
        on_end: called with the ending of each run that has ended.

    Thread: the hub's thread.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        available: Sequence[type[User]],
        load: Load,
        arguments: Arguments | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Listen to the beginning and end of runs from now on."""
        self.on_begin: list[Callable[[float | None], object]] = []
        self.on_end: list[Callable[[str], object]] = []
        self._environment = environment
        self._classes = ClassSettings(environment, available)
        self._load = load
        self._arguments = arguments or Arguments({}, None)
        self._clock = clock
        self._wall_clock = wall_clock
        self._run = 0
        self._version = 0
        self._annotations: list[Annotation] = []
        self._started_s: float | None = None
        self._start_wall_s: float | None = None
        self._ended_s: float | None = None
        self._ending = self._reason = ""
        self._who = "script"
        self._limit: gevent.Greenlet | None = None
        self._before: _Before | None = None
        events = environment.events
        events.test_start.add_listener(self._on_test_start)
        events.test_stop.add_listener(self._on_test_stop)
        events.spawning_complete.add_listener(self._on_spawned)

    @property
    def runner(self) -> Runner:
        """The runner of the environment."""
        runner = self._environment.runner
        assert runner is not None
        return runner

    @property
    def is_active(self) -> bool:
        """Whether users are there, or are on their way."""
        return self.runner.state in ACTIVE

    def do(self, command: Command, who: str) -> Status:
        """Do what is asked and return the state afterwards; stopping goes on behind it.

        Args:
            command: what is asked.
            who: stands in the annotation.

        Raises: CommandError, or StaleCommand when `based_on` is not the current version.
        """
        if getattr(command, "based_on", None) not in (None, self._version):
            raise StaleCommand("the load was changed by somebody else meanwhile")
        self._who = who
        try:
            self._carry_out(command)
        finally:
            self._who = "script"
        return self.status()

    def _carry_out(self, command: Command) -> None:
        match command:
            case Start():
                self._start(command)
            case Edit():
                self._edit(command)
            case Mark():
                self._mark(command.text)
            case Staff():
                self._staff(command)
            case Order():
                getattr(self, f"_{command.kind}")()

    def preview(self, edit: Edit) -> Preview:
        """Return what the edit would do, without doing it.

        Raises: CommandError for a value that cannot be used.
        """
        users, rate_per_s = self._aim(edit)
        mix = self._classes.mix(edit.classes)
        counts = UserSequence(mix).users_at(users)
        now = self.runner.user_count
        moved = Counter(counts) - Counter(self.runner.user_classes_count)
        seconds = max(abs(users - now), moved.total()) / rate_per_s
        text = f"{now:,} -> {users:,} users at {rate_per_s:g}/s, about {duration_text(seconds)}"
        return Preview(now, users, rate_per_s, seconds, counts, text)

    def status(self) -> Status:
        """Return where the run is."""
        runner = self.runner
        paused = runner.paused and runner.state in ACTIVE
        return Status(
            run=self._run,
            version=self._version,
            state="paused" if paused else str(runner.state),
            users=runner.user_count,
            target_users=runner.target_user_count if self.is_active else 0,
            spawn_rate_per_s=runner.spawn_rate or self._load.spawn_rate_per_s,
            start_wall_s=self._start_wall_s,
            elapsed_s=self._elapsed_s(),
            run_time_s=self._load.run_time_s,
            ending=self._ending,
            host=self._environment.host,
            classes=runner.user_classes_count,
            can_undo_s=self._can_undo_s(),
            shape=shape_name(self._environment),
        )

    def plan(self) -> PlanNow:
        """Return what the next run would be."""
        load = self._load
        environment = self._environment
        return PlanNow(
            host=environment.host,
            users=load.users,
            spawn_rate_per_s=load.spawn_rate_per_s,
            run_time_s=load.run_time_s,
            classes=self._classes.now(),
            tags=self._classes.tags(),
            chosen_tags=tuple(sorted(environment.tags or ())),
            excluded_tags=tuple(sorted(environment.exclude_tags or ())),
            arguments=self._arguments.now(),
            shapes=shapes_now(environment),
            shape=shape_name(environment),
        )

    def annotations(self, since: int = 0) -> Sequence[Annotation]:
        """Return those of this run from index `since` on, at most 10,000 in all."""
        return self._annotations[since:]

    def _start(self, command: Start) -> None:
        if self.is_active:
            raise CommandError("a run is active; stop it first, or change its load")
        load = self._load.changed(command.users, command.spawn_rate_per_s, command.run_time_s)
        check_load(load)
        environment = self._environment
        shape = find_shape(environment, command.shape)
        host = environment.host if command.host is None else command.host.strip() or None
        check_host("host", host)
        self._classes.check(command.classes)
        tags = environment.tags if command.tags is None else command.tags
        excluded = (
            environment.exclude_tags if command.exclude_tags is None else command.exclude_tags
        )
        self._classes.check_tags(tags or (), excluded or ())
        self._arguments.set(command.arguments)
        # Nothing is refused for its value from here on.
        self._classes.apply(command.classes)
        environment.host, self._load, environment.shape_class = host, load, shape
        environment.choose_tasks(tags or (), excluded or ())
        if environment.iterations is not None:
            environment.iterations = Iterations(environment.iterations.limit)
        environment.user_classes = list(self._classes.enabled())
        self._begin()

    def _begin(self) -> None:
        load = self._load
        try:
            check_users(self._environment)
            if self._environment.shape_class is None:
                self.runner.start(load.users, load.spawn_rate_per_s)
            else:
                tell_load(self._environment, load)
                self.runner.start_shape()
                gevent.spawn(self._end_with, self.runner.shape)
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _edit(self, command: Edit) -> None:
        self._refuse_unless_active("change the load")
        if self.runner.shape.greenlet is not None:
            raise CommandError("a load shape decides on the load of this run")
        users, rate_per_s = self._aim(command)
        before = _Before(self._load, self._classes.settings(), self._clock() + UNDO_S)
        runner = self.runner
        old = runner.target_user_count
        self._go_to(users, rate_per_s, command.classes)
        self._before = before
        text = f"{old:,} -> {users:,} users at {rate_per_s:g}/s"
        if command.classes:
            text += "; " + ", ".join(change_text(change) for change in command.classes)
        self._note("load", text)

    def _undo(self) -> None:
        before = self._before
        if before is None or not self._can_undo_s():
            raise CommandError("there is nothing to undo; a change can be undone for 10 s")
        self._refuse_unless_active("undo a change")
        load = before.load
        self._go_to(load.users, load.spawn_rate_per_s, before.classes)
        self._before = None
        self._note("load", f"undone: back to {load.users:,} users at {load.spawn_rate_per_s:g}/s")

    def _go_to(self, users: int, rate_per_s: float, classes: Sequence[ClassChange]) -> None:
        self._classes.apply(classes)
        environment, enabled = self._environment, list(self._classes.enabled())
        # Classes that are to leave have users still, which must be found by their names.
        environment.user_classes = list(dict.fromkeys([*environment.user_classes, *enabled]))
        self._load = Load(users, rate_per_s, self._load.run_time_s)
        try:
            self.runner.start(users, rate_per_s, user_classes=enabled)
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _aim(self, edit: Edit) -> tuple[int, float]:
        """Return users and rate that an edit asks for, checked."""
        runner = self.runner
        now = Load(runner.target_user_count, runner.spawn_rate or self._load.spawn_rate_per_s, None)
        load = now.changed(edit.users, edit.spawn_rate_per_s, None)
        check_load(load)
        self._classes.check(edit.classes)
        return load.users, load.spawn_rate_per_s

    def _pause(self) -> None:
        self._refuse_unless_active("pause")
        if not self.runner.paused:
            self.runner.pause()
            self._note("pause", "paused: running tasks are finished, no new task starts")

    def _resume(self) -> None:
        if not self.runner.paused:
            raise CommandError("the run is not paused")
        self.runner.resume()
        self._note("resume", "resumed")

    def _stop(self) -> None:
        if self.runner.state in (State.READY, State.STOPPED):
            raise CommandError("no run is active, so there is nothing to stop")
        self._reason = self._reason or f"stopped by {self._who}"
        self._note("stop", "stop: running tasks are finished")
        gevent.spawn(self.runner.stop)
        for _ in range(_TURNS_TO_BEGIN):
            if self.is_active:
                gevent.sleep(0)

    def _stop_now(self) -> None:
        self._stop()
        gevent.sleep(0)  # until then the users have been told to stop
        self.runner.kill_users()

    def _reset(self) -> None:
        self._environment.recorder.reset()
        self.runner.exceptions.clear()
        self._note("reset", "all figures reset")

    def _mark(self, text: str) -> None:
        text = " ".join(text.split())
        if not text:
            raise CommandError("a mark needs a text", field="text", accepted="1 to 1024 characters")
        self._note("mark", text, changes=False)

    def _staff(self, command: Staff) -> None:
        try:
            if command.kind == "remove":
                self.runner.remove_worker(command.index)
            else:
                self.runner.drain_worker(command.index, is_drained=command.kind == "drain")
        except ValueError as error:
            raise CommandError(str(error), field="index", value=str(command.index)) from error
        done = {"drain": "gets no more users", "use": "is used again", "remove": "leaves"}
        self._note("workers", f"worker {command.index} {done[command.kind]}", changes=False)

    def _refuse_unless_active(self, action: str) -> None:
        if not self.is_active:
            raise CommandError(f"no run is active, so you cannot {action}; start one")

    def _note(self, kind: Kind, text: str, *, changes: bool = True, who: str = "") -> None:
        self._version += changes
        if len(self._annotations) < MOST_ANNOTATIONS:
            note = Annotation(self._wall_clock(), kind, text, who or self._who)
            self._annotations.append(note)

    def _elapsed_s(self) -> float:
        if self._started_s is None:
            return 0.0
        return (self._clock() if self._ended_s is None else self._ended_s) - self._started_s

    def _can_undo_s(self) -> float:
        if self._before is None or not self.is_active:
            return 0.0
        return max(0.0, self._before.until_s - self._clock())

    def _on_test_start(self, **_kwargs: object) -> None:
        self._run += 1
        self._annotations.clear()
        self._started_s, self._start_wall_s = self._clock(), self._wall_clock()
        self._ended_s, self._ending, self._reason, self._before = None, "", "", None
        runner = self.runner
        self._note(
            "start", f"started: {runner.target_user_count:,} users at {runner.spawn_rate:g}/s"
        )
        run_time_s = self._load.run_time_s
        if run_time_s is not None:
            self._limit = gevent.spawn_later(run_time_s, self._end_for, TIME_LIMIT)
        if self._environment.iterations is not None:
            gevent.spawn(self._end_after, self._environment.iterations)
        for tell in self.on_begin:
            tell(run_time_s)

    def _end_after(self, iterations: Iterations) -> None:
        iterations.finished.wait()
        if iterations is self._environment.iterations:
            self._end_for(ITERATIONS_DONE)

    def _end_with(self, shape: ShapeLike) -> None:
        shape.ended.wait()
        self._reason = self._reason or SHAPE_ENDED

    def _end_for(self, reason: str) -> None:
        if self.is_active:
            self._reason = self._reason or reason
            self.runner.stop()

    def _on_test_stop(self, **_kwargs: object) -> None:
        if self._limit is not None:
            self._limit.kill(block=False)
            self._limit = None
        self._ended_s = self._clock()
        self._ending = self._reason or BY_SCRIPT
        self._note("end", self._ending, who="run")
        for tell in self.on_end:
            tell(self._ending)

    def _on_spawned(self, user_count: int, **_kwargs: object) -> None:
        self._note("spawned", f"all {user_count:,} users spawned", changes=False, who="run")
