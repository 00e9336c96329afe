"""Messages that scripts send between master and workers; a local runner answers itself.

Source: Locust's `register_message` and `send_message`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from locust_like.errors import LocustError

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
            msg = f"Tried to register listener method for {message_type}, but it already had one!"
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
