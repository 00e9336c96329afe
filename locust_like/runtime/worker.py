"""A worker's runner: runs what its master assigns, and tells what became of it.

The newest assignment is all there is: whatever it says is made true, from whatever is there now. So
nothing depends on the order in which a worker is cut off, forgotten and found again.

Who runs where:

- the listening greenlet takes the link's events and puts the newest assignment down;
- the driving greenlet makes it true. Only there a run begins, users start, and surplus users are
  told to stop; their end is waited for elsewhere;
- reports and heartbeats have greenlets of their own. Figures are sent by the link, without Python.

Source: Locust's WorkerRunner. We differ in that `stop` and `quit` of a script end the whole test,
as they do in a run without workers, and in what a worker without master does.
"""

import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

import gevent
from gevent.event import Event
from gevent.socket import wait_read

from locust_like.errors import StopTest
from locust_like.runtime.documents import (
    Assignment,
    End,
    Ready,
    ScriptMessage,
    decode,
    encode,
    encode_message,
)
from locust_like.runtime.heartbeats import ReceivedHeartbeats
from locust_like.runtime.hosting import HostingRunner
from locust_like.runtime.links import LinkEvent, WorkerLink
from locust_like.runtime.loans import LentIterations
from locust_like.runtime.messages import Courier, Message
from locust_like.runtime.run_settings import adopt
from locust_like.runtime.runner import BaseRunner
from locust_like.runtime.spawner import Ramp
from locust_like.runtime.state import ACTIVE, State
from locust_like.runtime.worker_reports import LogCollector, Reporting
from locust_like.stats.health import RunHealth

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment
    from locust_like.users.user import User

_BEAT_EVERY_S = 0.25
_REPORT_EVERY_S = 1.0
_LEAST_REPORT_GAP_S = 0.2
_SLICE_S = 0.01
_DRAIN_S = 5.0
"""How long a worker that goes waits until its master has everything."""

_logger = logging.getLogger("locust.runners")


