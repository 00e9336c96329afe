"""What keys do; how they arrive is held by tests/integration/test_terminal.py."""

import os
import pty
import termios
from collections.abc import Iterator
from typing import Any

import pytest

from locust_like.cli.ending import Ending
from locust_like.cli.keys import BY_KEY, HINT, CharacterMode, Controls, Keys, keys_in
from locust_like.runtime.state import State


class Runner:
    """Remembers what it was asked for."""

    def __init__(self, state: State = State.RUNNING) -> None:
        self.state = state
        self.paused = False
        self.target_user_count = 5
        self.spawn_rate = 2.0
        self.started: list[tuple[int, float]] = []

    def start(self, user_count: int, spawn_rate: float) -> None:
        self.target_user_count = user_count
        self.started.append((user_count, spawn_rate))

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False


def pressed(keys: str, runner: Runner) -> Ending:
    ending = Ending()
    said: list[str] = []
    controls = Controls(runner, ending, said.append)
    for key in keys:
        controls.press(key)
    return ending


@pytest.mark.parametrize(
    ("keys", "users"),
    [("w", [6]), ("W", [15]), ("ss", [4, 3]), ("S", [0]), ("SS", [0]), ("x\n", [])],
)
def test_keys_change_the_users(keys: str, users: list[int]) -> None:
    runner = Runner()
    pressed(keys, runner)
    assert [count for count, _ in runner.started] == users


def test_a_key_acts_now_but_does_not_hurry_a_ramp() -> None:
    running, spawning = Runner(), Runner(State.SPAWNING)
    for runner in (running, spawning):
        pressed("w", runner)
    assert running.started == [(6, 100.0)]
    assert spawning.started == [(6, 2.0)]


@pytest.mark.parametrize("state", [State.READY, State.STOPPING, State.CLEANUP, State.STOPPED])
def test_keys_do_not_start_a_run_that_ends(state: State) -> None:
    runner = Runner(state)
    pressed("wWsS", runner)
    assert runner.started == []


def test_pause_and_go_on() -> None:
    runner = Runner()
    pressed("p", runner)
    assert runner.paused
    pressed("p", runner)
    assert not runner.paused


def test_stop_and_stop_at_once() -> None:
    ending = pressed("q", Runner())
    assert (ending.reason, ending.hurried.is_set()) == (BY_KEY, False)
    assert pressed("qq", Runner()).hurried.is_set()


def test_help_fits_a_terminal_and_names_all_keys() -> None:
    said: list[str] = []
    Controls(Runner(), Ending(), said.append).press("?")
    (text,) = said
    assert max(len(line) for line in [*text.splitlines(), HINT]) < 80
    assert all(key in text.replace(",", "").split() for key in "wWsSpq")


@pytest.mark.parametrize(
    ("data", "keys"),
    [(b"wW", "wW"), (b"\x1b[A", ""), (b"\x1bOSw", "w"), (b"\x1b[1;5Sp", "p"), (b"\xffq", "q")],
)
def test_arrows_and_function_keys_are_no_keys_of_ours(data: bytes, keys: str) -> None:
    assert "".join(keys_in(data)) == keys


@pytest.fixture
def slave() -> Iterator[int]:
    """Return a terminal of which this process is not in the foreground."""
    master, slave = pty.openpty()
    yield slave
    os.close(master)
    os.close(slave)


def test_a_process_in_the_background_leaves_the_terminal_alone(slave: int) -> None:
    before = termios.tcgetattr(slave)
    keys = Keys(slave, lambda _key: None, lambda: None)
    keys.start()
    assert termios.tcgetattr(slave) == before
    keys.stop()
    keys.stop()


def test_character_mode_is_entered_twice_and_left_once(
    slave: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CharacterMode, "in_foreground", lambda _self: True)
    before: list[Any] = termios.tcgetattr(slave)
    mode = CharacterMode(slave)
    mode.enter()
    mode.enter()
    local = termios.tcgetattr(slave)[3]
    assert not local & (termios.ICANON | termios.ECHO)
    assert local & termios.ISIG
    mode.leave()
    mode.leave()
    assert termios.tcgetattr(slave) == before
