"""Users of other protocols against servers of these: what `examples/protocols` does, and more."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import ROOT, Finished, Server, serve
from .peers import PATIENCE_S, end, free_port
from .peers import serve as serve_peer

EXAMPLES = ROOT / "examples/protocols"
# It ends by its iterations, not by a clock.
LOAD = ("-u", "5", "-r", "100", "--iterations", "60", "-t", "60s")
Run = Callable[..., Finished]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run PostgreSQL in a new folder and return where it is."""
    programs = max(Path("/usr/lib/postgresql").iterdir()) / "bin"
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    # It refuses to be root.
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    make = f"{programs}/initdb --no-sync -A trust -U postgres -D {folder}"
    subprocess.run(make.split(), check=True, capture_output=True, user=user)
    port = free_port()
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    process = serve_peer(
        f"{programs}/postgres -D {folder} {options}".split(),
        port,
        tmp_path_factory.mktemp("postgres") / "log",
        user,
    )
    yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    process.send_signal(signal.SIGINT)  # its fast way to end
    process.wait(PATIENCE_S)
    shutil.rmtree(folder)


@pytest.fixture
def script() -> Iterator[Callable[[str], Server]]:
    """Return a function that runs one of our own servers."""
    servers: list[Server] = []

    def started(name: str) -> Server:
        servers.append(serve(str(ROOT / "tests/servers" / name)))
        return servers[-1]

    yield started
    for server in servers:
        server.stop()


def example(name: str) -> str:
    return (EXAMPLES / f"{name}.py").read_text()


def assert_all_went_well(done: Finished, names: set[str]) -> None:
    assert done.code == 0, done.stderr
    assert set(done.entries) == names
    assert all(int(entry["num_requests"]) > 0 for entry in done.entries.values())
    assert done.sum_of("num_failures") == 0


