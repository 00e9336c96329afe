"""Tells scripts of heartbeats, which the links exchange twice a second without Python.

So scripts hear of them as often as Python looks: at the master once a second for each worker that
is heard, on a worker for each sign of life of its master. Nothing is done while nobody listens.

Source: Locust fires `heartbeat_sent` at the master, which answers a worker, and
`heartbeat_received` on the worker that gets the answer.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locust_like.events import Events
    from locust_like.runtime.crew import Crew
    from locust_like.runtime.links import MasterLink, WorkerLink

_LOOK_S = 1.0
"""How often the master is to tell."""
_ONE_PULSE_S = 0.25
"""Half the time between two heartbeats: what is closer together is one."""


class SentHeartbeats:
    """The master's side.

    Args:
        events: `heartbeat_sent` is one of them.
        crew: who the workers are.
        link: knows when they were last heard.
    """

    def __init__(self, events: Events, crew: Crew, link: MasterLink) -> None:
        """Tell nothing yet."""
        self._hook = events.heartbeat_sent
        self._crew = crew
        self._link = link

    def tell(self) -> None:
        """Fire once for each worker that was heard, and so answered, in the last second."""
        if not self._hook.is_heard:
            return
        for status in self._link.workers():
            member = self._crew.members.get(status.index)
            if member is not None and member.is_here and status.heartbeat_age_s <= _LOOK_S:
                self._hook.fire(client_id=member.client_id, timestamp=time.time())


class ReceivedHeartbeats:
    """A worker's side.

    Args:
        events: `heartbeat_received` is one of them.
        client_id: the worker's name.
        link: knows when the master was last heard.
    """

    def __init__(self, events: Events, client_id: str, link: WorkerLink) -> None:
        """Tell nothing yet."""
        self._hook = events.heartbeat_received
        self._client_id = client_id
        self._link = link
        self._told_s = 0.0

    def tell(self) -> None:
        """Fire if the master has been heard since the last call."""
        if not self._hook.is_heard:
            return
        heard_s = time.time() - self._link.heartbeat_age_s
        if heard_s - self._told_s > _ONE_PULSE_S:
            self._told_s = heard_s
            self._hook.fire(client_id=self._client_id, timestamp=heard_s)
