"""Name look-up against dnsmasq: which server is asked, how often, and which addresses are used."""

import re
import shutil
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from .peers import Peer, end, free_port, serve

ZONE = (
    "--address=/many.test/127.0.0.2",
    "--address=/many.test/127.0.0.3",
    "--address=/both.test/127.0.0.2",
    "--address=/both.test/::1",
    "--host-record=short.test,127.0.0.1,1",
    "--host-record=long.test,127.0.0.1,300",
    "--address=/#/",  # every other name does not exist
)

TEXT = """
import gevent
from locust import FastHttpUser, task
from locust.exception import StopUser

class Visitor(FastHttpUser):
    no_connection_reuse = True

    @task
    def call(self):
        for _ in range({times}):
            seen = self.client.get({url!r}, name="/")
            print("SEEN", seen.remote_address or seen.error, flush=True)
            {between}
        self.environment.runner.quit()
        raise StopUser
"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Answer at one port of three addresses."""
    first = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    number = int(first.server_address[1])
    others = [ThreadingHTTPServer((f"127.0.0.{i}", number), Handler) for i in (2, 3)]
    threads = [Thread(target=server.serve_forever) for server in (first, *others)]
    for thread in threads:
        thread.start()
    yield number
    for server in (first, *others):
        server.shutdown()
        server.server_close()
    for thread in threads:
        thread.join()


@pytest.fixture
def dnsmasq(tmp_path: Path) -> Iterator[Peer]:
    """Run dnsmasq, which logs every question."""
    if shutil.which("dnsmasq") is None:
        pytest.fail("dnsmasq is missing: tests/tools/system_packages.sh peers")
    port, log = free_port(), tmp_path / "dnsmasq.log"
    command = ["dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--log-queries"]
    command += ["--bind-interfaces", "--listen-address=127.0.0.1", f"--port={port}", "--user="]
    command += ["--pid-file", "--conf-file=/dev/null", "--log-facility=-", *ZONE]
    process = serve(command, port, log)
    yield Peer(f"127.0.0.1:{port}", log)
    end(process)


def visit(
    run: Callable[..., Any], url: str, *options: str, times: int = 1, between: str = "pass"
) -> list[str]:
    """Make calls; return for each the address it went to, or its error."""
    text = TEXT.format(url=url, times=times, between=between)
    done = run(text, "-u", "1", "-H", "http://127.0.0.1:1", *options)
    seen = re.findall(r"^.*SEEN (.*)$", done.stdout + done.stderr, re.MULTILINE)
    return [text.removesuffix(f":{urlsplit(url).port}") for text in seen]


def questions(dnsmasq: Peer, name: str, kind: str = "A") -> int:
    return dnsmasq.log.read_text().count(f"query[{kind}] {name} ")


def test_the_servers_that_are_named_are_asked(
    dnsmasq: Peer, port: int, run: Callable[..., Any]
) -> None:
    url = f"http://long.test:{port}/"
    assert visit(run, url, "--dns-server", dnsmasq.url, times=5) == ["127.0.0.1"] * 5
    assert questions(dnsmasq, "long.test") == 1


def test_a_name_that_does_not_exist_is_an_error_of_class_dns(
    dnsmasq: Peer, run: Callable[..., Any]
) -> None:
    (seen,) = visit(run, "http://absent.test/", "--dns-server", dnsmasq.url)
    assert "look up absent.test" in seen


def test_answers_are_kept_for_their_ttl_or_for_as_long_as_told(
    dnsmasq: Peer, port: int, run: Callable[..., Any]
) -> None:
    url, server = f"http://short.test:{port}/", ("--dns-server", dnsmasq.url)
    asked = 0
    for rule, expected in (("policy=any", 2), ("ttl=0", 3), ("ttl=inf", 1)):
        # Three calls at once, then one after the answer has expired: 2 questions.
        times, pause = (3, "pass") if rule == "ttl=0" else (2, "gevent.sleep(1.1)")
        assert len(visit(run, url, *server, "--dns", rule, times=times, between=pause)) == times
        assert questions(dnsmasq, "short.test") - asked == expected, rule
        asked += expected


@pytest.mark.parametrize(("select", "counts"), [("roundRobin", [3, 3]), ("random", None)])
def test_one_of_many_addresses_is_selected(
    select: str, counts: list[int] | None, dnsmasq: Peer, port: int, run: Callable[..., Any]
) -> None:
    options = ("--dns-server", dnsmasq.url, "--dns", f"select={select}")
    seen = Counter(visit(run, f"http://many.test:{port}/", *options, times=6))
    assert set(seen) <= {"127.0.0.2", "127.0.0.3"}
    assert counts is None or sorted(seen.values()) == counts


def test_a_family_can_be_left_out(dnsmasq: Peer, port: int, run: Callable[..., Any]) -> None:
    url = f"http://both.test:{port}/"
    options = ("--dns-server", dnsmasq.url, "--dns", "policy=onlyIPv4,ttl=30s")
    assert visit(run, url, *options) == ["127.0.0.2"]
    assert questions(dnsmasq, "both.test", "AAAA") == 0


def test_the_system_knows_what_its_hosts_file_says(port: int, run: Callable[..., Any]) -> None:
    url = f"http://localhost:{port}/"
    assert visit(run, url, "--dns", "system,policy=onlyIPv4", times=2) == ["127.0.0.1"] * 2
    (seen,) = visit(run, "http://absent.invalid/", "--dns", "system")
    assert "look up absent.invalid" in seen


def test_an_address_that_swallows_everything_delays_but_does_not_fail(
    port: int, run: Callable[..., Any]
) -> None:
    with socket.socket() as hole, socket.socket() as filler:
        hole.bind(("127.0.0.9", port))
        hole.listen(0)
        filler.connect(("127.0.0.9", port))  # its queue is full: what comes now is dropped
        resolve = f"app.test:{port}:127.0.0.9,127.0.0.3"
        assert visit(run, f"http://app.test:{port}/", "--resolve", resolve) == ["127.0.0.3"]
