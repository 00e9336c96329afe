"""What a run has on a terminal besides its lines: the live region, keys, and who blocks Python.

They are made together and taken down together, whatever ends the run, an exception included.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from locust_like.cli.keys import HINT, Controls, Keys
from locust_like.outputs.console import make_console
from locust_like.outputs.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from locust_like.cli.ending import Ending
    from locust_like.interfaces import Runner
    from locust_like.outputs.console import Console
    from locust_like.plan.sources import Settings
    from locust_like.runtime.blocking import BlockingSampler


def console_of(settings: Settings) -> Console:
    """Return the console on stderr that the options and the terminal ask for."""
    return make_console(
        sys.stderr,
        # With the page beside it, a terminal is for the log.
        only_summary=settings.on("only_summary")
        or not (settings.on("headless") or settings.on("print_stats")),
        no_color=settings.on("no_color"),
        hint=HINT if is_terminal(sys.stdin) else "",
    )


def _say(text: str) -> None:
    sys.stderr.write(text)  # which it is now: the region has put something else in its place


@contextmanager
def screen(
    console: Console | None, runner: Runner, ending: Ending, sampler: BlockingSampler
) -> Iterator[None]:
    """Take keys and look for what blocks Python; at the end leave the terminal as it was found."""
    keys = None
    try:
        sampler.start()
        if console is not None and console.live is not None:
            controls = Controls(runner, ending, _say)
            descriptor = sys.stdin.fileno() if is_terminal(sys.stdin) else None
            keys = Keys(descriptor, controls.press, console.live.wipe)
            keys.start()
        yield
    finally:
        if keys is not None:
            keys.stop()
        if console is not None:
            console.close()
        sampler.stop()
