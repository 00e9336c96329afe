"""The last part of `make soak`: a cluster whose workers, links and master are broken at random.

Three workers with a target each live in network namespaces of their own. First masters are killed
and started again; then, under one master, workers are killed or frozen and links are cut or reset.
Afterwards all users must be back, the targets must have counted what the report says, no log may
have an error, and memory must be flat. Fills its part of docs/soak.md. Needs root.
Usage: chaos.py [--minutes M] [--seed N] [--no-write]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import documents
from generators import ROOT

sys.path.insert(0, str(ROOT))

from tests.integration.cluster import Namespace, counted, environment_of

WORKERS = 3
USERS = 30
WAIT_S = 0.05
PORT = "5557"
TARGET = "http://127.0.0.1:8000"
MASTER_DEATHS = 2
PATIENCE_S = 60.0
QUIET_S = 12.0
GROWTH_ALLOWED_BYTES = 8 << 20
LOCUSTFILE = f"""
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant({WAIT_S})

    @task
    def page(self):
        self.client.get("/")
"""


@dataclass
class Process:
    """A process inside a namespace, whose stderr is kept in a file."""

    space: Namespace
    log: Path
    popen: subprocess.Popen[str]

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def rss_bytes(self) -> int:
        pages = Path(f"/proc/{self.popen.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def end(self, number: signal.Signals) -> int:
        self.popen.send_signal(number)
        return self.popen.wait(timeout=PATIENCE_S)


@dataclass
class Chaos:
    """The cluster, and what was done to it.

    Attributes:
        done: what was done, and how often.
        backs_s: how long it took until all users were back after a master's death.
        rss_bytes: of the last master, second by second.
    """

    folder: Path
    spaces: list[Namespace]
    order: random.Random
    started: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    backs_s: list[float] = field(default_factory=list)
    rss_bytes: list[int] = field(default_factory=list)

    def start(self, space: Namespace, *options: str) -> Process:
        log = self.folder / f"{len(self.started)}.log"
        with log.open("w") as stream:
            popen = subprocess.Popen(
                [*space.inside, sys.executable, "-m", "locust_like", *options],
                stdout=stream, stderr=stream, text=True, cwd=self.folder,
                env=environment_of(self.folder),
            )  # fmt: skip
        self.started.append(Process(space, log, popen))
        return self.started[-1]

    def master(self) -> Process:
        return self.start(
            self.spaces[0], "--master", "--master-bind-host", "0.0.0.0", "--headless",
            "--expect-workers", str(WORKERS), "-u", str(USERS), "-r", "1000", "-H", TARGET,
            "--allow-worker-loss", "--summary", "summary",
        )  # fmt: skip

    def worker(self, slot: int) -> Process:
        host = f"10.78.{slot + 1}.1"
        return self.start(self.spaces[slot + 1], "--worker", "--master-host", host)

    def served(self) -> int:
        """Return how many requests all targets have counted."""
        program = f"import urllib.request as u; print(u.urlopen('{TARGET}/stats').read().decode())"
        texts = [space.run(sys.executable, "-c", program) for space in self.spaces[1:]]
        return sum(json.loads(text)["requests"] for text in texts)

    def wait_for_idle(self) -> int:
        """Wait until nobody sends anything; returns the targets' count."""
        before = -1
        while (now := self.served()) != before:
            before = now
            time.sleep(1.5)
        return now

    def wait_for_users(self, master: Process) -> float:
        """Wait until a new line of the console shows all users; returns how long it took."""
        began_s, seen = time.monotonic(), len(master.text())
        while not re.search(rf"running +{USERS} +[\d.]", master.text()[seen:]):
            if time.monotonic() - began_s > PATIENCE_S:
                raise AssertionError(f"the users are not back:\n{master.text()[-2000:]}")
            time.sleep(0.1)
        return time.monotonic() - began_s

    def disturb(self, name: str) -> None:
        """Do one thing to one worker, and undo it."""
        slot = self.order.randrange(WORKERS)
        worker, space = self.workers[slot], self.spaces[slot + 1]
        seconds = self.order.uniform(0.5, 12.0)
        print(f"{time.strftime('%H:%M:%S')} {name} {slot} {seconds:.1f} s", flush=True)
        self.done[name] += 1
        match name:
            case "kill":
                worker.end(signal.SIGKILL)
                self.workers[slot] = self.worker(slot)
            case "freeze":
                worker.popen.send_signal(signal.SIGSTOP)
                self.watch(seconds)
                worker.popen.send_signal(signal.SIGCONT)
            case "cut":
                space.cut(PORT)
                self.watch(seconds)
                space.heal()
            case "reset":
                space.reset(PORT)
        self.watch(self.order.uniform(0.5, 4.0))

    def watch(self, seconds: float) -> None:
        """Let time pass and note how large the master is."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.rss_bytes.append(self.started[-1 - self._workers_since_master()].rss_bytes())
            time.sleep(min(1.0, max(0.0, until_s - time.monotonic())))

    def kill_all(self) -> None:
        """End what still lives."""
        for process in self.started:
            process.popen.kill()
            process.popen.wait()

    def _workers_since_master(self) -> int:
        return next(
            n for n, one in enumerate(reversed(self.started)) if one.space is self.spaces[0]
        )


@dataclass(frozen=True)
class Outcome:
    """What the last master reported and the targets counted.

    Attributes:
        told_least: requests that the summary says lost workers have certainly sent unreported.
        told_about: about how many it says may be missing.
        bound: what users without a pause could have sent in the time that nobody reported.
    """

    served: int
    reported: int
    told_least: int
    told_about: int
    bound: float
    problems: list[str]


def run(chaos: Chaos, minutes: float) -> Outcome:
    master = chaos.master()
    chaos.workers = [chaos.worker(slot) for slot in range(WORKERS)]
    chaos.wait_for_users(master)
    for _ in range(MASTER_DEATHS):
        time.sleep(chaos.order.uniform(1, 4))
        master.end(signal.SIGKILL)
        chaos.done["master"] += 1
        idle = chaos.wait_for_idle()
        master = chaos.master()
        chaos.backs_s.append(chaos.wait_for_users(master))
    until_s = time.monotonic() + minutes * 60
    while time.monotonic() < until_s:
        chaos.disturb(chaos.order.choice(["kill", "freeze", "freeze", "cut", "cut", "reset"]))
    chaos.watch(QUIET_S)
    chaos.wait_for_users(master)
    code = master.end(signal.SIGTERM)
    problems = [] if code == 0 else [f"exit code {code}"]
    for worker in chaos.workers:
        left = worker.popen.wait(timeout=PATIENCE_S)
        problems += [f"a worker ended with {left}"] if left else []
    document = json.loads((chaos.folder / "summary").read_text())
    reported = document["accounting"]["exchanges"]
    lost = [row["unaccounted"] for row in document["workers"] if row["lost"]]
    least, about = (sum(each[key] for each in lost) for key in ("requests", "estimate"))
    bound = sum(each["seconds"] + 1 for each in lost) * USERS / WAIT_S
    served = (
        counted(lambda: chaos.served() - idle, reported)
        if not lost
        else (chaos.wait_for_idle() - idle)
    )
    if not least <= served - reported <= bound:
        problems.append(f"the targets have counted {served - reported} more than was reported")
    return Outcome(served, reported, least, about, bound, problems + complaints(chaos))


def complaints(chaos: Chaos) -> list[str]:
    """Return what logs and memory have against it."""
    found = []
    for process in chaos.started:
        bad = re.findall(r"^.*(?:Traceback|/ERROR/|/CRITICAL/).*$", process.text(), re.MULTILINE)
        found += [f"{process.log.name}: {line}" for line in bad[:3]]
    settled = max(chaos.rss_bytes[: len(chaos.rss_bytes) // 4])
    end = chaos.rss_bytes[-1]
    if end > settled + GROWTH_ALLOWED_BYTES:
        found.append(f"the master's memory grows: {settled / 1e6:.1f} to {end / 1e6:.1f} MB")
    return found


def document(chaos: Chaos, outcome: Outcome, minutes: float, seed: int) -> str:
    words = {"kill": "killed", "freeze": "frozen", "cut": "cut off", "reset": "reset"}
    what = ", ".join(f"{chaos.done[name]} {word}" for name, word in words.items())
    backs = ", ".join(f"{seconds:.1f}" for seconds in chaos.backs_s)
    quarter = max(chaos.rss_bytes[: len(chaos.rss_bytes) // 4])
    return (
        f"{WORKERS} workers with a target each in network namespaces, {USERS} users, seed {seed}.\n"
        f"The master was killed and started again {chaos.done['master']} times; all users were "
        f"back {backs} s later.\n"
        f"Then {minutes:g} minutes under one master, in which workers were disturbed: {what}.\n\n"
        "| counted by the targets | reported | missing | said to be missing | at most "
        "| master's RSS, MB |\n| --- | --- | --- | --- | --- | --- |\n"
        f"| {outcome.served:,} | {outcome.reported:,} | {outcome.served - outcome.reported:,} "
        f"| {outcome.told_least:,} to about {outcome.told_about:,} "
        f"| {outcome.bound:,.0f} | {quarter / 1e6:.1f}, at the end "
        f"{chaos.rss_bytes[-1] / 1e6:.1f} |\n\n"
        "What may be missing is what killed workers had no time to report.\n\n"
        f"Result: {'; '.join(outcome.problems) or 'all users back, nothing else missing'}.\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-write", action="store_true")
    options = parser.parse_args()
    with ExitStack() as made:
        folder = Path(made.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        (folder / "locustfile.py").write_text(LOCUSTFILE)
        names = ["ll-cm", *(f"ll-c{slot}" for slot in range(WORKERS))]
        spaces = [made.enter_context(Namespace(name)) for name in names]
        for slot, space in enumerate(spaces[1:]):
            spaces[0].connect(space, f"10.78.{slot + 1}")
        chaos = Chaos(folder, spaces, random.Random(options.seed))
        made.callback(chaos.kill_all)
        for space in spaces[1:]:
            chaos.start(space, "target", "--port", "8000")
        outcome = run(chaos, options.minutes)
        section = document(chaos, outcome, options.minutes, options.seed)
    print(section)
    if not options.no_write:
        documents.fill(ROOT / "docs/soak.md", {"chaos": section})
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
