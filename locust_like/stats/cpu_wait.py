"""How long threads of this process were ready to run, but had no CPU.

The engine knows this of the thread that runs Python only. A sleep that ends late is the I/O
thread's, so its wait is what explains it. Where the kernel tells nothing, the wait is zero.

Source: Linux Documentation/scheduler/sched-stats.rst, /proc/<pid>/task/<tid>/schedstat.
"""

from __future__ import annotations

import os
from pathlib import Path

_TASKS = Path("/proc/self/task")
_NS_PER_S = 1e9


class CpuWait:
    """Follows all threads of the process.

    Args:
        tasks: the folder with one folder for each thread.

    Thread: one at a time. A call takes some 100 us, so once a second is often enough.
    """

    def __init__(self, tasks: Path = _TASKS) -> None:
        """Begin the first stretch of time."""
        self._tasks = tasks
        self._waited_ns: dict[str, int] = {}
        self.take()

    def take(self) -> float:
        """Return for how many seconds the unluckiest thread waited since the last call."""
        before, self._waited_ns = self._waited_ns, dict(self._read())
        waits = [ns - before[task] for task, ns in self._waited_ns.items() if task in before]
        return max(waits, default=0) / _NS_PER_S

    def _read(self) -> list[tuple[str, int]]:
        waits = []
        try:
            tasks = os.listdir(self._tasks)
        except OSError:
            return []
        for task in tasks:
            try:
                text = Path(self._tasks, task, "schedstat").read_text(encoding="ascii")
                waits.append((task, int(text.split()[1])))
            # The thread has just ended, or the kernel keeps no such figures.
            except (OSError, ValueError, IndexError):
                continue
        return waits
