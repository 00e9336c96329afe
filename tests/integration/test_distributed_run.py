"""Master and workers as they are really used: lost, stopped, cut off, restarted, refused."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .cluster import PLAIN, Cluster, Namespace, counted, is_root
from .conftest import ENOUGH_S, Running, Server, serve

LEAVES = """
from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.01)

    @task
    def call(self):
        self.client.get("/", name="blocked")
        print(self.no_connection_reuse, flush=True)
        self.client.get("http://named.invalid:PORT/", name="resolved")
"""
LOAD = ("-u", "10", "-r", "100")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.stop()


def wait_for_users(master: Running, users: int) -> None:
    """Wait until a line of the console shows so many users, and not others wanted."""
    master.wait_for_text(rf"running +({users}) +[\d.]")


def test_a_killed_worker_is_noticed_and_its_load_comes_back(
    cluster: Cluster, target: Server
) -> None:
    master = cluster.master("--expect-workers", "2", "-H", target.url, *LOAD)
    workers = [cluster.worker(), cluster.worker()]
    for _ in range(2):  # some seconds, so that there is a rate
        wait_for_users(master, 10)
    workers[1].signal(signal.SIGKILL)
    killed_s = time.time()
    master.wait_for_text(r"worker (\S+) lost: disconnected")
    noticed_s = time.time() - killed_s
    wait_for_users(master, 10)
    back_s = time.time() - killed_s
    master.signal(signal.SIGTERM)
    done = master.finish()
    assert done.code == 1
    assert "no exit code 0 without --allow-worker-loss" in done.stderr
    assert noticed_s < 6
    assert back_s < 12, "the console tells every two seconds; the machine may be busy"
    document = cluster.summary()
    assert document["run"]["degraded"]
    lost = [row for row in document["workers"] if row["lost"]]
    assert [row["lost"] for row in lost] == ["disconnected"]
    # What it could not report is missing, and lies between what is said. The load is steady, but
    # the machine may stumble, and requests may have been under way.
    missing = target.counters()["requests"] - done.accounting["exchanges"]
    unaccounted = lost[0]["unaccounted"]
    assert 0 < unaccounted["seconds"] < 5
    assert unaccounted["requests"] <= missing <= 5 * unaccounted["estimate"] + 50
    told = " ".join(done.stderr.split())  # whatever the width of the terminal
    assert f"and about {unaccounted['estimate']:,} requests" in told
    assert workers[0].finish().code == 0


def test_a_worker_that_stood_still_comes_back_without_double_users(
    cluster: Cluster, target: Server
) -> None:
    master = cluster.master("--expect-workers", "2", "-H", target.url, *LOAD)
    workers = [cluster.worker(), cluster.worker()]
    master.wait_for("All users spawned")
    workers[1].signal(signal.SIGSTOP)
    master.wait_for("lost: no heartbeat for 3.0 s")
    wait_for_users(master, 10)
    time.sleep(5)  # eight seconds in all
    workers[1].signal(signal.SIGCONT)
    master.wait_for("2 workers connected")
    wait_for_users(master, 10)
    wait_for_users(master, 10)
    master.signal(signal.SIGTERM)
    done = master.finish()
    exchanges = done.accounting["exchanges"]
    assert counted(lambda: target.counters()["requests"], exchanges) == exchanges
    assert [worker.finish().code for worker in workers] == [0, 0]


def test_a_worker_that_stood_still_for_long_does_no_execution_too_many(
    cluster: Cluster, target: Server
) -> None:
    cluster.locustfile = PLAIN.replace("constant(0.005)", "constant(0.1)")
    master = cluster.master(
        "--expect-workers", "2", "-H", target.url, *LOAD, "--iterations", "2200"
    )
    workers = [cluster.worker(), cluster.worker()]
    master.wait_for("All users spawned")
    workers[1].signal(signal.SIGSTOP)
    master.wait_for("of the task executions; what it has not done")
    workers[1].signal(signal.SIGCONT)
    master.wait_for("2 workers connected")
    done = master.finish()
    assert done.accounting["exchanges"] == target.counters()["requests"] == 2200
    assert [worker.finish().code for worker in workers] == [0, 0]


def test_a_suspended_machine_finds_its_load_again(cluster: Cluster, target: Server) -> None:
    """All stand still for longer than a worker waits for its master, and nobody died."""
    master = cluster.master("--expect-workers", "2", "-H", target.url, *LOAD)
    workers = [cluster.worker(), cluster.worker()]
    wait_for_users(master, 10)
    for each in (master, *workers):
        each.signal(signal.SIGSTOP)
    time.sleep(11)
    for each in (master, *workers):
        each.signal(signal.SIGCONT)
    # More than users send that do not know yet that their master was away.
    enough = target.counters()["requests"] + 3000
    assert counted(lambda: min(target.counters()["requests"], enough), enough) == enough
    master.signal(signal.SIGTERM)
    done = master.finish()
    exchanges = done.accounting["exchanges"]
    assert counted(lambda: target.counters()["requests"], exchanges) == exchanges
    assert [worker.finish().code for worker in workers] == [0, 0]


def test_a_restarted_master_takes_its_workers_back(cluster: Cluster, target: Server) -> None:
    first = cluster.master("-H", target.url, *LOAD)
    worker = cluster.worker()
    first.wait_for("All users spawned")
    first.signal(signal.SIGKILL)
    worker.wait_for("No word from the master for 10 s: stopping the load")
    time.sleep(0.5)
    idle = target.counters()["requests"]
    time.sleep(0.5)
    assert target.counters()["requests"] == idle
    second = cluster.master("-H", target.url, *LOAD, "-t", "2s")
    began_s = time.time()
    worker.wait_for("This is another master")
    assert time.time() - began_s < ENOUGH_S / 4
    done = second.finish()
    assert done.code == 0
    exchanges = done.accounting["exchanges"]
    assert counted(lambda: target.counters()["requests"] - idle, exchanges) == exchanges > 0
    assert worker.finish().code == 0


def test_a_worker_that_leaves_by_itself_tells_all_it_knows(
    cluster: Cluster, target: Server
) -> None:
    master = cluster.master("--expect-workers", "2", "-H", target.url, *LOAD)
    workers = [cluster.worker(), cluster.worker()]
    master.wait_for("All users spawned")
    workers[0].signal(signal.SIGTERM)
    master.wait_for("lost: exited")
    wait_for_users(master, 10)
    master.signal(signal.SIGINT)
    done = master.finish()
    exchanges = done.accounting["exchanges"]
    assert counted(lambda: target.counters()["requests"], exchanges) == exchanges
    assert done.code == 1
    assert [worker.finish().code for worker in workers] == [0, 0]


COMPUTING = (
    PLAIN
    + """
