"""Messages to oneself, and who takes those of others to their listeners."""

import gevent
import pytest
from gevent.event import Event
from gevent.pool import Group

from locust_like.errors import LocustError, StopTest
from locust_like.runtime.messages import Courier, Message, MessageListeners


def test_a_message_reaches_the_listener_of_its_type() -> None:
    listeners = MessageListeners()
    seen: list[tuple[object, Message]] = []
    listeners.register("users", lambda environment, msg: seen.append((environment, msg)))
    listeners.deliver(Message("users", [1, 2]), "environment")
    assert seen == [("environment", Message("users", [1, 2], "local"))]


def test_a_type_has_one_listener() -> None:
    listeners = MessageListeners()
    listeners.register("users", print)
    with pytest.raises(LocustError, match="already had a listener"):
        listeners.register("users", print)


def test_an_unknown_type_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    MessageListeners().deliver(Message("nobody"), None)
    assert "Unknown message type received: nobody" in caplog.text


def test_a_courier_calls_one_after_the_other_unless_told_otherwise(
    caplog: pytest.LogCaptureFixture,
) -> None:
    group = Group()
    seen: list[str] = []
    stops: list[int] = []
    courier = Courier(group.spawn, lambda: stops.append(1))
    gate = Event()

    def slow() -> None:
        gate.wait()
        seen.append("slow")

    def stop() -> None:
        raise StopTest

    courier.put("slow", slow)
    courier.put("bad", lambda: 1 / 0)
    courier.put("stop", stop)
    courier.put("last", lambda: seen.append("last"))
    courier.put("beside", lambda: seen.append("beside"), concurrent=True)
    gevent.sleep(0.01)
    assert seen == ["beside"]
    gate.set()
    gevent.sleep(0.01)
    assert seen == ["beside", "slow", "last"]
    assert stops == [1]
    assert "Uncaught exception in handler for bad" in caplog.text
    group.kill()
