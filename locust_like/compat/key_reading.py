"""Locust's `input_listener`, for scripts that react to keys of their own.

The command line has keys of its own, see `cli/keys.py`; a script that runs under it with a terminal
shares the keys with it, and each key reaches only one of both.

Source: Locust 2.47, input_events.py.
"""

from __future__ import annotations

import logging
import os
import sys
import termios
import tty
from typing import TYPE_CHECKING

from gevent.socket import wait_read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_logger = logging.getLogger(__name__)


def input_listener(key_to_func_map: Mapping[str, Callable[[], object]]) -> Callable[[], None]:
    """Return a function for a greenlet that calls what is named for each key.

    Args:
        key_to_func_map: functions by key.

    Returns:
        It reads stdin until that is closed; where stdin is no terminal it returns at once.
    """

    def listen() -> None:
        descriptor = sys.stdin.fileno()
        try:
            before = termios.tcgetattr(descriptor)
        except termios.error as error:
            _logger.debug("no keys: stdin is no terminal: %s", error)
            return
        tty.setcbreak(descriptor)
        try:
            while True:
                wait_read(descriptor)
                key = os.read(descriptor, 1).decode(errors="replace")
                if not key:
                    return
                react = key_to_func_map.get(key)
                if react is not None:
                    react()
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    return listen
