"""A runner whose users live in its own process: what the local runner and a worker share."""

import gc
import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import gevent
from gevent import monkey
from gevent.pool import Group

from locust_like.errors import StopTest
from locust_like.runtime.population import Population
from locust_like.runtime.runner import BaseRunner
from locust_like.runtime.spawner import surplus
from locust_like.runtime.state import ACTIVE

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment
    from locust_like.users.user import User

_logger = logging.getLogger("locust.runners")


class HostingRunner(BaseRunner):
    """Starts, counts, replaces and stops users; `population` owns their greenlets."""

    def __init__(self, environment: "Environment", node_id: str = "local") -> None:
        """Make a runner in state `ready`."""
        super().__init__(environment, node_id)
        self._population = Population(environment, partial(self.log_exception, node_id))
        # Users by class that were placed here, those that ended by themselves included.
        self._assigned: dict[str, int] = {}
        self._endings: set[gevent.Greenlet] = set()
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
    def paused(self) -> bool:
        """Whether users take no new task, because of `pause`."""
        return self._population.is_paused

    @property
    def user_count(self) -> int:
        """How many users run now, those that finish their last task included."""
        return len(self._population)

    @property
    def user_classes_count(self) -> dict[str, int]:
        """How many users of each class run now."""
        return self._population.counts()

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

    def kill_users(self) -> None:
        """End all users at once, whatever they do; does not wait for it."""
        self.user_greenlets.kill(block=False)

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
        self._population.end(self._population.choose(user_classes_stop_count))

    def _spawn(self, cls: "type[User]") -> "User | None":
        try:
            return self._population.spawn(cls)
        except StopTest as signal:
            _logger.error("%s", signal)
            self.log_exception(self._node_id, str(signal), "")
            _logger.info("Stopping Locust...")
            self.quit()
            return None

    def _stop_surplus(self, counts: Mapping[str, int]) -> None:
        """Let go who was placed here beyond these counts."""
        too_many = surplus(self._assigned, dict(counts))
        for name, excess in too_many.items():
            self._assigned[name] -= excess
        if too_many:
            self._stop_later(too_many)

    def _stop_later(self, counts: Mapping[str, int]) -> None:
        """Stop so many users of each class; their end is in `_endings` until it has come."""
        gc.unfreeze()
        ending = self.greenlet.spawn(self._population.end, self._population.choose(counts))
        self._endings.add(ending)
        ending.link(self._endings.discard)

    def _end_users(self) -> None:
        gc.unfreeze()
        self._population.stop_all()
        self._assigned = {}

    def _is_awaited(self, caller: Any) -> bool:
        if isinstance(caller, gevent.Greenlet) and caller in self._population:
            return not self._population.resign(caller)
        return super()._is_awaited(caller)
