"""One way to measure every generator: what the kernel charges it, over what the server counted.

CPU is user plus system time of the generator's process tree from /proc, requests are nginx's own
counter; both are read at two instants of the steady state, so start-up is in nobody's figure.
"""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from servers import pinned

GENERATOR_CORE = 1
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """What a process tree has used up to one instant."""

    at_s: float
    cpu_s: float
    rss_bytes: int


@dataclass(frozen=True)
class Window:
    """A stretch of steady state."""

    requests: int
    seconds: float
    cpu_s: float
    rss_bytes: int

    @property
    def cpu_us_per_request(self) -> float:
        return self.cpu_s * 1e6 / max(self.requests, 1)

    @property
    def requests_per_s(self) -> float:
        return self.requests / self.seconds


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += tree(int(child))
    return found


def usage(pid: int) -> Usage:
    cpu_ticks, pages = 0, 0
    for each in tree(pid):
        # The command name may hold spaces; the numbers start after its closing bracket.
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        cpu_ticks += int(fields[11]) + int(fields[12])
        pages += int(fields[21])
    return Usage(time.monotonic(), cpu_ticks * TICK_S, pages * PAGE_BYTES)


class Generator:
    """A generator running on its core; output goes to a file."""

    def __init__(self, command: list[str], log: Path, env: Mapping[str, str]) -> None:
        self.command = command
        self.log = log
        self.started_s = time.monotonic()
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                pinned(GENERATOR_CORE, command),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **env},
            )

    def sleep_until(self, second: float) -> None:
        """Sleep until so many seconds after the start; complain if the generator ends before."""
        time.sleep(max(0.0, self.started_s + second - time.monotonic()))
        if self.process.poll() is not None:
            raise RuntimeError(
                f"{' '.join(self.command)} ended early:\n{self.log.read_text()[-2000:]}"
            )

    def usage(self) -> Usage:
        return usage(self.process.pid)

    def finish(self, seconds: float = 60) -> str:
        """Wait for the end and return the output."""
        self.process.wait(timeout=seconds)
        return self.log.read_text()

    def stop(self) -> None:
        """End it now, whatever it does."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def steady(
    generator: Generator, count: Callable[[], int], *, from_s: float, until_s: float
) -> Window:
    """Measure between two instants after the start."""
    generator.sleep_until(from_s)
    before, requests_before = generator.usage(), count()
    generator.sleep_until(until_s)
    after, requests_after = generator.usage(), count()
    return Window(
        requests_after - requests_before,
        after.at_s - before.at_s,
        after.cpu_s - before.cpu_s,
        after.rss_bytes,
    )
