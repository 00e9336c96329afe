"""Runs a script that was written for `python script.py`, with `locust` meaning us.

The three ways in do the same: `locust-like exec FILE`, `python -m locust_like.compat FILE`, and in
a notebook or a REPL `locust_like.patch()` and `locust_like.compat.install()`.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from locust_like.compat.hook import install

if TYPE_CHECKING:
    from collections.abc import Sequence

SKIP_PATCH = "LOCUST_SKIP_MONKEY_PATCH"
"""Locust's variable; set to anything, the standard library is left as it is."""


def debugger_needs_its_threads() -> bool:
    """Tell whether a debugger is loaded that patching would stop.

    pydevd (PyCharm, VS Code) talks to its window from threads of its own; with GEVENT_SUPPORT=True
    it knows gevent. One user does not need the patches: nobody else waits while it blocks.
    """
    return "pydevd" in sys.modules and os.environ.get("GEVENT_SUPPORT") != "True"


def silence_interrupts() -> None:
    """Leave it to us to tell of Ctrl-C; gevent would print its name and the time as well."""
    from gevent.hub import Hub

    if KeyboardInterrupt not in Hub.NOT_ERROR:
        Hub.NOT_ERROR = (*Hub.NOT_ERROR, KeyboardInterrupt)


def run_script(path: str, arguments: Sequence[str]) -> None:
    """Run a file as `python FILE ARGUMENTS` would, in this process.

    Patches the standard library for gevent first, as importing Locust does, unless the environment
    or a debugger forbids it.

    Args:
        path: the script.
        arguments: what it finds in `sys.argv` after its own name.

    Raises:
        OSError: the file cannot be read.
        Exception: what the script raises, SystemExit included.
    """
    Path(path).open("rb").close()
    if not os.environ.get(SKIP_PATCH) and not debugger_needs_its_threads():
        from locust_like import patch

        patch()
        silence_interrupts()
    install()
    sys.argv[:] = [path, *arguments]
    sys.path.insert(0, str(Path(path).resolve().parent))
    runpy.run_path(path, run_name="__main__")
