"""Messages that scripts send between master and workers; a local runner answers itself.

What scripts do about messages and reports may wait, and must not hold up the link; so a courier
takes it there, in a greenlet of its own.

Source: Locust's `register_message` and `send_message`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gevent
from gevent.queue import Queue

from locust_like.errors import LocustError, StopTest

_logger = logging.getLogger("locust.runners")

MessageListener = Callable[..., Any]


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        type: the word that listeners register for.
        data: what the sender attached.
        node_id: who sent it; "local" in a run without workers.
    """

    type: str
    data: Any = None
    node_id: str = "local"


class MessageListeners:
    """The listeners of one runner, one a message type."""

    def __init__(self) -> None:
        """Begin without listeners."""
        self._by_type: dict[str, MessageListener] = {}
        self._concurrent: set[str] = set()

    def register(
        self, message_type: str, listener: MessageListener, *, concurrent: bool = False
    ) -> None:
        """Call `listener(environment=..., msg=...)` for messages of this type.

        Raises:
            LocustError: the type has a listener already.
        """
        if message_type in self._by_type:
            msg = (
                f"Tried to register listener method for {message_type}, but it already had a "
                "listener!"
            )
            raise LocustError(msg)
        self._by_type[message_type] = listener
        if concurrent:
            self._concurrent.add(message_type)

    def is_concurrent(self, message_type: str) -> bool:
        """Tell whether the next message need not wait for the end of this type's listener."""
        return message_type in self._concurrent

    def deliver(self, message: Message, environment: object) -> None:
        """Call the listener of a message, in the calling greenlet."""
        listener = self._by_type.get(message.type)
        if listener is None:
            _logger.warning("Unknown message type received: %s", message.type)
            return
        listener(environment=environment, msg=message)


class Courier:
    """Calls what scripts have to say, one after the other.

    Args:
        spawn: starts a greenlet.
        on_stop_test: called when a script raises StopTest.
    """

    def __init__(
        self, spawn: Callable[..., gevent.Greenlet], on_stop_test: Callable[[], object]
    ) -> None:
        """Begin with nothing to do."""
        self._queue: Queue[tuple[str, Callable[[], object]]] = Queue()
        self._spawn = spawn
        self._on_stop_test = on_stop_test
        spawn(self._go_round)

    def put(self, what: str, call: Callable[[], object], *, concurrent: bool = False) -> None:
        """Call something soon.

        Args:
            what: what it is about, for the log.
            call: may wait.
            concurrent: what comes next need not wait for it.
        """
        if concurrent:
            self._spawn(self._call, what, call)
        else:
            self._queue.put((what, call))

    def _go_round(self) -> None:
        while True:
            self._call(*self._queue.get())

    def _call(self, what: str, call: Callable[[], object]) -> None:
        try:
            call()
        except StopTest:
            self._on_stop_test()
        except Exception:
            # By the root logger, as Locust; its users filter by it.
            logging.getLogger().exception("Uncaught exception in handler for %s", what)