def test_postgres(run: Run, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES", postgres)
    done = run(example("postgres_queries"), *LOAD)
    assert_all_went_well(done, {"set up", "execute_query", "insert"})


# Nobody gets on before 20 queries run at the same time, so one user that keeps the others from
# running would wait until the server has had enough.
TOGETHER = """
from locust import constant, task
from locust.contrib.postgres import PostgresUser

UNTIL_ALL_ARE_HERE = '''
    DO $$ BEGIN
        PERFORM pg_advisory_lock_shared(7);
        WHILE (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') < 20 LOOP
            PERFORM pg_sleep(0.01);
        END LOOP;
    END $$'''

class Reader(PostgresUser):
    conn_string = "SERVER"
    wait_time = constant(0.05)

    def on_start(self):
        self.client.execute_query("SET statement_timeout = '20s'", name="set up")
        self.client.execute_query(UNTIL_ALL_ARE_HERE, name="together")

    @task
    def wrong(self):
        assert self.client.execute_query("SELECT 1 / 0", name="wrong") is None
        assert self.client.execute_query("SELECT 41 + %s", [1]).fetchone() == (42,)
"""


def test_queries_of_all_users_run_at_a_time_and_failures_stay_alone(
    run: Run, postgres: str
) -> None:
    entries = run(TOGETHER.replace("SERVER", postgres), *LOAD, "-u", "20").entries
    assert entries["together"]["num_requests"] == 20
    assert entries["together"]["num_failures"] == entries["execute_query"]["num_failures"] == 0
    assert entries["wrong"]["num_failures"] == entries["wrong"]["num_requests"] > 0
    assert entries["wrong"]["method"] == "postgres_failure"


def test_mongodb(
    run: Run, script: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = script("mongodb_server.py")
    monkeypatch.setenv("MONGODB", server.url.replace("http", "mongodb"))
    together = """
    def on_start(self):
        assert self.client.execute_query("together", {}, name="together") is not None
        assert len(self.client.execute_query("articles", {"colour": "red"})) == 5
        assert self.client.execute_query("articles", {"$no": 1}, name="wrong") is None
"""
    done = run(example("mongodb_find") + together, *LOAD, "-u", "20")
    entries = done.entries
    assert set(entries) == {"QUERY", "all articles", "together", "wrong"}
    assert entries["together"]["num_requests"] == entries["wrong"]["num_failures"] == 20
    assert done.sum_of("num_failures") == 20
    assert "unknown top level operator" in done.stderr


def test_mqtt(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    broker = serve_peer(["mosquitto", "-v", "-p", str(port)], port, tmp_path / "broker.log")
    monkeypatch.setenv("MQTT_PORT", str(port))
    done = run(example("mqtt_messages"), *LOAD)
    end(broker)
    reported = {"connect", "disconnect", "subscribe with QoS 1", "publish with QoS 1"}
    assert_all_went_well(done, reported | {"there and back"})
    assert done.entries["connect"]["num_requests"] == 5
    assert done.entries["disconnect"]["num_requests"] == 5


def test_a_broker_that_is_not_there_is_a_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MQTT_PORT", str(free_port()))
    done = run(example("mqtt_messages"), "-u", "1", "-t", "1s")
    assert done.entries["connect"]["num_failures"] >= 1
    assert "Connection refused" in done.stderr


def test_socketio(run: Run, script: Callable[[str], Server]) -> None:
    server = script("socketio_server.py")
    done = run(example("socketio_chat").replace("http://127.0.0.1:5001", server.url), *LOAD)
    assert_all_went_well(done, {"connect", "say", "said", "ask"})
    assert done.entries["connect"]["num_requests"] == 5
    assert "left, 0 here" in server.stop()


def test_dns(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    zone = "--no-resolv --no-hosts --address=/www.example.test/192.0.2.1"
    local = f"--port={port} --listen-address=127.0.0.1 --bind-interfaces --conf-file=/dev/null"
    user = "--user=root" if os.geteuid() == 0 else ""
    command = f"dnsmasq --keep-in-foreground --pid-file= {zone} {local} {user}"
    server = serve_peer(command.split(), port, tmp_path / "dnsmasq.log")
    monkeypatch.setenv("DNS_PORT", str(port))
    unknown = """
    def on_start(self):
        message = dns.message.make_query("nowhere.test", "A")
        self.client.udp(message, SERVER, port=PORT, timeout=5, name="unknown")
        assert self.client.tcp(message, SERVER, port=1, name="nobody") is None
"""
    done = run(example("dns_lookups") + unknown, *LOAD)
    end(server)
    assert set(done.entries) == {"A over UDP", "tcp", "unknown", "nobody"}
    assert done.entries["unknown"]["num_failures"] == done.entries["nobody"]["num_failures"] == 5
    assert done.sum_of("num_failures") == 10
    assert "No answer in DNS response" in done.stderr


def test_openai(run: Run, script: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch) -> None:
    server = script("openai_server.py")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    wrong = """
    def on_start(self):
        import openai
        try:
            self.client.chat.completions.create(model="none", messages=QUESTION)
        except openai.NotFoundError:
            pass
"""
    done = run(example("openai_chat") + wrong, *LOAD)
    rows = {(entry["method"], entry["name"]): entry for entry in json.loads(done.stdout)}
    whole, streamed = rows["POST", "whole reply"], rows["POST", "streamed reply"]
    failed, first = rows["POST", "/v1/chat/completions"], rows["TTFT", "streamed reply"]
    assert len(rows) == 4
    assert failed["num_failures"] == failed["num_requests"] == 5
    assert whole["num_failures"] == streamed["num_failures"] == first["num_failures"] == 0
    assert first["num_requests"] >= streamed["num_requests"] > 0
    # The reply of the server has three tokens, whole or streamed.
    for row in (whole, streamed):
        assert row["total_content_length"] == 3 * row["num_requests"]
    assert "HTTP 404 Not Found" in done.stderr


def test_a_missing_library_says_which_extra_brings_it(run: Run) -> None:
    text = "import sys\nsys.modules['psycopg'] = None\n" + example("postgres_queries")
    done = run(text, "-t", "1s")
    assert done.code != 0
    assert "psycopg is not installed; pip install 'locust_like[postgres]' brings it" in done.stderr


def test_every_example_is_listed_with_what_it_shows() -> None:
    page = (ROOT / "docs/examples.md").read_text()
    names = [path.name for path in EXAMPLES.glob("*.py")]
    assert [name for name in names if f"`examples/protocols/{name}`" not in page] == []
