"""What the process uses, for the usage_monitor and cpu_warning events."""

import logging
import resource
from collections.abc import Callable
from pathlib import Path
from time import monotonic, thread_time
from typing import TYPE_CHECKING, NoReturn

import gevent

if TYPE_CHECKING:
    from locust_like.runtime.runner import BaseRunner

_INTERVAL_S = 10.0
_CPU_WARNING_PERCENT = 90.0

_logger = logging.getLogger()  # as Locust; its users filter by it


class UsageMeter:
    """The share of a core that the calling thread uses.

    The thread that runs the users is the one that can be short of CPU; the engine's threads report
    on themselves. Locust looks at the whole process, which here may use several cores.

    Args:
        clock: monotonic seconds.
        cpu_clock: CPU seconds of the calling thread.
    """

    def __init__(
        self,
        clock: Callable[[], float] = monotonic,
        cpu_clock: Callable[[], float] = thread_time,
    ) -> None:
        """Begin the first interval."""
        self._clock = clock
        self._cpu_clock = cpu_clock
        self._since_s = clock()
        self._cpu_s = cpu_clock()

    def cpu_percent(self) -> float:
        """Return the percentage since the last call, and begin the next interval."""
        now_s, cpu_s = self._clock(), self._cpu_clock()
        elapsed_s = now_s - self._since_s
        used_s = cpu_s - self._cpu_s
        self._since_s, self._cpu_s = now_s, cpu_s
        return 100 * used_s / elapsed_s if elapsed_s > 0 else 0.0


def memory_bytes() -> int:
    """Return the resident memory of this process, or its peak where /proc is missing."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


def watch_usage(runner: "BaseRunner") -> NoReturn:
    """Fire usage_monitor every 10 s, and cpu_warning where there is cause, which is logged once.

    Thread: runs in a greenlet of the hub's thread until it is killed.
    """
    meter = UsageMeter()
    environment = runner.environment
    while True:
        gevent.sleep(_INTERVAL_S)
        percent, memory = meter.cpu_percent(), memory_bytes()
        runner.current_cpu_usage, runner.current_memory_usage = percent, memory
        environment.events.usage_monitor.fire(
            environment=environment, cpu_usage=percent, memory_usage=memory
        )
        if percent <= _CPU_WARNING_PERCENT:
            continue
        if not runner.cpu_warning_emitted:
            _logger.warning(
                "CPU usage above %d%%! This may constrain your throughput and may even give "
                "inconsistent response time measurements!",
                _CPU_WARNING_PERCENT,
            )
            runner.cpu_warning_emitted = True
        environment.events.cpu_warning.fire(environment=environment, cpu_usage=percent)