class WorkerRunner(HostingRunner):
    """Runs users as a master says.

    Args:
        environment: what the users run in; its recorder is the one that the link reports.
        link: to the master.
        client_id: this worker's name.
        available: user classes that the master may ask for; None = those of the environment.
        take_health: returns what the generator has said about itself since the last call.
        log: what of the log the master gets.
        set_options: called with what the master's scripts read in `parsed_options`.
        plan: hash of the locustfiles.
        missed: events of the link that were taken from it before.

    Attributes:
        worker_index: number of this worker at its master, from 0; -1 until it is known.
        failure: why the worker has ended without being told to; empty otherwise.
    """

    def __init__(
        self,
        environment: "Environment",
        link: WorkerLink,
        client_id: str,
        *,
        available: "Sequence[type[User]] | None" = None,
        take_health: Callable[[], RunHealth] = RunHealth,
        log: LogCollector | None = None,
        set_options: Callable[[Mapping[str, object]], object] | None = None,
        plan: str = "",
        missed: Sequence[LinkEvent] = (),
    ) -> None:
        """Look for the master from now on."""
        super().__init__(environment, client_id)
        self.client_id = client_id
        self.worker_index = -1
        self.failure = ""
        self._link = link
        classes = environment.user_classes if available is None else available
        self._available = {cls.__name__: cls for cls in classes}
        self._set_options = set_options
        self._plan = plan
        self._wanted: Assignment | None = None
        self._wanted_version = 0
        self._applied = 0
        self._run = 0
        self._has_master = False
        # The call of the master's `start` that the users here belong to.
        self._start = -1
        self._told_start = -1
        self._news = Event()
        self._ended = Event()
        self._drained = Event()
        self._loans: LentIterations | None = None
        self._reporting = Reporting(environment, client_id, link, take_health, log)
        self._heartbeats = ReceivedHeartbeats(environment.events, client_id, link)
        environment.reset_stats = False  # the master's figures are reset, not what it gets
        self._courier = Courier(self.greenlet.spawn, self.quit)
        self._on: dict[str, Callable[[LinkEvent], object]] = {
            "admitted": self._on_admitted,
            "assignment": self._on_assignment,
            "order": self._on_order,
            "orphaned": self._on_orphaned,
            "drained": lambda _: self._drained.set(),
            "goodbye": lambda _: self._leave(""),
            "gave-up": lambda event: self._leave(event.text),
            "disconnected": lambda _: _logger.warning("The connection to the master is gone"),
            "refused": lambda event: _logger.warning("%s", event.text),
            "log": lambda event: _logger.warning("%s", event.text),
        }
        for event in missed:
            self._on_event(event)
        for work in (self._listen, self._drive, self._beat, self._report_forever):
            self.greenlet.spawn(work)

    def start(
        self, user_count: int, spawn_rate: float, wait: bool = False, user_classes: Any = None
    ) -> None:
        """Do nothing: the master of a script that runs everywhere has been told the same."""
        _logger.warning("A worker starts no test; its master does")

    def stop(self) -> None:
        """Ask the master to end the test, and wait for that; see `BaseRunner.stop`."""
        self._ask_for_end(quits=False)

    def quit(self) -> None:
        """Ask the master to end the test and all its workers; see `BaseRunner.quit`."""
        self._ask_for_end(quits=True)

    def leave(self) -> None:
        """End the users here, tell the last figures and go; the test goes on without us."""
        BaseRunner.quit(self)

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """Send a message to the master.

        Raises:
            ValueError, TypeError: it is too large, or has something in it that cannot be sent.
        """
        self._link.send("message", encode_message(msg_type, data))

    def _ask_for_end(self, *, quits: bool) -> None:
        if self._has_master:
            self._link.send("end", encode(End(quits)))
        else:
            gevent.spawn(self.leave)
        if not self._is_awaited(gevent.getcurrent()):
            self._ended.wait()

    def _leave(self, failure: str) -> None:
        """Go, because the master does, or because there is none for us."""
        if failure:
            self.failure = failure
            _logger.error("%s", failure)
        gevent.spawn(self.leave)

    def _listen(self) -> None:
        descriptor = self._link.fileno()
        while True:
            wait_read(descriptor)
            for event in self._link.take_events():
                self._on_event(event)

    def _on_event(self, event: LinkEvent) -> None:
        react = self._on.get(event.kind)
        try:
            if react is not None:
                react(event)
        except Exception:
            _logger.exception("The event %s of the link was not understood", event.kind)

    def _on_admitted(self, event: LinkEvent) -> None:
        self.worker_index = event.number
        if event.text == "new-master":
            # Its versions begin anew, and it knows nothing of a run that is still going on here.
            self._applied = 0
            if self._wanted is not None and self._wanted.run == self._run:
                self._wanted = None
            if self._state in ACTIVE:
                _logger.warning("This is another master: the users of the old run are stopped")
                gevent.spawn(self._end_old_run)
        self._has_master = True
        self._link.send("ready", encode(Ready(self._plan)))
        self._reporting.repeat_counts()
        _logger.info("Connected to the master as worker %d", self.worker_index)

    def _on_assignment(self, event: LinkEvent) -> None:
        self._wanted = decode(event.document, Assignment)
        self._wanted_version = event.number
        self._news.set()

    def _on_order(self, event: LinkEvent) -> None:
        if event.text == "message":
            sent = decode(event.document, ScriptMessage)
            self.deliver(Message(sent.type, sent.data, "master"), self._courier)

    def _on_orphaned(self, event: LinkEvent) -> None:
        _logger.warning("No word from the master for 10 s: stopping the load until it is back")
        self._has_master = False
        self._wanted = None
        self._news.set()  # whoever starts users just now has to look
        self._population.replace(None)
        self._start = -1
        self._stop_surplus({})
        if self._loans is not None:
            self._loans.give_back()

    def _drive(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            order, version = self._wanted, self._wanted_version
            try:
                if order is not None:
                    self._make_true(order, version)
            except StopTest:
                self.quit()
            except Exception:
                _logger.exception("The master's assignment could not be carried out")

    def _make_true(self, order: Assignment, version: int) -> None:
        match order.phase:
            case "quit":
                gevent.spawn(self.leave)
            case "stop" | "stop-now":
                if order.run == self._run and self._state in ACTIVE:
                    self._tell_once_spawned(order)
                    self._stopping = gevent.spawn(self._stop)
                    gevent.sleep(0)
                if order.phase == "stop-now":
                    self.kill_users()
                self._applied = version
            case _:
                self._run_users(order, version)

    def _run_users(self, order: Assignment, version: int) -> None:
        if order.run != self._run:
            self._begin_run(order)
        if self._state not in ACTIVE:
            return  # a listener of test_start has ended the run
        if self._start != order.start:
            # Settings change with a start only, assignments twenty times a second.
            self._adopt(order)
            self._start = order.start
            self._assigned = self._population.staying()
            self._change_state(State.SPAWNING)
            self._population.replace(1 / order.spawn_rate_per_s)
        if order.phase == "paused":
            self.pause()
        else:
            self.resume()
        if order.quota is not None and self._loans is not None:
            self._loans.grow(order.quota)
        self._stop_surplus(order.counts)
        if self._loans is not None and not any(order.counts.values()):
            self._loans.give_back()
        if not self._spawn_missing(order.counts):
            return  # something newer is there
        if self._endings:
            self.greenlet.spawn(self._applied_later, version)
        else:
            self._note_applied(version)
        self._tell_once_spawned(order)

    def _tell_once_spawned(self, order: Assignment) -> None:
        if order.is_spawned and self._told_start != order.start:
            self._told_start = order.start
            gc.freeze()
            self._change_state(State.RUNNING)
            self.greenlet.spawn(self._tell_spawned, self.user_classes_count, order.users)
            self._report()

    def _begin_run(self, order: Assignment) -> None:
        self._end_old_run()
        self._run = order.run
        self._start = self._told_start = -1
        self._ended.clear()
        self._drained.clear()
        self._adopt(order)
        if order.plan and self._plan and order.plan != self._plan:
            _logger.warning("The locustfile here differs from the master's")
        self.target_user_count, self.spawn_rate = order.users, order.spawn_rate_per_s
        self.environment.choose_tasks(order.tags or (), order.exclude_tags or ())
        self._loans = None
        if order.quota is not None:
            tell = self._link.send
            self._loans = LentIterations(order.run, lambda now: tell("iterations", encode(now)))
        self.environment.iterations = self._loans
        self._reporting.restart()
        self._change_state(State.SPAWNING)
        self._begin_test()

    def _end_old_run(self) -> None:
        """End a run that the master knows nothing of any more."""
        BaseRunner.stop(self)
        if self._stopping is not None:
            self._stopping.join()

    def _adopt(self, order: Assignment) -> None:
        adopt(order, self.environment, self._available)
        if self._set_options is not None:
            self._set_options(order.options)

    def _spawn_missing(self, counts: Mapping[str, int]) -> bool:
        """Start who is missing; returns False when a newer assignment has come meanwhile."""
        by_name = self.environment.user_classes_by_name
        began_s = monotonic()
        for name, count in counts.items():
            while name in by_name and self._assigned.get(name, 0) < count:
                if self._state not in ACTIVE:
                    return False
                self._assigned[name] = self._assigned.get(name, 0) + 1
                self._spawn(by_name[name])
                if monotonic() - began_s > _SLICE_S:
                    gevent.sleep(0)
                    if self._news.is_set():
                        return False
                    began_s = monotonic()
        return True

    def _applied_later(self, version: int) -> None:
        gevent.joinall(list(self._endings))
        if version <= self._wanted_version:
            self._note_applied(version)

    def _note_applied(self, version: int) -> None:
        self._applied = max(self._applied, version)
        self._say_how_we_are()
        if self._reporting.age_s > _LEAST_REPORT_GAP_S:
            self._report()

    def _go(self, ramp: Ramp, *, begins: bool, changes_mix: bool) -> NoReturn:
        raise AssertionError("a worker has no ramp")

    def _reset_figures(self) -> None:
        super()._reset_figures()
        self._link.begin_run(self._run)

    def _stop(self) -> None:
        super()._stop()
        # All that was cut off has to be counted before the last report is made.
        self.environment.recorder.collect()
        if self._loans is not None:
            self._loans.give_back()
        self._report()
        self._link.finish_run()
        self._ended.set()

    def _quit(self) -> None:
        had_run = self._run != 0
        BaseRunner.stop(self)
        if had_run:
            self._drained.wait(timeout=_DRAIN_S)
        self._ended.set()
        self._link.close()
        self.greenlet.kill(block=False)

    def _beat(self) -> None:
        while True:
            self._say_how_we_are()
            if self._has_master:
                self._courier.put("heartbeat_received", self._heartbeats.tell)
            gevent.sleep(_BEAT_EVERY_S)

    def _say_how_we_are(self) -> None:
        state = "paused" if self.paused and self._state in ACTIVE else self._state
        self._link.beat(state, self.user_count, self._applied)

    def _report_forever(self) -> None:
        while True:
            gevent.sleep(_REPORT_EVERY_S)
            self._report()

    def _report(self) -> None:
        if self._loans is not None:
            self._loans.tell()
        self._reporting.send(self.user_classes_count, self.exceptions)
