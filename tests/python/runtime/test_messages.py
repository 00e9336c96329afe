"""Messages to oneself."""

import pytest

from locust_like.errors import LocustError
from locust_like.runtime.messages import Message, MessageListeners


def test_a_message_reaches_the_listener_of_its_type() -> None:
    listeners = MessageListeners()
    seen: list[tuple[object, Message]] = []
    listeners.register("users", lambda environment, msg: seen.append((environment, msg)))
    listeners.deliver(Message("users", [1, 2]), "environment")
    assert seen == [("environment", Message("users", [1, 2], "local"))]


def test_a_type_has_one_listener() -> None:
    listeners = MessageListeners()
    listeners.register("users", print)
    with pytest.raises(LocustError, match="already had one"):
        listeners.register("users", print)


def test_an_unknown_type_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    MessageListeners().deliver(Message("nobody"), None)
    assert "Unknown message type received: nobody" in caplog.text
