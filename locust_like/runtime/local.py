"""The local runner: starts, counts, replaces and stops the users of one process.

It is a small driver around three pure parts: `state` says what may follow what, `spawner` when
users start and stop, `_core.UserSequence` which class comes next.

Source: Locust's LocalRunner. We differ in what `runtime/spawner.py` says, and in that a user that
dies while it starts is replaced.
"""

import gc
import socket
from collections import Counter
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import gevent

from locust_like._core import UserSequence
from locust_like.runtime.hosting import HostingRunner
from locust_like.runtime.messages import Message
from locust_like.runtime.spawner import Ramp, exchanges, fewer
from locust_like.runtime.state import State

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment

# Ramps faster than this start several users at each look at the clock.
_SHORTEST_STEP_S = 0.01


class LocalRunner(HostingRunner):
    """Runs the users of an environment in this process.

    Attributes:
        client_id: host name and a random part, as a worker has it.
        worker_index: 0: scripts share their data by it, and here all of it is theirs.
        worker_count: 1.
    """

    worker_index = 0
    worker_count = 1

    def __init__(self, environment: "Environment") -> None:
        """Make a runner in state `ready`."""
        super().__init__(environment)
        self.client_id = f"{socket.gethostname()}_{uuid4().hex}"
        self._sequence = UserSequence(self._mix)

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

    def _go(self, ramp: Ramp, *, begins: bool, changes_mix: bool) -> None:
        self._population.replace(1 / ramp.rate_per_s)
        self._sequence = UserSequence(self._mix)
        self._assigned = self._population.staying()
        self.spawning_greenlet = self.greenlet.spawn(self._follow, ramp, changes_mix)

    def _follow(self, ramp: Ramp, exchanges_classes: bool) -> None:
        """Start and stop users as the ramp says, then tell that the target is reached."""
        while True:
            now_s = monotonic()
            self._go_to(ramp.count_at(now_s))
            due_s = ramp.next_due_s(now_s)
            if due_s is None:
                break
            gevent.sleep(max(due_s - monotonic(), _SHORTEST_STEP_S))
        if exchanges_classes:
            self._exchange(ramp)
        gevent.joinall(list(self._endings))
        if self._quitting is not None:
            return
        # A collection that looks at ten thousand users stops all of them for 20 ms.
        gc.freeze()
        self._change_state(State.RUNNING)
        self.target_user_classes_count = self._wanted(ramp.target_count)
        self._tell_spawned(self.user_classes_count, self.target_user_count)

    def _go_to(self, count: int) -> None:
        by_name = self.environment.user_classes_by_name
        missing = count - sum(self._assigned.values())
        for _ in range(missing):
            name = self._sequence.next(self._assigned)
            if name is None or self._quitting is not None:
                break
            self._assigned[name] = self._assigned.get(name, 0) + 1
            self._spawn(by_name[name])
        if missing < 0:
            self._stop_surplus(fewer(self._assigned, self._wanted(count)))

    def _exchange(self, ramp: Ramp) -> None:
        """Where the weights have changed, replace users one for one, at the ramp's rate."""
        pairs = exchanges(self._assigned, self._wanted(ramp.target_count))
        steps = Ramp(0, len(pairs), ramp.rate_per_s, monotonic())
        done = 0
        while done < len(pairs) and self._quitting is None:
            now_s = monotonic()
            due = pairs[done : steps.count_at(now_s)]
            done += len(due)
            self._stop_later(Counter(old for old, _ in due))
            for old, new in due:
                self._assigned[old] -= 1
                self._assigned[new] = self._assigned.get(new, 0) + 1
                self._spawn(self.environment.user_classes_by_name[new])
            due_s = steps.next_due_s(now_s)
            if due_s is not None:
                gevent.sleep(max(due_s - monotonic(), _SHORTEST_STEP_S))

    def _wanted(self, count: int) -> dict[str, int]:
        return dict.fromkeys(self._assigned, 0) | self._sequence.users_at(count)
