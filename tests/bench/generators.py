"""The command line of every generator for the same work: a closed loop of GETs."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from servers import Nginx

ROOT = Path(__file__).resolve().parents[2]
FILES = Path(__file__).resolve().parent / "locustfiles"
OURS = Path(sys.executable).parent / "locust-like"
LOCUST = ROOT / "build/bench-venv/bin/locust"
K6 = ROOT / "build/bench-go/k6"
HEY = ROOT / "build/bench-go/hey"
# Go's tools would otherwise start a thread for every core although they may use one only.
ONE_CORE = {"GOMAXPROCS": "1"}


@dataclass(frozen=True)
class Job:
    """What to run, and what it wants in its environment."""

    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


def python_job(program: Path, file: str, url: str, *, users: int, seconds: int) -> Job:
    """Build the command line that Locust and we share."""
    shown = [str(program), "-f", str(FILES / file), "-H", url, "--headless", "--only-summary"]
    return Job([*shown, "-u", str(users), "-r", str(users), "-t", f"{seconds}s"])


def wrk(url: str, *, users: int, seconds: int) -> Job:
    return Job(["wrk", "-t1", f"-c{users}", f"-d{seconds}s", "--latency", "--timeout", "30s", url])


def h2load(url: str, *, connections: int, streams: int, seconds: int) -> Job:
    """Build a job of HTTP/2 without TLS, so many streams at a time on each connection."""
    load = [f"-c{connections}", f"-m{streams}", f"-D{seconds}"]
    return Job(["h2load", "-t1", *load, url])


def k6(url: str, *, users: int, seconds: int) -> Job:
    command = [str(K6), "run", "--quiet", "--no-usage-report", "--summary-mode=disabled"]
    script = ["--vus", str(users), "--duration", f"{seconds}s", str(FILES / "plain.js")]
    return Job([*command, "-e", f"URL={url}/", *script], ONE_CORE)


def hey(url: str, *, users: int, seconds: int, keep_alive: bool = True) -> Job:
    more = [] if keep_alive else ["-disable-keepalive"]
    return Job([str(HEY), "-z", f"{seconds}s", "-c", str(users), *more, f"{url}/"], ONE_CORE)


def side_by_side(job: Job, count: int) -> Job:
    """Run a job several times at once; SIGTERM ends them all."""
    script = "trap 'kill $(jobs -p)' TERM; for i in $(seq $0); do \"$@\" & done; wait; wait"
    return Job(["bash", "-c", script, str(count), *job.command], job.env)


def throughput_jobs(url: str, *, users: int, seconds: int) -> dict[str, Job]:
    """Return the jobs of the main comparison, by the name shown in the tables."""

    def python(program: Path, file: str) -> Job:
        return python_job(program, file, url, users=users, seconds=seconds)

    return {
        "wrk": wrk(f"{url}/", users=users, seconds=seconds),
        "locust_like HttpUser": python(OURS, "plain.py"),
        "locust_like, catch_response": python(OURS, "checked.py"),
        "hey": hey(url, users=users, seconds=seconds),
        "k6": k6(url, users=users, seconds=seconds),
        "Locust FastHttpUser": python(LOCUST, "plain_fast.py"),
        "Locust HttpUser": python(LOCUST, "plain.py"),
    }


def trusting(job: Job, server: Nginx) -> Job:
    """Let a job trust the benchmark's own certificate."""
    return Job(job.command, {**job.env, "SSL_CERT_FILE": str(server.certificate)})


def latency_job(url: str, out: Path, *, users: int, seconds: int, work_s: float = 0) -> Job:
    """Build a job of ours whose locustfile writes the percentiles it would report."""
    job = python_job(OURS, "delay.py", url, users=users, seconds=seconds)
    return Job(job.command, {"BENCH_OUT": str(out), "BENCH_WORK_S": str(work_s)})


def read_latency(out: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads(out.read_text())
    return found