import time
import gevent
from locust import events

def compute():
    ends = time.perf_counter() + 5
    while time.perf_counter() < ends:
        sum(range(1000))

@events.spawning_complete.add_listener
def soon(**_):
    if getattr(Visitor.runner, "worker_index", -1) == 0:
        gevent.spawn_later(0.5, compute)

@events.init.add_listener
def keep(runner, **_):
    Visitor.runner = runner
"""
)


def test_a_worker_whose_python_computes_is_busy_and_not_missing(
    cluster: Cluster, target: Server
) -> None:
    cluster.locustfile = COMPUTING
    master = cluster.master("--expect-workers", "2", "-H", target.url, *LOAD)
    workers = [cluster.worker(), cluster.worker()]
    master.wait_for("All users spawned")
    master.wait_for_text(r"^workers 2, busy: \S+ \(locustfile\.py:(\d+) in compute\)")
    master.wait_for_text(r"^(workers 2)$")
    master.signal(signal.SIGTERM)
    done = master.finish()
    assert (done.code, cluster.summary()["run"]["degraded"]) == (0, False)
    exchanges = done.accounting["exchanges"]
    assert counted(lambda: target.counters()["requests"], exchanges) == exchanges
    assert [worker.finish().code for worker in workers] == [0, 0]


BUNDLED = """
import pathlib
from locust import HttpUser, constant, events, task
from steps.flow import PATH

NAME = (pathlib.Path(__file__).parent / "name.txt").read_text().strip()

@events.init_command_line_parser.add_listener
def _(parser):
    parser.add_argument("--shop", type=int, required=True)

class Visitor(HttpUser):
    wait_time = constant(0.01)

    @task
    def front(self):
        self.client.get(PATH, name=f"{NAME} {self.environment.parsed_options.shop}")
