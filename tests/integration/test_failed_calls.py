"""What people see of failed calls: in the summary, on the console, on the page, and in the log."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import ENOUGH_S, Finished, Server
from .pages import Program, barriers, button, shoot

FAILING = """
from locust import HttpUser, constant, task

class Buyer(HttpUser):
    wait_time = constant(0.02)

    @task
    def pay(self):
        self.client.get(
            "/status/503?token=s3cret", name="/pay", headers={"Authorization": "Bearer s3cret"}
        )
        with self.client.post("/echo", json={"n": 1}, name="/basket", catch_response=True) as reply:
            reply.failure("no total")
"""


@pytest.mark.parametrize("processes", [(), ("--processes", "2")], ids=["alone", "workers"])
def test_failed_calls_are_in_the_summary(
    run: Callable[..., Finished], target: Server, tmp_path: Path, processes: tuple[str, ...]
) -> None:
    done = run(
        FAILING, "-H", target.url, "-u", "2", "--iterations", "20", "--summary", "all", *processes
    )
    document = json.loads((tmp_path / "all").read_text())
    errors: dict[str, Any] = {error["name"]: error for error in document["errors"]}
    assert {name: len(error["captures"]) for name, error in errors.items()} == {
        "/pay": 3,
        "/basket": 3,
    }
    pay = errors["/pay"]["captures"][0]
    assert pay["url"] == f"{target.url}/status/503?token=***"
    assert ["Authorization", "Bearer ***"] in pay["request"]["fields"]
    assert pay["status"] == 503
    assert errors["/basket"]["captures"][0]["request"]["body"] == '{"n": 1}'
    assert document["totals"]["protocols"] == {"HTTP/1.1": 40}
    assert "For example\n  GET http://" in done.stderr
    assert "s3cret" not in json.dumps(document)


def test_the_page_shows_a_failed_call_and_copies_it_as_curl(
    program: Callable[..., Program], visit: Callable[..., Page], target: Server, folder: Path
) -> None:
    app = program(FAILING, "-u", "1", "--autostart")
    page = visit(f"{app.url}/#/failures", permissions=["clipboard-read", "clipboard-write"])
    opener = page.get_by_role("button", name="no total")
    opener.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="POST /basket")
    expect(drawer.get_by_role("button", name="Close")).to_be_focused()
    request = drawer.get_by_role("region", name="Request").first
    expect(request).to_contain_text(f"POST {target.url}/echo HTTP/1.1")
    expect(request).to_contain_text('{"n": 1}')
    expect(drawer.get_by_role("region", name="Reply").first).to_contain_text("HTTP/1.1 200")
    assert barriers(page) == []
    shoot(page, folder / "failure-light.png")
    button(page, "Copy as curl")
    expect(drawer.get_by_role("status").first).to_have_text("Copied")
    command = page.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(
        ["sh", "-c", f"{command} --silent --noproxy '*'"],
        capture_output=True, text=True, check=True, timeout=ENOUGH_S,
    )  # fmt: skip
    assert json.loads(done.stdout)["body"] == '{"n": 1}'
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(opener).to_be_focused()
    page.get_by_role("button", name="HTTP 503").click()
    expect(page.get_by_role("dialog")).to_contain_text("token=***")
    expect(page.get_by_text("s3cret")).to_have_count(0)
    app.end()


@pytest.mark.parametrize("mode", ["--http-debug", "--http-debug=full"])
def test_http_debug_logs_requests_and_replies(
    run: Callable[..., Finished], target: Server, mode: str
) -> None:
    # The class behind the flag is no value of it.
    done = run(FAILING, "-H", target.url, "--iterations", "1", mode, "Buyer")
    assert "GET /pay: failed: 503 Server Error" in done.stderr
    assert "\n  > GET /status/503?token=*** HTTP/1.1\n" in done.stderr
    assert "\n  > Authorization: Bearer ***\n" in done.stderr
    assert "\n  < HTTP/1.1 503 " in done.stderr
    assert "\n  connect " in done.stderr
    assert "s3cret" not in done.stderr
    assert ('\n  > {"n": 1}\n' in done.stderr) == (mode == "--http-debug=full")


def test_http_debug_warns_of_many_users(run: Callable[..., Finished], target: Server) -> None:
    done = run(
        FAILING, "-H", target.url, "-u", "50", "-r", "50", "--iterations", "1", "--http-debug"
    )
    assert "--http-debug prints every request of 50 users" in done.stderr


def test_http_debug_takes_no_other_value(run: Callable[..., Finished]) -> None:
    done = run(FAILING, "--http-debug=all")
    assert done.code == 2
    assert "'all' is none of HEADS, FULL" in done.stderr
