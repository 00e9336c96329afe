"""Who may end a run, and whose reason stands."""

import os
import signal
from collections.abc import Iterator

import gevent
import pytest
from gevent.event import Event

from locust_like.cli.ending import BY_SCRIPT, TIME_LIMIT, Ending


@pytest.fixture
def ending() -> Iterator[Ending]:
    """Return an ending with its signals, and give the old handlers back."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    made = Ending()
    made.listen()
    yield made
    made.ignore()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_the_first_reason_stands(ending: Ending) -> None:
    assert ending.ask("first")
    assert not ending.ask("second")
    ending.wait()
    assert ending.reason == "first"


def test_the_time_limit(ending: Ending, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    ending.after(0.0)
    ending.wait()
    assert ending.reason == TIME_LIMIT
    assert "--run-time limit reached, shutting down" in caplog.text


def test_a_time_limit_after_the_end_says_nothing(
    ending: Ending, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    ending.ask("earlier")
    ending.after(0.0)
    gevent.idle()
    gevent.sleep(0.01)
    assert ending.reason == "earlier"
    assert caplog.text == ""


def test_the_script(ending: Ending) -> None:
    quitting = Event()
    ending.watch(quitting.wait)
    quitting.set()
    ending.wait()
    assert ending.reason == BY_SCRIPT


@pytest.mark.parametrize(
    ("number", "reason", "words"),
    [
        (signal.SIGINT, "interrupted by Ctrl-C", "Exiting due to CTRL+C interruption"),
        (signal.SIGTERM, "interrupted by SIGTERM", "Got SIGTERM signal"),
    ],
)
def test_signals(
    ending: Ending,
    caplog: pytest.LogCaptureFixture,
    number: signal.Signals,
    reason: str,
    words: str,
) -> None:
    caplog.set_level("INFO")
    os.kill(os.getpid(), number)
    ending.wait()
    assert ending.reason == reason
    assert words in caplog.text
    assert not ending.hurried.is_set()


def test_a_second_signal_hurries(ending: Ending) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    ending.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    ending.hurried.wait()
    assert ending.reason == "interrupted by Ctrl-C"
