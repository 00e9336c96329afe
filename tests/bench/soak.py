"""`make soak`: ramp up and down many times; memory, descriptors and threads must stay flat.

Runs the load in this process, against the target in another, and writes docs/soak.md.
Usage: soak.py [--ramps N] [--users N] [--seconds S] [--no-write]
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
from dataclasses import dataclass
from pathlib import Path

import gevent
from generators import OURS, ROOT
from servers import target

from locust_like import HttpUser, constant, task
from locust_like.runtime.environment import Environment

SETTLING_RAMPS = 10  # until then caches fill and pages are touched for the first time
GROWTH_ALLOWED = 0.05


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


def complaints(levels: list[Level]) -> list[str]:
    """Compare the end with the time after settling."""
    settled, end = levels[SETTLING_RAMPS - 1], levels[-1]
    found = []
    if end.rss_bytes > settled.rss_bytes * (1 + GROWTH_ALLOWED):
        found.append("memory grows")
    if end.descriptors > settled.descriptors:
        found.append("descriptors grow")
    if end.threads > settled.threads:
        found.append("threads grow")
    return found


def document(levels: list[Level], requests: int, options: argparse.Namespace) -> str:
    shown = [n for n in range(len(levels)) if n in (0, len(levels) - 1) or (n + 1) % 10 == 0]
    rows = "".join(
        f"| {n + 1} | {levels[n].rss_bytes / 1e6:.1f} | {levels[n].descriptors} "
        f"| {levels[n].threads} |\n"
        for n in shown
    )
    return (
        "# Soak test\n\n"
        f"Written by `make soak`: {len(levels)} times {options.users} users up and down in one "
        f"process, {options.seconds:g} s each,\n{requests:,} requests in all. Linux "
        f"{platform.release()}, CPython {platform.python_version()}. Figures are taken after the "
        "users have gone.\n\n"
        "| ramp | RSS, MB | descriptors | threads |\n| --- | --- | --- | --- |\n"
        f"{rows}\nResult: {', '.join(complaints(levels)) or 'flat'}.\n"
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ramps", type=int, default=50)
    parser.add_argument("--users", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--no-write", action="store_true")
    found = parser.parse_args()
    if found.ramps <= SETTLING_RAMPS:
        parser.error(f"--ramps must be above {SETTLING_RAMPS}")
    return found


def main() -> int:
    options = arguments()
    levels: list[Level] = []
    with target(OURS) as url:
        environment = Environment(user_classes=[Visitor], host=url)
        for number in range(options.ramps):
            levels.append(ramp(environment, options.users, options.seconds))
            print(f"{time.strftime('%H:%M:%S')} ramp {number + 1}: {levels[-1]}", flush=True)
        total = environment.stats.total
        requests, failures = total.num_requests, total.num_failures
    text = document(levels, requests, options)
    print(text)
    if not options.no_write:
        (ROOT / "docs/soak.md").write_text(text)
    problems = complaints(levels) + ([f"{failures} failures"] if failures else [])
    print("; ".join(problems) or "flat, no failures")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
