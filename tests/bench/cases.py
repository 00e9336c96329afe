"""The cases of the benchmark: each measures its generators and returns plain figures.

The machine's speed changes from second to second. So the generators of a comparison all stand
ready at once, and take turns of one second, in which the others are stopped by a signal: what hits
one hits its neighbours in time, and only neighbours are compared.
"""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import generators as g
from measure import Generator, Usage, Window, steady
from servers import Nginx, pinned

START_UP_S = 3.0  # until then interpreters load, users spawn and connections open
TURN_S = 1.0
SETTLE_S = 0.15  # after a turn began: caches fill, replies that waited are taken up
FOREVER_S = 3600  # generators of a comparison are ended, they do not end


@dataclass(frozen=True)
class Bench:
    """What every case needs: servers, where logs go, how long and how often to measure."""

    nginx: Nginx
    target_url: str
    logs: Path
    rounds: int
    window_s: float

    def start(self, name: str, job: g.Job) -> Generator:
        log = self.logs / (re.sub(r"\W+", "-", name) + ".log")
        return Generator(job.command, log, job.env)


def show(name: str, text: str) -> None:
    print(f"  {name:32} {text}", flush=True)


Windows = dict[str, list[Window]]


def take_turns(bench: Bench, jobs: Mapping[str, g.Job], start_up_s: float = START_UP_S) -> Windows:
    """Measure all jobs in short turns; return every job's windows, oldest first."""
    found: Windows = {name: [] for name in jobs}
    generators: dict[str, Generator] = {}
    try:
        for name, job in jobs.items():
            generators[name] = bench.start(name, job)
            generators[name].sleep_until(start_up_s)
            generators[name].pause()
        for turn in range(max(1, round(bench.rounds * bench.window_s / TURN_S))):
            for name in list(jobs) if turn % 2 == 0 else list(jobs)[::-1]:
                found[name].append(take_turn(bench, generators[name]))
    finally:
        for generator in generators.values():
            generator.stop()
    for name, windows in found.items():
        cpu_us = statistics.median(each.cpu_us_per_request for each in windows)
        rate = statistics.median(each.requests_per_s for each in windows)
        show(name, f"{cpu_us:.2f} us, {rate:,.0f}/s")
    return found


def take_turn(bench: Bench, generator: Generator) -> Window:
    """Let one generator run alone for a turn."""
    generator.resume()
    time.sleep(SETTLE_S)
    try:
        return steady(generator, bench.nginx.requests, TURN_S)
    finally:
        generator.pause()


def throughput(bench: Bench) -> Windows:
    """Measure 100 users that ask for a small body, over and over."""
    return take_turns(bench, g.throughput_jobs(bench.nginx.url, users=100, seconds=FOREVER_S))


def connections(bench: Bench) -> Windows:
    """Measure 5,000 users, each on a connection of its own."""
    url = bench.nginx.url
    ours = g.python_job(g.OURS, "plain.py", url, users=5000, seconds=FOREVER_S)
    jobs = {
        "wrk": g.wrk(f"{url}/", users=5000, seconds=FOREVER_S),
        "locust_like HttpUser": ours,
    }
    return take_turns(bench, jobs, start_up_s=6.0)


def compatibility(bench: Bench) -> Windows:
    """Measure the same load from a file that imports ours and from one that imports Locust's name.

    The first file stands twice, so that the difference which is only noise is seen, too.
    """
    url = bench.nginx.url

    def job(file: str) -> g.Job:
        return g.python_job(g.OURS, file, url, users=100, seconds=FOREVER_S)

    jobs = {
        "import locust_like": job("plain_native.py"),
        "import locust": job("plain.py"),
        "import locust_like, again": job("plain_native.py"),
    }
    return take_turns(bench, jobs)


def tls(bench: Bench) -> Windows:
    """Measure 100 users over TLS 1.3 with keep-alive."""
    url = bench.nginx.tls_url
    ours = g.python_job(g.OURS, "plain.py", url, users=100, seconds=FOREVER_S)
    jobs = {
        "wrk": g.wrk(f"{url}/", users=100, seconds=FOREVER_S),
        "locust_like HttpUser": g.trusting(ours, bench.nginx),
    }
    return take_turns(bench, jobs)


def processes(bench: Bench) -> Windows:
    """Measure the plain load of one process, of two workers with their master, and of two runs.

    Two processes on one core push each other's data out of its caches; the two runs that know
    nothing of each other show how much that is.
    """
    one = g.python_job(g.OURS, "plain.py", bench.nginx.url, users=100, seconds=FOREVER_S)
    half = g.python_job(g.OURS, "plain.py", bench.nginx.url, users=50, seconds=FOREVER_S)
    jobs = {
        "one process": one,
        "two runs of 50 users": g.side_by_side(half, 2),
        "--processes 2": g.Job([*one.command, "--processes", "2"], one.env),
    }
    return take_turns(bench, jobs, start_up_s=5.0)


