"""The master's runner: says which worker runs what, and holds the figures of all of them.

What workers are to do is a document each, replaced whenever it changes (`documents.Assignment`); so
a worker that comes, goes or comes back needs no step of its own, only its newest document.

Who runs where:

- `start` returns at once; the spawning greenlet looks at the clock every 50 ms and lets the
  placement go where the ramp is. When workers come or go later, another greenlet does the same.
- the listening greenlet takes the link's events; what scripts do about them runs in the courier's.
- figures are merged by the link itself, without Python.

Source: Locust's MasterRunner. We differ in that the load of a lost worker comes back without any
option, that a worker which comes back gives up what others run meanwhile, and that the end of a run
waits until each worker's last figures are counted.
"""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

import gevent
from gevent.event import Event
from gevent.socket import wait_read
from msgspec.structs import replace

from locust_like.interfaces import WorkersNow
from locust_like.runtime.balance import Balance
from locust_like.runtime.clients import Clients
from locust_like.runtime.crew import STUCK_AFTER_S, Crew, Member
from locust_like.runtime.documents import Assignment, encode, encode_message
from locust_like.runtime.heartbeats import SentHeartbeats
from locust_like.runtime.lending import Lending
from locust_like.runtime.links import LinkEvent, MasterLink, Placement
from locust_like.runtime.messages import Courier
from locust_like.runtime.notices import Notices
from locust_like.runtime.reception import Reception
from locust_like.runtime.run_settings import started
from locust_like.runtime.runner import BaseRunner, Mix
from locust_like.runtime.spawner import Ramp
from locust_like.runtime.state import ACTIVE, ENDING, State

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment
    from locust_like.runtime.reception import PartOfBundle

_TICK_S = 0.05
_LOOK_EVERY_S = 1.0
_ALONE_S = 30.0
"""How long a run goes on without any worker."""
_DISMISSAL_S = 2.0
"""How long workers may take to go when the master quits."""

_logger = logging.getLogger("locust.runners")


