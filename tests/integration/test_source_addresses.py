"""Where connections start, as the server under test sees its peers."""

from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from .cluster import Namespace, is_root
from .conftest import Finished, Server, Start, serve

FEW_PORTS = "40000 40009"
HOLDERS = 12
HOLD = """
from locust import FastHttpUser, constant, task

class Visitor(FastHttpUser):
    wait_time = constant(60)

    @task
    def call_and_keep_the_connection(self):
        self.client.get("/")
"""

TEXT = """
from locust import FastHttpUser, task

class Visitor(FastHttpUser):
    no_connection_reuse = True
    {attributes}

    @task
    def call(self):
        self.client.get("/")
"""


class Peers(ThreadingHTTPServer):
    """A server that counts the addresses it is called from."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Peers)
        self.server.seen[self.client_address[0]] += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def peers() -> Iterator[Peers]:
    server = Peers()
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("127.0.0.2,127.0.0.5", {"127.0.0.2": 6, "127.0.0.5": 6}),
        ("127.0.1.0/31, 127.0.2.1", {"127.0.1.0": 4, "127.0.1.1": 4, "127.0.2.1": 4}),
    ],
)
def test_connections_take_the_addresses_in_turn(
    given: str, expected: dict[str, int], peers: Peers, run: Callable[..., Any]
) -> None:
    options = ("-H", peers.url, "--iterations", "12", "--source-address", given)
    done = run(TEXT.format(attributes="pass"), *options)
    assert done.code == 0, done.stderr
    assert dict(peers.seen) == expected


def test_the_attribute_of_a_class_wins(peers: Peers, run: Callable[..., Any]) -> None:
    text = TEXT.format(attributes="source_address = ['127.0.0.3', '127.0.0.4']")
    done = run(text, "-H", peers.url, "--iterations", "4", "--source-address", "127.0.0.2")
    assert done.code == 0, done.stderr
    assert dict(peers.seen) == {"127.0.0.3": 2, "127.0.0.4": 2}


def test_a_target_of_the_other_family_is_one_clear_error(
    peers: Peers, run: Callable[..., Any]
) -> None:
    url = peers.url.replace("127.0.0.1", "[::1]")
    options = ("-H", url, "--iterations", "2", "--source-address", "127.0.0.2")
    done = run(TEXT.format(attributes="pass"), *options)
    assert "no source address is IPv6, add one to source_address" in " ".join(done.stderr.split())
    assert not peers.seen


@pytest.fixture
def few_ports() -> Iterator[tuple[Namespace, Server]]:
    """Make a network of its own, with ten ports for connections, and a server in it."""
    if not is_root():
        pytest.skip("network namespaces need root")
    with Namespace("few-ports") as network:
        target = ["-m", "locust_like", "target", "--port", "20000", "--print-port"]
        server = serve(*target, inside=network.inside)
        network.run("sysctl", "-qw", f"net.ipv4.ip_local_port_range={FEW_PORTS}")
        yield network, server
        server.stop()


def hold(few_ports: tuple[Namespace, Server], start: Start, *options: str) -> Finished:
    """Let users open a connection each, and keep it to the end."""
    network, server = few_ports
    load = ("-u", str(HOLDERS), "-r", "100", "--iterations", str(HOLDERS), "-H", server.url)
    return start(HOLD, "--headless", "--json", *load, *options, inside=network.inside).finish()


def test_ports_that_run_out_are_told_with_what_helps(
    few_ports: tuple[Namespace, Server], start: Start
) -> None:
    done = hold(few_ports, start)
    assert (done.sum_of("num_requests"), done.sum_of("num_failures")) == (HOLDERS, HOLDERS - 10)
    told = " ".join(done.stderr.split())
    assert (
        "connect to 127.0.0.1:20000: Cannot assign requested address (no free local port towards "
        "this address; widen 'sysctl net.ipv4.ip_local_port_range', reuse connections, or add "
        "addresses with --source-address)"
    ) in told


def test_each_source_address_has_all_ports(
    few_ports: tuple[Namespace, Server], start: Start
) -> None:
    done = hold(few_ports, start, "--source-address", "127.0.0.2,127.0.0.3")
    assert (done.sum_of("num_requests"), done.sum_of("num_failures")) == (HOLDERS, 0)