def delay(bench: Bench) -> dict[str, dict[str, float]]:
    """Compare what is reported of a server that answers after exactly 10 ms; 200 users flat out."""
    found: dict[str, list[dict[str, float]]] = {"wrk": [], "locust_like HttpUser": []}
    seconds = int(bench.window_s) + 2
    for _ in range(bench.rounds):
        url = f"{bench.target_url}/delay/10"
        output = bench.start("wrk", g.wrk(url, users=200, seconds=seconds)).finish()
        found["wrk"].append({"p50_ms": wrk_ms(output, 50), "p99_ms": wrk_ms(output, 99)})
        out = bench.logs / "delay.json"
        job = g.latency_job(bench.target_url, out, users=200, seconds=seconds)
        bench.start("locust_like", job).finish()
        found["locust_like HttpUser"].append(g.read_latency(out))
    result = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in found.items()
    }
    for name, figures in result.items():
        show(name, f"p50 {figures['p50_ms']:.3f} ms, p99 {figures['p99_ms']:.3f} ms")
    return result


def wrk_ms(output: str, percent: int) -> float:
    """Read one percentile of wrk's latency table."""
    found = re.search(rf"^ +{percent}% +([\d.]+)(us|ms|s)$", output, re.MULTILINE)
    assert found, output
    return float(found[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[found[2]]


def busy(bench: Bench) -> dict[str, float]:
    """Report what 10 users see of the same server when each request costs 5 ms of Python."""
    out = bench.logs / "busy.json"
    job = g.latency_job(
        bench.target_url, out, users=10, seconds=int(bench.window_s) + 2, work_s=0.005
    )
    output = bench.start("busy", job).finish()
    result = {**g.read_latency(out), "late": float("LATE" in output)}
    show("5 ms of Python a request", f"p50 {result['p50_ms']:.3f} ms, late {result['late']:.0f}")
    return result


def idle(bench: Bench, name: str, program: Path, users: int) -> Usage:
    """Start users that ask once and then wait; return the use when all have been answered."""
    before = bench.nginx.requests()
    generator = bench.start(
        f"idle {name} {users}",
        g.python_job(program, "idle.py", bench.nginx.url, users=users, seconds=300),
    )
    try:
        deadline = time.monotonic() + 120
        while bench.nginx.requests() - before < users:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{name}: {users} users were not up after 120 s")
            generator.sleep_until(time.monotonic() - generator.started_s + 0.2)
        generator.sleep_until(time.monotonic() - generator.started_s + 1.0)
        return generator.usage()
    finally:
        generator.stop()


def start_up(bench: Bench, name: str, program: Path, users: int = 9000) -> dict[str, float]:
    """Measure memory of an idle user with an open connection, and CPU to start them all.

    Both are differences to a run with 100 users, so that the interpreter is in neither.
    """
    few, many = idle(bench, name, program, 100), idle(bench, name, program, users)
    result = {
        "bytes_per_user": (many.rss_bytes - few.rss_bytes) / (users - 100),
        "start_cpu_s": (many.cpu_s - few.cpu_s) * users / (users - 100),
    }
    kilobytes = result["bytes_per_user"] / 1000
    show(name, f"{kilobytes:.1f} KB a user, {result['start_cpu_s']:.2f} s of CPU to start {users}")
    return result


def wall_ms(command: list[str], times: int = 9) -> float:
    """Return the median wall time of a command."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(pinned(1, command), check=True, capture_output=True)
        found.append((time.perf_counter() - start) * 1e3)
    return statistics.median(found)


def command_line() -> dict[str, float]:
    """Measure how long a person waits for the help text and a program for the import."""
    result = {
        "help_ms": wall_ms([str(g.OURS), "--help"]),
        "import_ms": wall_ms([sys.executable, "-c", "import locust_like"]),
        "python_ms": wall_ms([sys.executable, "-c", "pass"]),
    }
    show("locust-like --help", f"{result['help_ms']:.0f} ms")
    show("import locust_like", f"{result['import_ms']:.0f} ms")
    return result


def ratio(windows: Windows, name: str, base: str, of: Callable[[Window], float]) -> float:
    """Return the median over turns of one generator's figure against another's in the same turn."""
    return statistics.median(
        of(mine) / of(other) for mine, other in zip(windows[name], windows[base], strict=True)
    )
