"""What a script plants, in every place where secrets are met, is in nothing that a run writes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Finished, Server

PLANTED = """
import logging
from locust import HttpUser, constant, events, task

TEXT = '{"token": "hunter-json", "page": 1}'

@events.test_start.add_listener
def begin(environment, **_):
    logging.getLogger("shop").warning("log in as http://ann:hunter-log@shop.example/")

class Buyer(HttpUser):
    wait_time = constant(0.02)

    @task
    def buy(self):
        headers = {"Authorization": "Bearer hunter-header", "Cookie": "sid=hunter-cookie"}
        self.client.get("/status/503?access_token=hunter-query&page=2", headers=headers)
        with self.client.post("/echo", data=TEXT, catch_response=True, name="judged") as reply:
            reply.failure(f"sent {headers}, got {reply.text}")
        with self.client.get("/status/404", name="key", catch_response=True) as reply:
            reply.failure("signed in with password='hunter-argument' to /?sig=hunter-signature")
        self.client.get(self.host.replace("://", "://ann:hunter-url@") + "/ok?code=hunter-code")
        raise ValueError("no http://ann:hunter-exception@shop.example/?key=hunter-key")
"""


@pytest.mark.parametrize("processes", [(), ("--processes", "2")], ids=["alone", "workers"])
def test_no_output_has_a_secret(
    run: Callable[..., Finished], target: Server, tmp_path: Path, processes: tuple[str, ...]
) -> None:
    """The locustfile alone has them: its own lines are in tracebacks, but not what they held."""
    done = run(
        PLANTED, "-H", target.url, "-u", "2", "--iterations", "8", "--csv", "out",
        "--csv-full-history", "--summary", "out.json", "--html", "out.html", "--json-file", "list",
        "--loglevel", "DEBUG", "--http-debug", *processes,
    )  # fmt: skip
    written = [path for path in tmp_path.iterdir() if path.is_file() and path.suffix != ".py"]
    assert len(written) == 7, written
    texts = {path.name: path.read_text() for path in written}
    texts |= {"stdout": done.stdout, "stderr": done.stderr}
    for name, text in texts.items():
        assert "hunter-" not in text, f"{name}: {text[text.index('hunter-') - 200 :][:400]}"
    assert "/status/503?access_token=***&page=2" in texts["out_stats.csv"]
    assert "Bearer ***" in texts["out_failures.csv"]
    assert "http://***@shop.example/" in done.stderr
