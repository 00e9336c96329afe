"""Which import started threads: a process with threads cannot be forked safely.

A forked child has only the thread that forked; what others held, a lock for example, is held for
ever. So `--processes` forks only while there is one thread, and otherwise says whose fault it is.
"""

from __future__ import annotations

import builtins
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TASKS = "/proc/self/task"
_SCRIPT = "the locustfile"


def thread_count() -> int:
    """Return how many threads this process has, those that Python does not know included."""
    return len(os.listdir(_TASKS))


class ThreadWatch:
    """Notes at which imports threads were started.

    Attributes:
        culprits: names of modules, in the order of their imports.
    """

    def __init__(self) -> None:
        """Know the threads that are here."""
        self.culprits: list[str] = []
        self._threads = thread_count()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the imports in a block."""
        original = builtins.__import__

        def watched(name: str, *args: Any, **kwargs: Any) -> Any:
            names = args[0] if args else kwargs.get("globals")
            # What has come since the last look, the importing module's own lines have started.
            self._look((names or {}).get("__name__", _SCRIPT))
            module = original(name, *args, **kwargs)
            # The innermost import ends first, so that it is blamed, and not who imports it.
            self._look(name)
            return module

        builtins.__import__ = watched
        try:
            yield
        finally:
            builtins.__import__ = original
        self._look(_SCRIPT)

    def _look(self, name: str) -> None:
        now = thread_count()
        if now > self._threads:
            self.culprits.append(name)
        self._threads = now
