"""`make soak`: many ramps up and down, then a long run flat out; nothing that is held may grow.

Runs the load in this process, against the target in another, and fills docs/soak.md.
Usage: soak.py [--ramps N] [--users N] [--seconds S] [--minutes M] [--no-write]
"""

# ruff: noqa: E402
from gevent import monkey

monkey.patch_all()

import argparse
import gc
import os
import platform
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import documents
import gevent
from generators import OURS, ROOT
from servers import target

from locust_like import HttpUser, constant, task
from locust_like.runtime.environment import Environment

SETTLING_RAMPS = 10  # until then caches fill and pages are touched for the first time
GROWTH_ALLOWED = 0.05
BUSY_USERS = 100


class Busy(HttpUser):
    """Asks again as soon as it was answered."""

    @task
    def page(self) -> None:
        self.client.get("/")


class Visitor(HttpUser):
    """Asks for a few kinds of replies and keeps its connection."""

    wait_time = constant(0.2)

    @task(5)
    def page(self) -> None:
        self.client.get("/")

    @task
    def large(self) -> None:
        self.client.get("/bytes/20000")

    @task
    def posted(self) -> None:
        with self.client.post("/echo", json={"a": 1}, catch_response=True) as response:
            if response.status_code != 200:
                response.failure("not echoed")


@dataclass(frozen=True)
class Level:
    """What the process holds after a ramp has ended."""

    rss_bytes: int
    descriptors: int
    threads: int


@dataclass
class Part:
    """What one half of the test has held and counted."""

    levels: list[Level] = field(default_factory=list)
    requests: int = 0
    failures: int = 0

    def add(self, environment: Environment) -> None:
        """Count what an environment's statistics hold now."""
        self.requests += environment.stats.total.num_requests
        self.failures += environment.stats.total.num_failures


def level() -> Level:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    counted = [len(os.listdir(f"/proc/self/{folder}")) for folder in ("fd", "task")]
    return Level(pages * os.sysconf("SC_PAGE_SIZE"), *counted)


def ramp(environment: Environment, users: int, seconds: float) -> Level:
    """Start all users within a second, let them run, stop them."""
    runner = environment.runner or environment.create_local_runner()
    runner.start(users, spawn_rate=users)
    gevent.sleep(1 + seconds)
    runner.stop()
    gevent.sleep(0.2)
    return level()


def flat_out(environment: Environment, minutes: int) -> list[Level]:
    """Run some users without pause; return what is held after each minute."""
    runner = environment.create_local_runner()
    runner.start(BUSY_USERS, spawn_rate=BUSY_USERS)
    levels = []
    for minute in range(minutes):
        gevent.sleep(60)
        levels.append(level())
        print(f"{time.strftime('%H:%M:%S')} minute {minute + 1}: {levels[-1]}", flush=True)
    runner.stop()
    return levels


def complaints(levels: list[Level], settling: int) -> list[str]:
    """Compare the end with the time after settling."""
    settled, end = levels[settling - 1], levels[-1]
    found = []
    if end.rss_bytes > settled.rss_bytes * (1 + GROWTH_ALLOWED):
        found.append("memory grows")
    if end.descriptors > settled.descriptors:
        found.append("descriptors grow")
    if end.threads > settled.threads:
        found.append("threads grow")
    return found


def rows(levels: list[Level], every: int, settling: int) -> str:
    """Return a table of some of the levels, and what it shows."""
    shown = [n for n in range(len(levels)) if n in (0, len(levels) - 1) or (n + 1) % every == 0]
    lines = "".join(
        f"| {n + 1} | {levels[n].rss_bytes / 1e6:.1f} | {levels[n].descriptors} "
        f"| {levels[n].threads} |\n"
        for n in shown
    )
    return f"{lines}\nResult: {', '.join(complaints(levels, settling)) or 'flat'}.\n"


def document(ramps: Part, steady: Part, options: argparse.Namespace) -> str:
    rate = steady.requests / (options.minutes * 60)
    head = "RSS, MB | descriptors | threads |\n| --- | --- | --- | --- |\n"
    return (
        f"Linux {platform.release()}, CPython "
        f"{platform.python_version()}, generator and server on one machine.\n\n"
        "## Up and down\n\n"
        f"{len(ramps.levels)} times {options.users} users up and down in one process, "
        f"{options.seconds:g} s each, {ramps.requests:,} requests in all.\nFigures are taken "
        f"after the users have gone.\n\n| ramp | {head}{rows(ramps.levels, 10, SETTLING_RAMPS)}\n"
        "## Flat out\n\n"
        f"{BUSY_USERS} users without pause for {options.minutes} minutes, {steady.requests:,} "
        f"requests, {rate:,.0f}/s.\n\n| minute | {head}{rows(steady.levels, 2, 1)}"
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ramps", type=int, default=50)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--no-write", action="store_true")
    found = parser.parse_args()
    if found.ramps <= SETTLING_RAMPS:
        parser.error(f"--ramps must be above {SETTLING_RAMPS}")
    return found


def main() -> int:
    options = arguments()
    ramps, steady = Part(), Part()
    with target(OURS) as url:
        environment = Environment(user_classes=[Visitor], host=url)
        for number in range(options.ramps):
            ramps.levels.append(ramp(environment, options.users, options.seconds))
            print(f"{time.strftime('%H:%M:%S')} ramp {number + 1}: {ramps.levels[-1]}", flush=True)
            ramps.add(environment)  # each start begins the statistics anew
        environment = Environment(user_classes=[Busy], host=url)
        steady.levels += flat_out(environment, options.minutes)
        steady.add(environment)
    text = document(ramps, steady, options)
    print(text)
    if not options.no_write:
        documents.fill(ROOT / "docs/soak.md", {"soak": text})
    problems = complaints(ramps.levels, SETTLING_RAMPS) + complaints(steady.levels, 1)
    failures = ramps.failures + steady.failures
    problems += [f"{failures} failures"] if failures else []
    print("; ".join(problems) or "flat, no failures")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
