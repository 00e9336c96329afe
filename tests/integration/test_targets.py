"""Which servers a run may reach: the options about targets, seen from a shell."""

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Server

TEXT = """
from locust import FastHttpUser, task
from locust.exception import StopUser

class Visitor(FastHttpUser):
    @task
    def call(self):
        seen = self.client.get({url!r}, name="/")
        print(seen.status_code, seen.error and seen.error.code, flush=True)
        self.environment.runner.quit()
        raise StopUser
"""


def visit(run: Callable[..., Any], url: str, *options: str) -> str:
    """Make one call and return what is shown, in one line however wide the screen is."""
    done = run(TEXT.format(url=url), "-u", "1", "-H", "http://127.0.0.1:1", *options)
    return " ".join((done.stderr + done.stdout).split())


def test_a_name_leads_where_it_is_told_to(target: Server, run: Callable[..., Any]) -> None:
    port = target.url.rpartition(":")[2]
    url = f"http://nowhere.invalid:{port}/"
    assert "200 None" in visit(run, url, "--resolve", f"nowhere.invalid:{port}:127.0.0.1")
    assert target.counters()["requests"] >= 1


def test_a_blocked_network_is_not_reached_by_redirect_neither(
    target: Server, run: Callable[..., Any]
) -> None:
    blocked = visit(run, target.url, "--block", "10.0.0.0/8", "--block", "127.0.0.0/8")
    assert "0 blocked-target" in blocked
    url = "http://169.254.169.254/latest/meta-data/"
    assert "0 blocked-target" in visit(run, url)
    assert "is a blocked target (--allow-target lifts it)" in visit(run, url)


def test_what_is_allowed_wins(target: Server, run: Callable[..., Any]) -> None:
    options = ("--block", "127.0.0.0/8", "--allow-target", "127.0.0.1")
    assert "200 None" in visit(run, target.url, *options)


@pytest.mark.parametrize(
    ("option", "text"), [("--resolve", "app.test:443"), ("--block", "10.0.0.0/33")]
)
def test_what_means_nothing_is_refused_before_the_run(
    option: str, text: str, run: Callable[..., Any]
) -> None:
    done = run(TEXT.format(url="/"), "-H", "http://127.0.0.1:1", option, text)
    assert done.code == 2
    assert repr(text) in done.stderr
    assert "Traceback" not in done.stderr
