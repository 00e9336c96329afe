"""The users of one run: who lives, who is ending, who is to be replaced.

The end of a user's greenlet is told by a link, also when it was killed before it ran.

Users that wait between tasks end at once when they are stopped. Those in a task have `stop_timeout`
seconds to finish it, then they are killed; what they had in flight counts as cancelled.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import TYPE_CHECKING

import gevent
from gevent.event import Event
from gevent.pool import Group

from locust_like.errors import LocustError, StopTest
from locust_like.runtime.exceptions import traceback_text
from locust_like.runtime.spawner import Replacements

if TYPE_CHECKING:
    from locust_like.runtime.environment import Environment
    from locust_like.users.user import User

ExceptionLog = Callable[[str, str], None]

_LEAVING_S = 30.0
"""How long a user that is killed at once may take, for what its `on_stop` does."""
_KILLING_S = 5.0
"""How long one may take that is killed because it took too long."""

_logger = logging.getLogger("locust.runners")


class Population:
    """The users that a runner has started and that have not ended.

    Args:
        environment: what the users run in.
        log_exception: called with text and traceback of a user that could not be made.

    Attributes:
        greenlets: the greenlets of the users.
    """

    def __init__(self, environment: "Environment", log_exception: ExceptionLog) -> None:
        self.greenlets = Group()
        self._environment = environment
        self._log_exception = log_exception
        self._users: dict[gevent.Greenlet, User] = {}
        self._ending: set[gevent.Greenlet] = set()
        # Users that have asked for the end, and do nothing more until it comes.
        self._resigned: set[gevent.Greenlet] = set()
        self._replacements = Replacements()
        # Classes of which it was said what becomes of users that die while they start.
        self._told: set[str] = set()
        self._replacing: gevent.Greenlet | None = None
        # What paused users wait at; None = nobody is paused.
        self._gate: Event | None = None
        # The longest distance of starts that the spawn rate allows; None = no replacements now.
        self._replace_every_s: float | None = None

    def __len__(self) -> int:
        return len(self._users)

    def __contains__(self, greenlet: object) -> bool:
        return greenlet in self._users

    def resign(self, greenlet: gevent.Greenlet) -> bool:
        """Let a user that asked for the end of the run be stopped without its `stop_timeout`.

        Returns:
            False if it is being stopped already, so that it must not wait for the end.
        """
        if greenlet in self._ending:
            return False
        self._resigned.add(greenlet)
        return True

    def counts(self) -> dict[str, int]:
        """Return how many users of each class live, classes without users included."""
        return self._counts(self._users.values())

    def staying(self) -> dict[str, int]:
        """Return how many of them are not about to end."""
        return self._counts(
            user for greenlet, user in self._users.items() if greenlet not in self._ending
        )

    def _counts(self, users: "Iterable[User]") -> dict[str, int]:
        counts = {cls.__name__: 0 for cls in self._environment.user_classes}
        for user in users:
            name = type(user).__name__
            counts[name] = counts.get(name, 0) + 1
        return counts

    def spawn(self, cls: "type[User]") -> "User | None":
        """Make and start a user.

        Returns:
            The user; None if it cannot be made, which is told and counted.

        Raises:
            StopTest: the user says that the test makes no sense, for example without a host.
        """
        try:
            user = cls(self._environment)
            _check_made(user)
        except StopTest:
            raise
        except Exception as error:
            _logger.exception("%s could not be made", cls.__name__)
            self._log_exception(str(error), traceback_text(error))
            self._replace_later(cls.__name__)
            return None
        if self._gate is not None:
            user.pause(self._gate)
        greenlet = user.start(self.greenlets)
        self._users[greenlet] = user
        greenlet.rawlink(self._on_end)
        return user

    def choose(self, counts: Mapping[str, int]) -> "list[User]":
        """Choose so many users of each class, the youngest first, to be given to `end`.

        They do not stay from now on, so that nobody counts on them.
        """
        users = self._youngest(counts)
        self._ending.update(user.greenlet for user in users if user.greenlet is not None)
        return users

    @property
    def is_paused(self) -> bool:
        """Whether users take no new task."""
        return self._gate is not None

    def pause(self) -> None:
        """Let no user take a task, nor one that comes start; running tasks are finished."""
        self._gate = Event()
        for user in self._users.values():
            user.pause(self._gate)

    def resume(self) -> None:
        """Let paused users go on."""
        if self._gate is None:
            return
        for user in self._users.values():
            user.resume()
        self._gate.set()
        self._gate = None

    def stop_all(self) -> None:
        """Stop all users and wait for their end; who comes meanwhile is stopped too."""
        self._gate = None  # paused users are stopped where they wait
        self.replace(None)
        while self._users and self.end(list(self._users.values())):
            pass

    def replace(self, every_s: float | None) -> None:
        """Replace users that die while they start, or stop doing so; earlier losses are forgotten.

        Args:
            every_s: shortest time between two starts; None = replace nobody from now on.
        """
        self._replace_every_s = every_s if self._environment.replace_users else None
        self._replacements.clear()

    def _on_end(self, greenlet: gevent.Greenlet) -> None:
        user = self._users.pop(greenlet)
        was_stopped = greenlet in self._ending
        self._ending.discard(greenlet)
        self._resigned.discard(greenlet)
        if not (user.started or was_stopped) and user.reported_error is not None:
            self._replace_later(type(user).__name__)
        user.release()

    def _replace_later(self, class_name: str) -> None:
        self._tell_once(class_name)
        if self._replace_every_s is None:
            return
        self._replacements.add(class_name, monotonic())
        if self._replacing is None or self._replacing.ready():
            self._replacing = gevent.spawn(self._replace)

    def _tell_once(self, class_name: str) -> None:
        if class_name in self._told:
            return
        self._told.add(class_name)
        if self._replace_every_s is None:
            fate = "is not replaced, because replacing is switched off or the run ends"
        else:
            fate = "is replaced, as are others of its class, at most one a second"
        _logger.warning("A %s has died of an exception while it started; it %s", class_name, fate)

    def _replace(self) -> None:
        by_name = self._environment.user_classes_by_name
        while (due_s := self._replacements.next_due_s()) is not None:
            gevent.sleep(max(due_s - monotonic(), self._replace_every_s or 0))
            for name in self._replacements.take_due(monotonic()):
                self.spawn(by_name[name])

    def _youngest(self, counts: Mapping[str, int]) -> "list[User]":
        missing = dict(counts)
        users: list[User] = []
        for greenlet, user in reversed(self._users.items()):
            name = type(user).__name__
            if missing.get(name, 0) > 0 and greenlet not in self._ending:
                missing[name] -= 1
                users.append(user)
        return users

    def end(self, users: "list[User]") -> bool:
        """Stop these users and wait for them; kill who needs longer than `stop_timeout`.

        Returns:
            False if some do not even end when they are killed.
        """
        timeout_s = self._environment.stop_timeout or 0
        greenlets = [user.greenlet for user in users if user.greenlet is not None]
        self._ending.update(greenlets)
        for user in users:
            user.stop(force=not timeout_s or user.greenlet in self._resigned)
        gevent.joinall(greenlets, timeout=timeout_s or _LEAVING_S)
        late = [greenlet for greenlet in greenlets if not greenlet.ready()]
        if late:
            if timeout_s:
                _logger.info(
                    "Not all users finished their tasks & terminated in %s seconds. Stopping "
                    "them...",
                    timeout_s,
                )
            # Not `killall`, whose time limit would be raised here.
            for greenlet in late:
                greenlet.kill(block=False)
            gevent.joinall(late, timeout=_KILLING_S)
        # The links that take users off the list run in the hub, perhaps after the joins.
        gevent.sleep(0)
        stubborn = sum(not greenlet.ready() for greenlet in late)
        if stubborn:
            _logger.error(
                "%d users cannot be stopped: a task of theirs catches GreenletExit in a loop, for "
                "example with a bare `except:`; catch Exception instead.",
                stubborn,
            )
        return not stubborn


def _check_made(user: "User") -> None:
    if not hasattr(user, "environment"):
        msg = (
            f"Attribute 'environment' is missing on user {type(user).__name__}. Perhaps you "
            "defined your own __init__ and forgot to call the base constructor? "
            "(super().__init__(*args, **kwargs))"
        )
        raise LocustError(msg)