class MasterRunner(BaseRunner):
    """Runs the users of an environment on workers.

    Args:
        environment: holds the figures; no user lives in it.
        link: where workers come in; it counts into the environment's recorder.
        make_placement: makes the placement of a run for classes.
        options: returns what workers' scripts shall read in `parsed_options`.
        plan: hash of the locustfiles.
        bundle: returns a part of the locustfile bundle.

    Attributes:
        abandoned: is set when a run was stopped because all workers were gone.
        lending: lends the executions of a run that has a limit of them.
    """

    forced_stop_s = 1.0
    worker_index = -1

    def __init__(
        self,
        environment: "Environment",
        link: MasterLink,
        make_placement: Callable[[Mix], Placement],
        *,
        options: Callable[[], Mapping[str, object]] = dict,
        plan: str = "",
        bundle: "PartOfBundle | None" = None,
    ) -> None:
        """Listen from now on."""
        super().__init__(environment)
        self.abandoned = Event()
        self._link = link
        self._options = options
        self._crew = Crew()
        self.lending = Lending(environment, self._crew, self._assign)
        self._balance = Balance(self._crew, self._assign, make_placement)
        self._order = Assignment(run=0, phase="stop", plan=plan)
        self._kills = False
        # Set with each event, for those who wait until all workers have done something.
        self._changed = Event()
        self._balancing: gevent.Greenlet | None = None
        self._courier = Courier(self.greenlet.spawn, self.quit)
        self._reception = Reception(self, self._crew, self._courier, bundle, plan)
        self._notices = Notices()
        self._heartbeats = SentHeartbeats(environment.events, self._crew, link)
        self._alone_since_s: float | None = None
        self.greenlet.spawn(self._listen)
        self.greenlet.spawn(self._look_after)

    @property
    def port(self) -> int:
        """Where workers connect to."""
        return self._link.port

    @property
    def server(self) -> "MasterRunner":
        """Where scripts look for `port`, as in Locust."""
        return self

    @property
    def paused(self) -> bool:
        """Whether users take no new task, because of `pause`."""
        return self._order.phase == "paused"

    @property
    def user_count(self) -> int:
        """How many users the workers say they run."""
        return sum(self._crew.counts(()).values())

    @property
    def user_classes_count(self) -> dict[str, int]:
        """How many users of each class the workers say they run."""
        return self._crew.counts(cls.__name__ for cls in self.environment.user_classes)

    reported_user_classes_count = user_classes_count  # Locust's name

    @property
    def worker_count(self) -> int:
        """How many workers are connected and ready."""
        return len(self._crew.here)

    @property
    def workers(self) -> WorkersNow:
        """All workers that are here or were lost in this run."""
        return self._crew.now(self._link.workers())

    @property
    def listener_failures(self) -> int:
        """How many exceptions event listeners have raised, here and on the workers."""
        there = sum(member.listener_failures for member in self._crew.members.values())
        return super().listener_failures + there

    @property
    def clients(self) -> Clients:
        """The same under Locust's names."""
        return Clients(self.workers)

    @property
    def worker_logs(self) -> Mapping[str, Sequence[str]]:
        """The last lines of each worker's log, by its name."""
        return self._crew.logs()

    @property
    def crew(self) -> Crew:
        """What is remembered of the workers, for those who report on them."""
        return self._crew

    def drain_worker(self, index: int, *, is_drained: bool) -> None:
        """Move the users of a worker to the others and give it none, or use it again."""
        member = self._crew.drain(index, is_drained=is_drained)
        if self._state in ACTIVE:
            self._assign(member)
            self._rebalance()

    def remove_worker(self, index: int, death: str = "") -> None:
        """Let a worker report the rest and end, or note its death; its users go to the others."""
        if death:
            return self._link.remove(index, death)
        self.drain_worker(index, is_drained=True)
        self._crew[index].is_dismissed = True
        self._assign(self._crew[index])

    def pause(self) -> None:
        """Let users take no new task, and new users not start, until `resume`; calls go on."""
        if self._state in ACTIVE and not self.paused:
            _logger.info("Pausing: running tasks are finished, no new task starts")
            self._tell_all(replace(self._order, phase="paused"))

    def resume(self) -> None:
        """Let paused users go on."""
        if self.paused:
            _logger.info("Resuming")
            self._tell_all(replace(self._order, phase="run"))

    def kill_users(self) -> None:
        """End all users at once, whatever they do; does not wait for it."""
        self._kills = True
        if self._state in ENDING:
            self._tell_all(replace(self._order, phase="stop-now"))

    def send_message(self, msg_type: str, data: Any = None, client_id: str | None = None) -> None:
        """Send a message to one worker, or to all that are connected.

        Raises:
            ValueError, TypeError: it is too large, or has something in it that cannot be sent.
            OSError: a worker has too many messages waiting.
        """
        encoded = encode_message(msg_type, data)
        for member in self._crew.here:
            if client_id in (None, member.client_id):
                self._link.send(member.index, "message", encoded)

    def send_to(self, index: int, kind: str, document: bytes) -> None:
        """Send a document to a worker. Raises: OSError when too many wait."""
        self._link.send(index, kind, document)

    def welcome(self, member: Member) -> None:
        """Let a worker run users: it is ready, for the first time or again."""
        name, count = member.client_id, len(self._crew.here)
        _logger.info(
            "%s (index %d) reported as ready. %d workers connected.", name, member.index, count
        )
        self.lending.regain(member.index)
        # Who comes back may still run what others have got meanwhile.
        if self._order.run:
            self._assign(member)
        if self._state in ACTIVE:
            self._rebalance()
        fire = self.environment.events.worker_connect.fire
        self._courier.put("worker_connect", lambda: fire(client_id=name))

    def _obstacle(self) -> str:
        if self._state in ACTIVE or self._crew.here:
            return ""
        return "no worker is connected; start one with `locust-like --worker`"

    def _placed(self) -> int:
        return self._balance.placed if self._state in ACTIVE else 0

    def _begin_test(self) -> None:
        self._crew.begin_run()
        self._kills = False
        run = random.getrandbits(63) or 1
        self._order = Assignment(run=run, phase="run", plan=self._order.plan)
        self.lending.begin(run)
        super()._begin_test()

    def _reset_figures(self) -> None:
        # What still comes of the run before is not counted any more.
        self._link.begin_run(self._order.run)
        super()._reset_figures()

    def _go(self, ramp: Ramp, *, begins: bool, changes_mix: bool) -> None:
        if self._balancing is not None:
            self._balancing.kill()
        if begins:
            self._balance.begin(self._mix)
        elif changes_mix:
            self._balance.change_mix(self._mix)
        self._balance.follow(ramp)
        self._tell_all(started(self._order, ramp, self.environment, self._options()))
        self.spawning_greenlet = self.greenlet.spawn(self._follow)

    def _follow(self) -> None:
        """Place users as the ramp says, then tell that all workers have them."""
        self._balance.settle()
        while any(member.applied < member.version for member in self._crew.working):
            self._changed.wait(timeout=_LOOK_EVERY_S)
            self._changed.clear()
            self._note_applied()
            self._balance.settle()
        if self._quitting is not None:
            return
        self._change_state(State.RUNNING)
        self.target_user_classes_count = self._balance.counts()
        self._tell_all(replace(self._order, is_spawned=True))
        self._tell_spawned(self.target_user_classes_count, self.target_user_count)

    def _rebalance(self) -> None:
        """Place users again after somebody has come or gone."""
        self._balance.restaff()
        is_idle = self._balancing is None or self._balancing.ready()
        if self._state is State.RUNNING and is_idle:
            self._balancing = self.greenlet.spawn(self._balance.settle)

    def _end_users(self) -> None:
        """Let all workers stop, and wait until their last figures are counted."""
        if self._balancing is not None:
            self._balancing.kill()
        for member in self._crew.here:
            member.assigned = {}
        self._tell_all(replace(self._order, phase="stop-now" if self._kills else "stop"))
        patience_s = STUCK_AFTER_S + (self.environment.stop_timeout or 0)
        while self._crew.working:
            self._changed.wait(timeout=_LOOK_EVERY_S)
            self._changed.clear()
            self._crew.give_up_stuck(self._link.workers(), patience_s)

    def _quit(self) -> None:
        BaseRunner.stop(self)
        self._tell_all(replace(self._order, phase="quit"))
        until_s = monotonic() + _DISMISSAL_S
        while self._crew.here and monotonic() < until_s:
            self._changed.wait(timeout=_TICK_S)
            self._changed.clear()
        self._link.close()
        self.greenlet.kill(block=False)

    def _tell_all(self, order: Assignment) -> None:
        self._order = order
        for member in self._crew.here:
            self._assign(member)

    def _assign(self, member: Member) -> None:
        order = replace(
            self._order,
            phase="quit" if member.is_dismissed else self._order.phase,
            counts=member.assigned,
            quota=self.lending.of_worker(member.index),
        )
        if order.phase in ("run", "paused"):
            member.took_part = True
        member.version = self._link.assign(member.index, order.run, encode(order))

    def _note_applied(self) -> None:
        """Look for ourselves, in case an event was lost in a flood of others."""
        for status in self._link.workers():
            if status.index in self._crew.members:
                self._crew[status.index].applied = status.applied_version

    def _listen(self) -> None:
        while True:
            wait_read(self._link.fileno())
            for event in self._link.take_events():
                try:
                    self._on_event(event)
                except Exception:
                    _logger.exception("The event %s of a worker was not understood", event.kind)
            self._changed.set()

    def _on_event(self, event: LinkEvent) -> None:
        match event.kind:
            case "joined" | "rejoined":
                self._on_joined(event.index)
            case "lost":
                self._on_gone(event.index, event.text)
            case "left":
                self._on_gone(event.index, "exited")
            case "finished" if event.number == self._order.run:
                member = self._crew[event.index]
                # Who finishes before it is told to leaves the others alone.
                member.finished = member.is_dismissed or self._state in ENDING
            case "applied":
                self._crew[event.index].applied = event.number
            case "parcel" if event.index in self._crew.members:
                try:
                    self._reception.take(event.index, event.text, event.document)
                except ValueError as error:
                    self._link.remove(event.index, str(error))
            case "refused" if event.index >= 0:
                pass  # it was removed, which is told where it is done
            case "refused" | "log":
                self._notices.tell(event.text)

    def _on_joined(self, index: int) -> None:
        member = self._crew.admit(next(one for one in self._link.workers() if one.index == index))
        if member.is_ready:
            self.welcome(member)

    def _on_gone(self, index: int, reason: str) -> None:
        member = self._crew.lose(index)
        if member is None:
            return
        is_loss = member.took_part and not member.finished and self._state in ACTIVE | ENDING
        if self._quitting is None or is_loss:
            _logger.warning("worker %s lost: %s", member.client_id, reason)
        if not is_loss:
            return
        self._crew.is_degraded = True
        self.lending.lose(index, at_once=reason.startswith("exited"))
        if reason != "exited":
            self._assign(member)  # so that it has nothing to run when it comes back
        if self._state in ACTIVE:
            self._rebalance()

    def _look_after(self) -> None:
        """Take back executions, and end a run that nobody runs."""
        while True:
            gevent.sleep(_LOOK_EVERY_S)
            now_s = monotonic()
            self.lending.look_after()
            self._courier.put("heartbeat_sent", self._heartbeats.tell)
            if self._state not in ACTIVE or self._crew.here:
                self._alone_since_s = None
            elif self._alone_since_s is None:
                self._alone_since_s = now_s
            elif now_s - self._alone_since_s > _ALONE_S:
                _logger.error("No worker for %d s, stopping the test", _ALONE_S)
                self.abandoned.set()
                gevent.spawn(self.stop)
