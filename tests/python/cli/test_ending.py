"""Who may end a run, and whose reason stands."""

import os
import signal
from collections.abc import Iterator

import gevent
import pytest
from gevent.event import Event

from locust_like.cli.ending import Ending
from locust_like.errors import StopTest
from locust_like.runtime.endings import BY_SCRIPT, ITERATIONS_DONE, TIME_LIMIT


@pytest.fixture
def ending() -> Iterator[Ending]:
    """Return an ending with its signals, and give the old handlers back."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
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
        (signal.SIGHUP, "interrupted by SIGHUP", "Got SIGHUP signal"),
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


def test_a_reason_may_be_given(ending: Ending) -> None:
    done = Event()
    ending.watch(done.wait, ITERATIONS_DONE)
    done.set()
    ending.wait()
    assert ending.reason == ITERATIONS_DONE


def test_an_ignored_hangup_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        made = Ending()
        made.listen()
        os.kill(os.getpid(), signal.SIGHUP)
        gevent.sleep(0.01)
        made.ignore()
        assert made.reason == ""
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_stop_test_in_a_greenlet_of_the_script(
    ending: Ending, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop() -> None:
        raise StopTest

    gevent.spawn(stop)
    ending.wait()
    assert ending.reason == BY_SCRIPT
    assert capsys.readouterr().err == ""


def test_other_failures_of_greenlets_are_gevents_to_tell(
    ending: Ending, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyError("no such key")

    gevent.spawn(fail).join()
    assert ending.reason == ""
    assert "no such key" in capsys.readouterr().err


def test_what_begins_is_waited_for_unless_the_end_is_asked_for(ending: Ending) -> None:
    done: list[str] = []
    ending.begin(lambda: done.append("first"))
    assert done == ["first"]
    gevent.spawn(ending.ask, "enough")
    ending.begin(Event().wait)


def test_what_ends_is_waited_for_unless_somebody_is_in_a_hurry(ending: Ending) -> None:
    ending.ask("enough")
    assert ending.let(lambda: gevent.sleep(0))
    gevent.spawn(ending.hurried.set)
    assert not ending.let(Event().wait)
    assert ending.let(lambda: None)


def test_what_begins_may_fail(ending: Ending, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        ending.begin(lambda: 1 / 0)
    assert capsys.readouterr().err == ""


def test_a_second_signal_hurries(ending: Ending) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    ending.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    ending.hurried.wait()
    assert ending.reason == "interrupted by Ctrl-C"
