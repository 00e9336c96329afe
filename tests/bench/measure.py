"""One way to measure every generator: what the kernel charges it, over what the server counted.

CPU is the time that the kernel's scheduler gave the threads of the generator, requests are nginx's
own counter; both are read at two instants of the steady state, so start-up is in nobody's figure.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from servers import pinned

GENERATOR_CORE = 1
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
    cpu_ns, pages = 0, 0
    for each in tree(pid):
        for thread in Path(f"/proc/{each}/task").iterdir():
            cpu_ns += int((thread / "schedstat").read_text().split()[0])
        pages += int(Path(f"/proc/{each}/statm").read_text().split()[1])
    return Usage(time.monotonic(), cpu_ns / 1e9, pages * PAGE_BYTES)


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

    def pause(self) -> None:
        """Let it stand still where it is; its connections stay open."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        for each in tree(self.process.pid):
            os.kill(each, number)

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
            self.resume()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def steady(generator: Generator, count: Callable[[], int], seconds: float) -> Window:
    """Measure from now on, for so long."""
    before, requests_before = generator.usage(), count()
    generator.sleep_until(before.at_s - generator.started_s + seconds)
    after, requests_after = generator.usage(), count()
    return Window(
        requests_after - requests_before,
        after.at_s - before.at_s,
        after.cpu_s - before.cpu_s,
        after.rss_bytes,
    )
