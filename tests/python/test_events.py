"""Event hooks: order, failures of listeners, measuring, and counting by a bound recorder."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, get_type_hints

import pytest

from locust_like.errors import StopUser
from locust_like.events import EventHook, Events, RequestHook

LOCUST_EVENTS = {
    "cpu_warning",
    "heartbeat_received",
    "heartbeat_sent",
    "init",
    "init_command_line_parser",
    "quit",
    "quitting",
    "report_to_master",
    "request",
    "reset_stats",
    "spawning_complete",
    "test_start",
    "test_stop",
    "test_stopping",
    "usage_monitor",
    "user_error",
    "worker_connect",
    "worker_report",
}


class Ledger:
    """A recorder that writes down what it is told."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.listeners: list[Callable[..., Any]] = []

    def set_listeners(self, listeners: list[Callable[..., Any]]) -> None:
        self.listeners = listeners

    def fire(self, **payload: Any) -> None:
        self.rows.append(payload)
        for listener in self.listeners:
            listener(**payload)


def test_events_are_locusts() -> None:
    assert set(Events().hooks()) == LOCUST_EVENTS


@pytest.mark.parametrize("name", sorted(LOCUST_EVENTS))
def test_every_event_has_a_documented_payload_and_reaches_its_listeners(name: str) -> None:
    hook = Events().hooks()[name]
    assert hook.payload is not None
    assert hook.payload.__doc__
    payload: dict[str, Any] = dict.fromkeys(get_type_hints(hook.payload))
    seen: list[dict[str, Any]] = []
    hook.add_listener(lambda **kwargs: seen.append(kwargs))
    hook.fire(**payload)
    assert seen == [payload]


def test_listeners_are_called_in_order_or_reversed() -> None:
    hook: EventHook[Any] = EventHook()
    calls: list[str] = []

    @hook.add_listener
    def first(**_kwargs: object) -> None:
        calls.append("first")

    hook.add_listener(lambda **_: calls.append("second"))
    hook.fire()
    hook.fire(reverse=True)
    assert calls == ["first", "second", "second", "first"]
    hook.remove_listener(first)
    hook.fire()
    assert calls[4:] == ["second"]


def test_removing_a_stranger_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in list"):
        EventHook[Any]().remove_listener(print)


def test_a_failing_listener_is_remembered_and_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    events = Events()
    calls: list[int] = []

    @events.test_start.add_listener
    def fails(**_kwargs: object) -> None:
        raise KeyError("lost")

    events.test_start.add_listener(lambda **_: calls.append(1))
    events.test_start.fire(environment=None)
    assert calls == [1]
    assert events.listener_failures == 1
    assert "Uncaught exception in event handler" in caplog.text
    assert "KeyError: 'lost'" in caplog.text
    assert {record.name for record in caplog.records} == {"root"}


def test_plugins_read_and_replace_the_listeners() -> None:
    events, calls = Events(), list[str]()
    first = events.test_start.add_listener(lambda **_: calls.append("first"))
    assert events.test_start._handlers == [first]
    events.test_start._handlers = [lambda **_: calls.append("second")]
    events.test_start.fire(environment=None)
    assert calls == ["second"]

    shared = list[Any]()
    events.request.bind(SimpleNamespace(set_listeners=shared.append, fire=None))
    events.request._handlers = [lambda **_: calls.append("request")]
    assert [len(heard) for heard in shared] == [1]
    events.request._handlers = []
    assert shared == [[]]


def test_what_steers_a_task_passes_through_a_listener() -> None:
    hook: EventHook[Any] = EventHook()

    @hook.add_listener
    def stops(**_kwargs: object) -> None:
        raise StopUser

    with pytest.raises(StopUser):
        hook.fire()
    assert hook.listener_failures == 0


def test_listeners_may_remove_themselves_while_firing() -> None:
    hook: EventHook[Any] = EventHook()
    calls: list[str] = []

    @hook.add_listener
    def once(**_kwargs: object) -> None:
        calls.append("once")
        hook.remove_listener(once)

    hook.add_listener(lambda **_: calls.append("always"))
    hook.fire()
    hook.fire()
    assert calls == ["once", "always", "always"]


def test_a_bound_request_hook_counts_without_entering_python_when_nobody_listens() -> None:
    hook, ledger = RequestHook(), Ledger()
    hook.bind(ledger)
    hook.fire(request_type="GET", name="/")
    assert [row["name"] for row in ledger.rows] == ["/"]
    assert ledger.listeners == []


def test_a_bound_request_hook_shares_one_dispatcher_while_somebody_listens() -> None:
    hook, ledger = RequestHook(), Ledger()
    names: list[str] = []

    def listener(name: str, **_kwargs: object) -> None:
        names.append(name)

    hook.add_listener(listener)
    hook.bind(ledger)
    hook.add_listener(listener)
    hook.fire(request_type="GET", name="/")
    assert names == ["/", "/"]
    assert len(ledger.listeners) == 1
    hook.remove_listener(listener)
    hook.remove_listener(listener)
    assert ledger.listeners == []


def test_notify_tells_listeners_and_counts_nothing() -> None:
    hook, ledger = RequestHook(), Ledger()
    hook.bind(ledger)
    names: list[str] = []
    hook.add_listener(lambda name, **_: names.append(name))
    hook.notify(name="/told")
    assert (names, ledger.rows) == (["/told"], [])


def test_measure_fires_what_the_block_did() -> None:
    hook = RequestHook()
    seen: list[dict[str, Any]] = []
    hook.add_listener(lambda **kwargs: seen.append(kwargs))
    with hook.measure("RPC", "add", context={"k": 1}, shard=7) as meta:
        meta["response_length"] = 3
    (row,) = seen
    assert (row["request_type"], row["name"], row["response_length"]) == ("RPC", "add", 3)
    assert (row["exception"], row["context"], row["shard"]) == (None, {"k": 1}, 7)
    assert row["response_time"] >= 0


def test_measure_takes_an_exception_as_the_result() -> None:
    hook = RequestHook()
    seen: list[dict[str, Any]] = []
    hook.add_listener(lambda **kwargs: seen.append(kwargs))
    error = OSError("gone")

    def fails() -> None:
        raise error

    with hook.measure("RPC", "add"):
        fails()
    assert seen[0]["exception"] is error