"""


def test_a_worker_gets_locustfile_modules_data_and_options(tmp_path: Path, target: Server) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    (home / "steps").mkdir(parents=True)
    away.mkdir()
    (home / "steps/__init__.py").write_text("")
    (home / "steps/flow.py").write_text('PATH = "/json"')
    (home / "name.txt").write_text("shop")
    here, there = Cluster(home, BUNDLED), Cluster(away, "raise SystemExit('wrong file')")
    try:
        master = here.master("--include", "name.txt", "--shop", "7", "-H", target.url, *LOAD,
                             "-t", "1s", "--json")  # fmt: skip
        there.port = here.port
        worker = there.worker(
            "-f", "-", "--join-token-file", str(home / "state/locust_like/join-token")
        )
        done = master.finish()
        assert done.entries.keys() == {"shop 7"}
        assert done.accounting["exchanges"] == target.counters()["requests"] > 0
        assert worker.finish().code == 0
    finally:
        here.stop()
        there.stop()


def test_who_is_refused_learns_why(cluster: Cluster, tmp_path: Path, target: Server) -> None:
    master = cluster.master("-H", target.url, *LOAD, "-t", "1s")
    other = Cluster(tmp_path / "other")
    other.folder.mkdir()
    token = tmp_path / "other/token"
    assert other.run("--print-join-token", "--join-token-file", str(token)).finish().code == 0
    wait = ("--worker-max-wait", "2s")
    stranger = cluster.worker("--join-token-file", str(token), *wait)
    nobody = cluster.worker("--master-port", "1", *wait)
    without = cluster.worker("--join-token-file", str(tmp_path / "none"), *wait)
    assert "the join token is another master's" in stranger.finish().stderr
    assert "nobody listens at 127.0.0.1:1" in nobody.finish().stderr
    assert "no join token in" in without.finish().stderr
    assert [running.process.returncode for running in (stranger, nobody, without)] == [1, 1, 1]
    master.wait_for("a connection without the join token was refused")
    # None of it has done any harm.
    worker = cluster.worker()
    assert master.finish().code == 0
    assert worker.finish().code == 0


def test_a_master_does_not_wait_for_ever(cluster: Cluster, target: Server) -> None:
    done = cluster.master(
        "-H", target.url, *LOAD, "--expect-workers", "3", "--expect-workers-max-wait", "1s"
    ).finish()
    assert done.code == 1
    assert "Gave up waiting for workers to connect, 0 of 3 are here." in done.stderr


def test_without_a_place_for_the_token_nobody_else_is_let_in(cluster: Cluster) -> None:
    done = cluster.run(
        "--master", "--headless", "--master-bind-host", "0.0.0.0", "--join-token-file",
        "/proc/none/token",
    ).finish()  # fmt: skip
    assert done.code == 1
    assert "without one nobody can be let in from other machines" in done.stderr


@pytest.fixture
def namespaces() -> Iterator[list[Namespace]]:
    """Make one for the master and two for workers; running as root, this must work."""
    if not is_root():
        pytest.skip("only root can cut cables")
    with ExitStack() as made:
        home, *away = (made.enter_context(Namespace(name)) for name in ("ll-m", "ll-a", "ll-b"))
        for number, other in enumerate(away, 1):
            home.connect(other, f"10.77.{number}")
        yield [home, *away]


def test_a_link_that_is_cut_costs_no_request_and_no_user(
    cluster: Cluster, namespaces: list[Namespace]
) -> None:
    """Cut without a word for 2 s and for 10 s, and by a reset; each report is counted once."""
    home, *away = namespaces
    servers = [
        serve("-m", "locust_like", "target", "--port", "8000", "--print-port", inside=space.inside)
        for space in away
    ]
    try:
        master = cluster.master(
            "--master-bind-host", "0.0.0.0", "--expect-workers", "2", "-H",
            "http://127.0.0.1:8000", *LOAD, inside=home.inside,
        )  # fmt: skip
        workers = [
            cluster.worker("--master-host", f"10.77.{number}.1", inside=space.inside)
            for number, space in enumerate(away, 1)
        ]
        master.wait_for("All users spawned")
        for seconds in (2, 10):
            away[1].cut(cluster.port)
            time.sleep(seconds)
            away[1].heal()
        master.wait_for("2 workers connected")
        wait_for_users(master, 10)
        away[0].reset(cluster.port)
        time.sleep(2)
        wait_for_users(master, 10)
        master.signal(signal.SIGTERM)
        done = master.finish()
        assert [worker.finish().code for worker in workers] == [0, 0]
    finally:
        printed = [server.stop() for server in servers]
    # Ended, each server prints what it has counted.
    served = sum(json.loads(text)["requests"] for text in printed)
    assert done.accounting["exchanges"] == served > 0


def test_workers_keep_to_what_the_master_blocks_and_resolves(
    cluster: Cluster, target: Server
) -> None:
    port = target.url.rpartition(":")[2]
    cluster.locustfile = LEAVES.replace("PORT", port)
    resolve = ("--resolve", f"named.invalid:{port}:127.0.0.1", "--allow-target", "127.0.0.1")
    options = ("--block", "localhost", "--no-connection-reuse", "--iterations", "3")
    host = target.url.replace("127.0.0.1", "localhost")
    master = cluster.master("--expect-workers", "1", "-H", host, *resolve, *options, "-u", "1")
    worker = cluster.worker()
    assert master.finish().code == 1
    assert "False" not in worker.finish().stdout
    rows = {entry["name"]: entry for entry in cluster.summary()["entries"]}
    assert (rows["blocked"]["num_failures"], rows["blocked"]["num_requests"]) == (3, 3)
    assert (rows["resolved"]["num_failures"], rows["resolved"]["num_requests"]) == (0, 3)
    assert {error["code"] for error in cluster.summary()["errors"]} == {"blocked-target"}
